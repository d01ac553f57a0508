/** What is counted of each security event. */
import { type AuditAction, isMessageAction, type Outcome } from "../contracts/audit.ts";
import { countApiKey, countAuthentication, countEvent, countMessage, countOtp, countToken } from "./metrics.ts";

type ByAction = Partial<Record<AuditAction, string>>;

/** The credential that the action judges. */
const CREDENTIALS: ByAction = {
  login: "password",
  "login.passkey": "passkey",
  "token.refresh": "refresh-token",
  "token.client-credentials": "client-secret",
  "key.exchange": "api-key",
};

/** What the action, when it succeeds, gives a token for. */
const TOKENS: ByAction = {
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
const API_KEYS: ByAction = {
  "key.create": "created",
  "key.rotate": "rotated",
  "key.revoke": "revoked",
  "key.disable": "disabled",
  "key.enable": "enabled",
  "key.leaked": "leaked",
};

/** How the check of a code ended, by outcome and reason. */
const judgementOf = (outcome: Outcome, reason: string | undefined): string => {
  if (outcome === "success") return "accepted";
  if (reason === "locked" || reason === "replayed") return reason;
  return "wrong";
};

interface Counted {
  action: AuditAction;
  outcome: Outcome;
  reason?: string | undefined;
  method?: string | undefined;
}

/** Counts the event once, and what follows from it: credentials judged, tokens issued, codes checked, messages sent. */
export const countSecurityEvent = ({ action, outcome, reason = "none", method }: Counted): void => {
  countEvent({ action, outcome });
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
  if (action === "factor.verify" && method !== undefined) countOtp({ method, outcome: judgementOf(outcome, reason) });
  if (isMessageAction(action) && method !== undefined)
    countMessage({ channel: method, outcome: isSuccess ? "delivered" : reason });
};
