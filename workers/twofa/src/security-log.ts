/** Writes security events as log lines, one each, and counts the codes that were judged. */
import type { Log } from "#shared/observability/log.ts";
import { countOtp } from "#shared/observability/metrics.ts";
import type { SecurityEvent } from "./domain/security-event.ts";

type Told = Partial<Record<SecurityEvent["event"], string>>;

/** Why the attempt that an event tells of came to nothing. */
const REASONS: Told = {
  "verification.failed": "wrong-code",
  "verification.replayed": "replayed",
  "verification.refused": "locked",
  "verification.locked": "locked",
};

const OUTCOMES: Told = {
  "verification.succeeded": "accepted",
  "verification.failed": "wrong",
  "verification.replayed": "replayed",
  "verification.refused": "locked",
};

// There from the beginning, because alerts wait for them: the first value of a series is no increase.
for (const method of ["totp", "recovery-code", "confirmation"])
  for (const outcome of Object.values(OUTCOMES)) countOtp({ method, outcome }, 0);

export const createRecorder =
  (log: Log) =>
  (told: SecurityEvent): void => {
    const { event: action, ...fields } = told;
    const reason = REASONS[action];
    const isFailure = reason !== undefined;
    const outcome = isFailure ? "failure" : "success";
    log(isFailure ? "warn" : "info", "security", { action, outcome, reason, ...fields });
    const judged = OUTCOMES[action];
    if (judged !== undefined && "with" in told) countOtp({ method: told.with, outcome: judged });
  };
