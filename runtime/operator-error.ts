/** A failure that the operator can put right: its message is one line that says what is wrong and what to do. */
export class OperatorError extends Error {
  override name = "OperatorError";
}

/** The first line of whatever was thrown, for use inside such a message. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
