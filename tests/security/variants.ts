/** How an operation is described: by one variant for each thing that it can come to. */
import type { Granted } from "../../shared/contracts/granting.ts";
import type { Caller, Stack } from "./callers.ts";
import type { World } from "./world.ts";

/** Path with query, and what is sent there: JSON, a form or text. */
export type Sent = [
  path: string,
  json?: unknown,
  more?: { form?: Record<string, string>; text?: string; type?: string },
];

export type Request = (world: World, caller: Caller, stack: Stack) => Sent | Promise<Sent>;

export interface Variant {
  /**
   * `nothing`: it leaves nothing behind for its caller; `proof`: what it gives out is given to who shows something else than
   * a credential: a password, a code, a token of its own.
   */
  effect: Granted | "nothing" | "proof";
  /** Why nothing comes of it, or what has to be shown. */
  because: string;
  request: Request;
  /** What callers send who have nothing to show but their credential. */
  attempts?: readonly Request[];
  /** Statuses that a person is answered who has just passed a factor, where it is no success. */
  answers?: readonly number[];
  /** Their session, or they themselves, end by it. */
  endsCaller?: true;
}

type More = Partial<Pick<Variant, "answers" | "endsCaller">>;

export const nothing = (because: string, request: Request, more: More = {}): Variant => ({
  effect: "nothing",
  because,
  request,
  ...more,
});

export const grants = (effect: Granted, request: Request, more: More = {}): Variant => ({
  effect,
  because: "the rule of granting",
  request,
  ...more,
});

export const proof = (because: string, request: Request, attempts: readonly Request[], more: More = {}): Variant => ({
  effect: "proof",
  because,
  request,
  attempts,
  ...more,
});

export const READS = "it reads, and shows no credential and no secret";
export const WRITES = "it writes data, which opens nothing";
export const ENDS = "it takes away, and gives nothing";
