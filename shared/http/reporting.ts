/** The recorder of a worker that has no audit trail of its own: entries are reported to the kms. */
import { isMessageAction, type ReportedEvent } from "../contracts/audit.ts";
import type { KmsRpc } from "../contracts/kms.ts";
import { describeError, type Log } from "../observability/log.ts";
import { createRecorder, type ReportableEvent, type ReportingRecorder } from "../observability/recorder.ts";
import { tooOften } from "../problem/too-often.ts";

/** An entry has one code for both; that of a message that was not sent names its channel too: `email-unreachable`. */
const codeOf = ({ action, reason, method }: ReportableEvent): string | undefined =>
  isMessageAction(action) && reason !== undefined && method !== undefined ? `${method}-${reason}` : (reason ?? method);

const reportOf = (event: ReportableEvent): ReportedEvent => {
  const { action, outcome, actor, target } = event;
  const reason = codeOf(event);
  return {
    action,
    outcome,
    ...(actor !== undefined && { actor }),
    ...(target !== undefined && { target }),
    ...(reason !== undefined && { reason }),
  };
};

/**
 * A change is reported before it is made, since without an entry there is to be no change; one that then does not come
 * about, or of which that is not known, is reported as a failure. What changes nothing is reported if the kms can be reached, and else only logged.
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
    settle: async (event, settlement, note) => {
      if (settlement === "made") return;
      const reason = settlement === "unknown" ? "outcome-unknown" : "not-done";
      const failed: ReportableEvent = { ...event, outcome: "failure", reason };
      note(failed);
      await reportIfPossible(failed);
    },
    write: reportIfPossible,
  });
};
