/** Reorders elements: the change is in the audit trail, or it is not made. */
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { IdempotencyKey, Written } from "../model/idempotency.ts";
import type { ElementStore, NewOrder, Reordered } from "../model/ports.ts";

export type Reorder = (order: NewOrder, idempotencyKey?: IdempotencyKey) => Promise<Written<Reordered>>;

/** A reordering that was done before under its key is not recorded again. */
export const createReorder =
  (elements: Pick<ElementStore, "reorder" | "findReorder">, recorder: Pick<ReportingRecorder, "change">): Reorder =>
  async (order, idempotencyKey) => {
    const before = idempotencyKey && (await elements.findReorder(idempotencyKey, order.nowMs));
    if (before) return before;
    return recorder.change(
      { action: "sequence.reorder", outcome: "success", target: order.elementType },
      () => elements.reorder(order, idempotencyKey),
      (written) => written.ok && !written.value.isReplay && written.value.outcome.unknownPlaces.length === 0,
    );
  };
