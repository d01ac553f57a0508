/** A recorder of changes that keeps what it was asked to record, for tests of rules. */
import { Unavailable } from "#shared/lang/unavailable.ts";
import { createRecorder, type ReportableEvent, type ReportingRecorder } from "#shared/observability/recorder.ts";

export interface Recorded {
  recorder: ReportingRecorder;
  /** `ACTION TARGET: made`, `not made` or `unknown`, in order. */
  entries: string[];
  /** Whether nothing can be recorded. */
  isDown: boolean;
}

export const recordingChanges = (): Recorded => {
  const entries: string[] = [];
  const recorded: Recorded = {
    entries,
    isDown: false,
    recorder: createRecorder<ReportableEvent, undefined>(() => undefined, {
      prepare: async () => {
        if (recorded.isDown) throw new Unavailable("played by the test");
        return undefined;
      },
      settle: async ({ action, target }, settlement) => {
        entries.push(`${action}${target === undefined ? "" : ` ${target}`}: ${settlement.replace("-", " ")}`);
      },
      write: async () => undefined,
    }),
  };
  return recorded;
};
