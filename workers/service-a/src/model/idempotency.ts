/** Writes that are done once, however often they are asked for (draft-ietf-httpapi-idempotency-key-header-07). */
import type { Result } from "#shared/lang/result.ts";

/** How long the outcome of a write is stored for retries. */
export const KEPT_MS = 24 * 3_600_000;

/** A write that its caller has given a name. */
export interface IdempotencyKey {
  /** Names of different callers have nothing to do with each other. */
  caller: string;
  key: string;
  /** What is asked for: another one under the same key is refused. */
  fingerprint: string;
}

/** What came of a write, now or the first time. */
export type Written<Outcome> = Result<{ outcome: Outcome; isReplay: boolean }, "key-taken">;
