/** Redelivers what search has refused for good: that is in the audit trail, or it is not done. */
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { DeadLetterStore } from "../model/dead-letter.ts";
import type { IdempotencyKey, Written } from "../model/idempotency.ts";

/** Gives the number of changes that are redelivered. */
export type Redrive = (nowMs: number, idempotencyKey?: IdempotencyKey) => Promise<Written<number>>;

/** Recorded only if there is something to redeliver that was not redelivered before under the same key. */
export const createRedrive =
  (letters: Omit<DeadLetterStore, "list">, recorder: Pick<ReportingRecorder, "change">): Redrive =>
  async (nowMs, idempotencyKey) => {
    const before = idempotencyKey && (await letters.findRedrive(idempotencyKey, nowMs));
    if (before) return before;
    const upTo = await letters.lastId();
    const redrive = () => letters.redrive({ upTo, nowMs }, idempotencyKey);
    if (upTo === 0) return redrive();
    return recorder.change(
      { action: "dead-letters.redrive", outcome: "success" },
      redrive,
      (written) => written.ok && !written.value.isReplay && written.value.outcome > 0,
    );
  };
