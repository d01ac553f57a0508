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
  /** The largest id; 0 where there is none. */
  lastId(): Promise<number>;
  /** Redelivers those up to an id as if never tried, and returns their number. */
  redrive(letters: { upTo: number; nowMs: number }, idempotencyKey?: IdempotencyKey): Promise<Written<number>>;
  /** What came of the redrive that had this key before; `undefined` where none had. */
  findRedrive(idempotencyKey: IdempotencyKey, nowMs: number): Promise<Written<number> | undefined>;
}
