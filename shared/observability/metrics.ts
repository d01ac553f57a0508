/** Everything that Fountain counts and measures. Each worker has all of it, and adds to what concerns it. */
import { KMS_ACTIONS, OUTCOMES, REPORTED_ACTIONS } from "../contracts/audit.ts";
import { WORKERS, type WorkerName } from "../contracts/workers.ts";
import { PRIVATE_PATHS, ROUTES, UNMATCHED } from "../policy/routes.ts";
import { createCounter, createGauge, createHistogram, createInfo } from "./instruments.ts";
import { VERSION } from "./version.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const templatesOf = (worker: WorkerName): string[] =>
  Object.keys(ROUTES[worker]).map((key) => key.slice(key.indexOf(" ") + 1));

/** Templates as each worker knows its own, and as the gateway knows them all. */
const TEMPLATES = new Set([
  UNMATCHED,
  ...PRIVATE_PATHS,
  ...WORKERS.flatMap((worker) => templatesOf(worker).flatMap((template) => [template, `/${worker}${template}`])),
]);

const CREDENTIALS = ["token", "api-key", "none", "password", "refresh-token", "client-secret", "passkey"];

/** Why a credential was refused, `none` when it was not; the same words as in the log. */
const REASONS = [
  "none",
  "missing",
  "unreadable",
  "malformed",
  "unknown-key",
  "expired",
  "invalid",
  "revoked",
  "other-audience",
  "trust-unavailable",
  "invalid-api-key",
  "unauthenticated",
  "forbidden",
  "step-up-required",
  "factor-required",
  "other-request",
  "code-refused",
  "wrong-code",
  "too-many-attempts",
  "unknown-user",
  "wrong-password",
  "unknown-passkey",
  "wrong-signature",
  "expired-challenge",
  "another-challenge",
  "another-user",
  "user-not-verified",
  "replayed",
  "locked",
  "blocked",
  "superseded",
  "unknown",
  "reused",
  "session-ended",
  "scope-exceeded",
  "other-service",
  "disabled",
  "address-not-allowed",
  "busy",
];

/** Upper bounds in seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DATABASE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const countRequest = createCounter({
  name: "fountain_http_requests_total",
  help: "HTTP responses.",
  labels: { method: METHODS, route: TEMPLATES, status_class: new Set(["1xx", "2xx", "3xx", "4xx", "5xx"]) },
});

export const observeRequest = createHistogram(
  {
    name: "fountain_http_request_duration_seconds",
    help: "Seconds until the response starts.",
    labels: { route: TEMPLATES },
  },
  REQUEST_BUCKETS,
);

export const countEvent = createCounter({
  name: "fountain_security_events_total",
  help: "Security events, each of which has one audit entry and one log line.",
  labels: { action: new Set<string>([...KMS_ACTIONS, ...REPORTED_ACTIONS]), outcome: new Set<string>(OUTCOMES) },
});

export const countAuthentication = createCounter({
  name: "fountain_auth_outcomes_total",
  help: "Credential checks. undecided: a dependency of the check was unavailable.",
  labels: {
    credential: new Set(CREDENTIALS),
    outcome: new Set(["accepted", "refused", "undecided"]),
    reason: new Set(REASONS),
  },
});

export const countToken = createCounter({
  name: "fountain_tokens_issued_total",
  help: "Access tokens issued, by kind of grant.",
  labels: { kind: new Set(["login", "refresh", "client-credentials", "api-key", "step-up", "search-key", "exchange"]) },
});

export const countApiKey = createCounter({
  name: "fountain_api_keys_total",
  help: "Lifecycle events of API keys.",
  labels: { event: new Set(["created", "rotated", "revoked", "disabled", "enabled", "leaked"]) },
});

export const countAuditAlarm = createCounter({
  name: "fountain_audit_alarms_total",
  help: "Integrity failures of the audit trail. behind: it lacks earlier entries, and changes are refused.",
  labels: { reason: new Set(["not-ours", "behind"]) },
});

export const countOtp = createCounter({
  name: "fountain_otp_outcomes_total",
  help: "One-time code checks. replayed: valid, but already used; locked: not checked, after too many wrong codes.",
  labels: {
    method: new Set(["totp", "sent-code", "recovery-code", "passkey", "confirmation"]),
    outcome: new Set(["accepted", "wrong", "replayed", "locked"]),
  },
});

export const countMessage = createCounter({
  name: "fountain_messages_total",
  help: "Messages to users, by outcome. too-many-sends: not sent, because a limit was reached.",
  labels: {
    channel: new Set(["email", "sms"]),
    outcome: new Set([
      "delivered",
      "no-such-destination",
      "rate-limited",
      "rejected",
      "unreachable",
      "timeout",
      "too-many-sends",
    ]),
  },
});

export const observeDatabaseCall = createHistogram(
  {
    name: "fountain_database_call_duration_seconds",
    help: "Seconds of calls to the worker's own database, including waits for other writers.",
    labels: { outcome: new Set(["ok", "constraint", "unavailable", "error"]) },
  },
  DATABASE_BUCKETS,
);

export const setOutboxDepth = createGauge("fountain_outbox_depth", "Outbox entries not yet delivered to search.");

export const setOutboxOldestAge = createGauge(
  "fountain_outbox_oldest_age_seconds",
  "Age of the oldest outbox entry not yet delivered to search; 0 if there is none.",
);

export const setOutboxDeadLetters = createGauge(
  "fountain_outbox_dead_letters",
  "Outbox entries that search refused too often and that are no longer retried.",
);

export const countTypesenseCall = createCounter({
  name: "fountain_typesense_calls_total",
  help: "Calls to Typesense nodes. unreachable, not-ready: the node failed; broken: the request made it fail.",
  labels: {
    outcome: new Set(["ok", "unreachable", "not-ready", "key-refused", "missing", "exists", "refused", "broken"]),
  },
});

export const setTypesenseBreakersOpen = createGauge(
  "fountain_typesense_breakers_open",
  "Typesense nodes with an open circuit breaker.",
);

createInfo("fountain_build_info", "The running version.", "version", VERSION);
