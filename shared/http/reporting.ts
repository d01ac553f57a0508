/** The recorder of a worker that has no audit trail of its own: entries are reported to the kms. */
import type { ReportedEvent } from "../contracts/audit.ts";
import type { KmsRpc } from "../contracts/kms.ts";
import { describeError, type Log } from "../observability/log.ts";
import { createRecorder, type ReportableEvent, type ReportingRecorder } from "../observability/recorder.ts";
import { tooOften } from "../problem/too-often.ts";

const reportOf = ({ action, outcome, actor, target, reason, method }: ReportableEvent): ReportedEvent => ({
  action,
  outcome,
  ...(actor !== undefined && { actor }),
  ...(target !== undefined && { target }),
  ...((reason ?? method) !== undefined && { reason: reason ?? method }),
});

/**
 * A change is reported before it is made, since without an entry there is to be no change; one that then does not come
 * about is reported as a failure. What changes nothing is reported if the kms can be reached, and else only logged.
 */
export const createReportingRecorder = (kms: Pick<KmsRpc, "recordEvent">, log: Log): ReportingRecorder => {
  const report = async (event: ReportableEvent): Promise<void> => {
    const reported = await kms.recordEvent(reportOf(event));
    if (!reported.ok) throw tooOften(reported.error.retryAfterSeconds);
  };
  const reportIfPossible = (event: ReportableEvent): Promise<void> =>
    report(event).catch((error: unknown) => log("error", "audit.lost", { error: describeError(error) }));

  return createRecorder<ReportableEvent, undefined>(log, {
    prepare: async (event) => {
      await report(event);
      return undefined;
    },
    settle: async (event, isMade) => {
      if (!isMade) await reportIfPossible({ ...event, outcome: "failure", reason: "not-done" });
    },
    write: reportIfPossible,
  });
};
