/** Tells the kms's audit trail what happens to second factors. */
import type { ReportedAction, ReportedEvent } from "#shared/contracts/audit.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { describeError, type Log } from "#shared/observability/log.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import type { AuditPort } from "../model/ports.ts";
import type { ChangeEvent, SecurityEvent } from "../model/security-event.ts";

const ACTIONS = {
  "factor.enrolled": "factor.enrol",
  "factor.confirmed": "factor.confirm",
  "factor.removed": "factor.remove",
  "recovery-codes.replaced": "recovery-codes.replace",
  "challenge.sent": "challenge.send",
  "challenge.undelivered": "challenge.send",
  "announcement.sent": "announcement.send",
  "announcement.undelivered": "announcement.send",
  "passkey.cloned": "factor.disable",
  "passkey.refused": "factor.verify",
  "verification.succeeded": "factor.verify",
  "verification.failed": "factor.verify",
  "verification.replayed": "factor.verify",
  "verification.refused": "factor.verify",
  "verification.locked": "factor.lock",
} as const satisfies Record<SecurityEvent["event"], ReportedAction>;

/** How attempts end; changes are told before they are made. */
const ENDINGS = {
  "challenge.sent": { outcome: "success" },
  "challenge.undelivered": { outcome: "failure" },
  "announcement.sent": { outcome: "success" },
  "announcement.undelivered": { outcome: "failure" },
  "passkey.cloned": { outcome: "success", reason: "counter-went-back" },
  "verification.succeeded": { outcome: "success" },
  "verification.failed": { outcome: "failure", reason: "wrong-code" },
  "verification.replayed": { outcome: "failure", reason: "replayed" },
  "verification.refused": { outcome: "refused", reason: "locked" },
  "verification.locked": { outcome: "refused", reason: "too-many-attempts" },
} as const;

const isEnding = (event: string): event is keyof typeof ENDINGS => event in ENDINGS;

const changeOf = (told: ChangeEvent): Omit<ReportedEvent, "outcome"> => ({
  action: ACTIONS[told.event],
  actor: told.subject,
  target: "factorId" in told ? told.factorId : told.subject,
});

const reasonOf = (told: SecurityEvent): Pick<ReportedEvent, "reason"> => {
  switch (told.event) {
    case "verification.succeeded":
      return { reason: told.with };
    case "challenge.sent":
    case "announcement.sent":
      return { reason: told.channel };
    case "challenge.undelivered":
    case "announcement.undelivered":
      return { reason: `${told.channel}-${told.failure}` };
    default:
      return {};
  }
};

/** The event as the audit trail tells it; `undefined` for changes, which it knows of already. */
const endingOf = (told: SecurityEvent): ReportedEvent | undefined => {
  if (!isEnding(told.event)) return undefined;
  const target = "factorId" in told ? told.factorId : told.subject;
  return { action: ACTIONS[told.event], actor: told.subject, target, ...reasonOf(told), ...ENDINGS[told.event] };
};

export interface Auditor extends AuditPort {
  /** Tells of an attempt; what cannot be told is logged. */
  tell(event: SecurityEvent): Promise<void>;
}

export const createAuditor = (kms: Pick<KmsRpc, "recordEvent">, log: Log): Auditor => {
  const report = async (event: ReportedEvent): Promise<void> => {
    const reported = await kms.recordEvent(event);
    if (!reported.ok) throw tooOften(reported.error.retryAfterSeconds);
  };
  const reportIfPossible = (event: ReportedEvent): Promise<void> =>
    report(event).catch((error: unknown) => log("error", "audit.lost", { error: describeError(error) }));

  return {
    announce: (event) => report({ ...changeOf(event), outcome: "success" }),
    retract: (event) => reportIfPossible({ ...changeOf(event), outcome: "failure", reason: "not-done" }),
    tell: async (event) => {
      const ending = endingOf(event);
      if (ending) await reportIfPossible(ending);
    },
  };
};
