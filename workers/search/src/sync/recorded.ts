/** What operators change about the search engine: each change is in the audit trail, or it is not made. */
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import { COLLECTION } from "../model/fields.ts";
import type { Reindexing } from "./build.ts";
import type { KeyRotation, RuleKind, Rules } from "./cluster.ts";

type Recorder = Pick<ReportingRecorder, "change">;

/** A job that is already running is returned, and nothing is recorded, because nothing changes. */
export const recordedReindexing = (reindexing: Reindexing, recorder: Recorder): Reindexing => ({
  ...reindexing,
  start: async () => {
    const jobId = await reindexing.running();
    if (jobId !== undefined) return { jobId, isNew: false };
    const event = { action: "reindex.start", outcome: "success", target: COLLECTION } as const;
    return recorder.change(event, reindexing.start, ({ isNew }) => isNew);
  },
});

export const recordedRules = (rules: Rules, recorder: Recorder): Rules => {
  const change = <Outcome extends { ok: boolean }>(kind: RuleKind, id: string, make: () => Promise<Outcome>) =>
    recorder.change(
      { action: "search-rule.change", outcome: "success", target: `${kind}/${id}` },
      make,
      ({ ok }) => ok,
    );
  return {
    ...rules,
    put: (kind, id, rule) => change(kind, id, () => rules.put(kind, id, rule)),
    remove: async (kind, id) => {
      // An id that no rule has may be a credential, pasted into the wrong field: it stays out of the trail.
      const found = await rules.find(kind, id);
      return found.ok ? change(kind, id, () => rules.remove(kind, id)) : found;
    },
  };
};

export const recordedRotation = (rotation: KeyRotation, recorder: Recorder): KeyRotation => ({
  rotate: () =>
    recorder.change({ action: "search-credentials.rotate", outcome: "success" }, rotation.rotate, ({ ok }) => ok),
});
