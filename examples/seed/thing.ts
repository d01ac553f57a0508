/** What an installation is filled with: things that are made once. */
import { type Client, FountainError } from "../../clients/typescript/src/index.ts";

export interface Seed {
  url: string;
  /** The administrator, logged in and, when something is made, with a second factor. */
  user: Client;
  /** Says what someone may want to keep: it is shown only now. */
  keep: (line: string) => void;
}

export interface Thing {
  /** Such as `role night-desk`. */
  name: string;
  isThere: (seed: Seed) => Promise<boolean>;
  make: (seed: Seed) => Promise<unknown>;
}

const isUnknown = (error: unknown): boolean => error instanceof FountainError && error.status === 404;

/** Whether what is read is there. Throws where that is not known. */
export const exists = async (reading: Promise<unknown>): Promise<boolean> => {
  try {
    await reading;
    return true;
  } catch (error) {
    if (isUnknown(error)) return false;
    throw error;
  }
};

/** Whether one of a list is as the condition says; none is, where there is no such list. */
export const some = async <Item>(list: AsyncIterable<Item>, condition: (item: Item) => boolean): Promise<boolean> => {
  try {
    for await (const item of list) if (condition(item)) return true;
  } catch (error) {
    if (!isUnknown(error)) throw error;
  }
  return false;
};

/** Does what is refused, so that there is a refusal to look at. Throws where it fails in another way. */
export const refused = async (attempt: Promise<unknown>): Promise<void> => {
  const outcome = await attempt.then(
    () => new Error("what should have been refused was not"),
    (error: unknown) => error,
  );
  if (!(outcome instanceof FountainError && [401, 403].includes(outcome.status))) throw outcome;
};
