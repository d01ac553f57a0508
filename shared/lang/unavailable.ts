/** The one way to say that a dependency is unavailable, or that work is refused until an operator has acted. */

export interface UnavailableOptions {
  /** Public: one sentence that says what to do. */
  detail?: string;
  /** Internal: goes to the log only. */
  cause?: unknown;
}

/** Becomes a 503, and over private calls the failure `unavailable`. The message is internal. */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable";
  readonly detail: string | undefined;

  constructor(message: string, { detail, cause }: UnavailableOptions = {}) {
    super(message, { cause });
    this.detail = detail;
  }
}

/** An error and its causes, the outermost first. */
export const causesOf = function* (error: unknown): Generator<unknown> {
  for (let at = error; at !== undefined && at !== null; at = at instanceof Error ? at.cause : undefined) yield at;
};

/** The error, or the cause of it, that says that a dependency is unavailable. */
export const unavailabilityIn = (error: unknown): Unavailable | undefined =>
  [...causesOf(error)].find((at) => at instanceof Unavailable);

/** Whether a failure, or a cause of it, is that a dependency is unavailable. */
export const isUnavailable = (error: unknown): boolean => unavailabilityIn(error) !== undefined;

/** For `catch`, where the caller can do without the result: nothing; any other error is thrown again. */
export const nothingIfUnavailable = (error: unknown): undefined => {
  if (!isUnavailable(error)) throw error;
};
