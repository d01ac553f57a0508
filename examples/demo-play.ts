/** What the steps of the demo share: the state they pass on, and how they check things. */
import { z } from "zod";
import type { Client, Credential } from "./client.ts";

/** What the steps share; each one adds what the next ones need. */
export interface Play {
  call: Client;
  username: string;
  password: string;
  /** Of a second factor that the user has already. */
  code: () => Promise<string>;
  screenplay: string;
  /** A unique name, for what the demo leaves behind. */
  mark: string;
  user?: Credential | undefined;
  factor?: { id: string; secret: string };
  key?: string;
  scriptId?: number;
  elements?: Element[];
  changed?: Element;
}

export interface Step {
  name: string;
  /** Says in plain words what was found. */
  run: (play: Play) => Promise<string>;
}

export const element = z.object({
  elementType: z.string(),
  elementId: z.number(),
  sequenceNumber: z.number(),
  versionNumber: z.number(),
  text: z.string(),
});
export type Element = z.infer<typeof element>;

/** A value that an earlier step has found. */
export const known = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new Error(`there is no ${what} from the steps before`);
  return value;
};

export const hold = (condition: boolean, otherwise: string): void => {
  if (!condition) throw new Error(otherwise);
};

export const answer = async <Schema extends z.ZodType>(
  response: Promise<Response>,
  schema: Schema,
): Promise<z.infer<Schema>> => schema.parse(await (await response).json());

export const userOf = (play: Play): Credential => known(play.user, "login");
export const serviceOf = (play: Play): Credential => ({ apiKey: known(play.key, "API key") });

/** Tries until it holds or the patience ends; waits are short and bounded. */
export const eventually = async (patienceMs: number, attempt: () => Promise<boolean>): Promise<boolean> => {
  const endsAtMs = Date.now() + patienceMs;
  while (!(await attempt())) {
    if (Date.now() > endsAtMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
};

export const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return `\u201c${line.length > 60 ? `${line.slice(0, 60)}\u2026` : line}\u201d`;
};
