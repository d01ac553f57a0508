/** Changes that search has refused for good: what the operator sees of them, and may have tried again. */
import type { ElementKey } from "./element.ts";
import type { IdempotencyKey, Written } from "./idempotency.ts";

export interface DeadLetter extends ElementKey {
  id: number;
  attempts: number;
  /** What search said the last time. */
  refusal: string;
  /** When the element changed. */
  changedAtMs: number;
}

export interface DeadLetterStore {
  /** By id, after the one given. */
  list(query: { after: number; limit: number }): Promise<DeadLetter[]>;
  /** Redelivers every one of them as if never tried, and returns their number. */
  redrive(nowMs: number, idempotencyKey?: IdempotencyKey): Promise<Written<number>>;
}
