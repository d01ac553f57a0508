/** Writes security events as log lines, one each, and counts the codes that were judged. */
import type { Log } from "#shared/observability/log.ts";
import { countMessage, countOtp } from "#shared/observability/metrics.ts";
import { SENDING_CHANNELS } from "../model/challenge.ts";
import { DELIVERY_FAILURES } from "../model/delivery.ts";
import type { CheckedWith, SecurityEvent } from "../model/security-event.ts";

type Told = Partial<Record<SecurityEvent["event"], string>>;

/** Why the attempt that an event tells of came to nothing. */
const REASONS: Told = {
  "passkey.cloned": "counter-went-back",
  "passkey.refused": "wrong-signature",
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

const METHODS: readonly CheckedWith[] = ["totp", "sent-code", "recovery-code", "passkey", "confirmation"];

// There from the beginning, because alerts wait for them: the first value of a series is no increase.
for (const method of METHODS) for (const outcome of Object.values(OUTCOMES)) countOtp({ method, outcome }, 0);
for (const channel of SENDING_CHANNELS)
  for (const outcome of ["delivered", ...DELIVERY_FAILURES]) countMessage({ channel, outcome }, 0);

export const createRecorder =
  (log: Log) =>
  (told: SecurityEvent): void => {
    const { event: action, ...fields } = told;
    const reason = "failure" in told ? told.failure : REASONS[action];
    const isFailure = reason !== undefined;
    const outcome = isFailure ? "failure" : "success";
    log(isFailure ? "warn" : "info", "security", { action, outcome, reason, ...fields });
    const judged = OUTCOMES[action];
    if (judged !== undefined && "with" in told) countOtp({ method: told.with, outcome: judged });
    if ("channel" in told) countMessage({ channel: told.channel, outcome: reason ?? "delivered" });
  };
