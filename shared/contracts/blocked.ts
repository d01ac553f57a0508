/** What a private call fails with that is made too often. */

/** The caller has failed, or done this, too often: nothing was done, and nothing will be for so many seconds. */
export interface Blocked {
  readonly kind: "blocked";
  readonly retryAfterSeconds: number;
}
