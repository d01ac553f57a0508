/** Writes security events as log lines, one each, and counts them. */
import type { Log } from "#shared/observability/log.ts";
import { countApiKey, countAuthentication, countToken } from "#shared/observability/metrics.ts";
import type { AuditAction } from "./audit-actions.ts";
import type { AuditEvent } from "./audit-entry.ts";

type Counted = Partial<Record<AuditAction, string>>;

/** The credential that the action judges. */
const CREDENTIALS: Counted = {
  login: "password",
  "login.passkey": "passkey",
  "token.refresh": "refresh-token",
  "token.client-credentials": "client-secret",
  "key.exchange": "api-key",
};

/** What the action, when it succeeds, gives a token for. */
const TOKENS: Counted = {
  login: "login",
  "login.passkey": "login",
  "token.refresh": "refresh",
  "token.client-credentials": "client-credentials",
  "key.exchange": "api-key",
  "token.elevate": "step-up",
  "search-key.issue": "search-key",
  "token.exchange": "exchange",
};

/** What the action, when it succeeds, does to an API key. */
const API_KEYS: Counted = {
  "key.create": "created",
  "key.rotate": "rotated",
  "key.revoke": "revoked",
  "key.disable": "disabled",
  "key.enable": "enabled",
  "key.leaked": "leaked",
};

// There from the beginning, because alerts wait for them: the first value of a series is no increase.
for (const reason of ["unknown-user", "wrong-password"])
  countAuthentication({ credential: "password", outcome: "refused", reason }, 0);
countAuthentication({ credential: "refresh-token", outcome: "refused", reason: "reused" }, 0);

const countEvent = ({ action, outcome, reason = "none" }: AuditEvent): void => {
  const isSuccess = outcome === "success";
  const credential = CREDENTIALS[action];
  if (credential !== undefined)
    countAuthentication({
      credential,
      outcome: isSuccess ? "accepted" : reason === "busy" ? "undecided" : "refused",
      reason: isSuccess ? "none" : reason,
    });
  const kind = TOKENS[action];
  if (isSuccess && kind !== undefined) countToken({ kind });
  const event = API_KEYS[action];
  if (isSuccess && event !== undefined) countApiKey({ event });
};

export const createRecorder =
  (log: Log) =>
  (event: AuditEvent): void => {
    const { action, outcome, reason, actor: subject, target } = event;
    log(outcome === "success" ? "info" : "warn", "security", { action, outcome, reason, subject, target });
    countEvent(event);
  };
