import path from "node:path";

/** A failure that the operator can put right: its message is one line that says what is wrong and what to do. */
export class OperatorError extends Error {
  override name = "OperatorError";
}

/** The first line of whatever was thrown, for use inside such a message. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** What to say of a home's data folder that cannot be used. Without the secrets, which remember it, an empty one is new. */
export const damagedData = (folder: string, reason: string): string =>
  `the data in ${folder} cannot be read (${reason}): restore it from your backup or, to start empty, remove ${path.dirname(folder)}`;
