/** Everything that Fountain counts and measures. Each worker has all of it, and adds to what concerns it. */
import { KMS_ACTIONS, OUTCOMES, REPORTED_ACTIONS } from "../contracts/audit.ts";
import { WORKERS, type WorkerName } from "../contracts/workers.ts";
import { PRIVATE_PATHS, ROUTES, UNMATCHED } from "../policy/routes.ts";
import { createCounter, createGauge, createHistogram, createInfo } from "./instruments.ts";
// Each worker has these as well.
import "./upstream-metrics.ts";
import { VERSION } from "./version.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

interface Operation {
  method: string;
  route: string;
}

const rowsOf = (worker: WorkerName, prefix = ""): Operation[] =>
  Object.keys(ROUTES[worker]).map((key) => {
    const [method = "", template = ""] = key.split(" ");
    return { method, route: `${prefix}${template}` };
  });

const rowsOfOthers = WORKERS.filter((worker) => worker !== "gateway").flatMap((worker) => rowsOf(worker, `/${worker}`));

/** What is called at a worker: its own rows of the route table, and at the gateway those of all workers. */
const operationsOf = (worker: WorkerName): Operation[] => [
  ...(worker === "gateway" ? rowsOfOthers : PRIVATE_PATHS.map((route) => ({ method: "GET", route }))),
  ...rowsOf(worker),
  { method: "GET", route: UNMATCHED },
  { method: "POST", route: UNMATCHED },
];

const TEMPLATES = new Set(WORKERS.flatMap((worker) => operationsOf(worker).map(({ route }) => route)));

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
  "policy",
];

/** The credentials whose refusals alerts count at a worker. */
const REFUSED_FROM_START: Partial<Record<WorkerName, readonly string[]>> = {
  gateway: ["token", "api-key"],
  kms: ["password", "passkey", "refresh-token", "client-secret"],
};

/** For every reason: which of them a burst has depends on how it is fought off. */
const refusalsOf = (credential: string) => REASONS.map((reason) => ({ credential, outcome: "refused", reason }));

/** The classes of responses that Fountain gives. */
const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx"];

/** Upper bounds in seconds. */
export const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DATABASE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export const countRequest = createCounter({
  name: "fountain_http_requests_total",
  help: "HTTP responses.",
  labels: { method: METHODS, route: TEMPLATES, status_class: new Set(["1xx", ...STATUS_CLASSES]) },
  fromStart: (worker) =>
    operationsOf(worker).flatMap((operation) => STATUS_CLASSES.map((status_class) => ({ ...operation, status_class }))),
});

export const observeRequest = createHistogram(
  {
    name: "fountain_http_request_duration_seconds",
    help: "Seconds until the response starts.",
    labels: { route: TEMPLATES },
    fromStart: (worker) => (worker === "gateway" ? operationsOf(worker).map(({ route }) => ({ route })) : []),
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
  fromStart: (worker) => REFUSED_FROM_START[worker]?.flatMap(refusalsOf) ?? [],
});

const REFUSED_BY = ["firewall", "path", "policy", "dry-run", "limit"];

export const countRefusal = createCounter({
  name: "fountain_rule_refusals_total",
  help: "Calls that rules of operators refused. dry-run: let through, and a policy in a dry run would have refused it.",
  labels: { by: new Set(REFUSED_BY) },
  fromStart: (worker) => (worker === "gateway" ? REFUSED_BY.map((by) => ({ by })) : []),
});

const TOKEN_KINDS = ["login", "refresh", "client-credentials", "api-key", "step-up", "search-key", "exchange"];

export const countToken = createCounter({
  name: "fountain_tokens_issued_total",
  help: "Access tokens issued, by kind of grant.",
  labels: { kind: new Set(TOKEN_KINDS) },
  fromStart: (worker) => (worker === "kms" ? TOKEN_KINDS.map((kind) => ({ kind })) : []),
});

const KEY_EVENTS = ["created", "rotated", "revoked", "disabled", "enabled", "leaked"];

export const countApiKey = createCounter({
  name: "fountain_api_keys_total",
  help: "Lifecycle events of API keys.",
  labels: { event: new Set(KEY_EVENTS) },
  fromStart: (worker) => (worker === "kms" ? KEY_EVENTS.map((event) => ({ event })) : []),
});

/** The names that administrators give to limits; of more than these, all others are counted as one. */
const MAX_LIMIT_NAMES = 200;
const LIMIT_NAMES = new Set<string>();

const countByLimit = createCounter({
  name: "fountain_limited_total",
  help: "Calls refused by a limit.",
  labels: { limit: LIMIT_NAMES },
});

export const countLimited = (limit: string): void => {
  if (LIMIT_NAMES.size < MAX_LIMIT_NAMES) LIMIT_NAMES.add(limit);
  countByLimit({ limit });
};

const AUDIT_ALARMS = ["not-ours", "behind"];

export const countAuditAlarm = createCounter({
  name: "fountain_audit_alarms_total",
  help: "Integrity failures of the audit trail. behind: it lacks earlier entries, and changes are refused.",
  labels: { reason: new Set(AUDIT_ALARMS) },
  fromStart: (worker) => (worker === "kms" ? AUDIT_ALARMS.map((reason) => ({ reason })) : []),
});

const CODE_METHODS = ["totp", "sent-code", "recovery-code", "passkey", "confirmation"];
const CODE_OUTCOMES = ["accepted", "wrong", "replayed", "locked"];

export const countOtp = createCounter({
  name: "fountain_otp_outcomes_total",
  help: "One-time code checks. replayed: valid, but already used; locked: not checked, after too many wrong codes.",
  labels: { method: new Set(CODE_METHODS), outcome: new Set(CODE_OUTCOMES) },
  fromStart: (worker) =>
    worker === "twofa" ? CODE_METHODS.flatMap((method) => CODE_OUTCOMES.map((outcome) => ({ method, outcome }))) : [],
});

const CHANNELS = ["email", "sms"];
const SENDING_OUTCOMES = [
  "delivered",
  "no-such-destination",
  "rate-limited",
  "rejected",
  "unreachable",
  "timeout",
  "too-many-sends",
];

export const countMessage = createCounter({
  name: "fountain_messages_total",
  help: "Messages to users, by outcome. too-many-sends: not sent, because a limit was reached.",
  labels: { channel: new Set(CHANNELS), outcome: new Set(SENDING_OUTCOMES) },
  fromStart: (worker) =>
    worker === "twofa" ? CHANNELS.flatMap((channel) => SENDING_OUTCOMES.map((outcome) => ({ channel, outcome }))) : [],
});

const DATABASE_OUTCOMES = ["ok", "constraint", "unavailable", "error"];

export const observeDatabaseCall = createHistogram(
  {
    name: "fountain_database_call_duration_seconds",
    help: "Seconds of calls to the worker's own database, including waits for other writers.",
    labels: { outcome: new Set(DATABASE_OUTCOMES) },
    fromStart: () => DATABASE_OUTCOMES.map((outcome) => ({ outcome })),
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

const TYPESENSE_OUTCOMES = ["ok", "unreachable", "not-ready", "key-refused", "missing", "exists", "refused", "broken"];

export const countTypesenseCall = createCounter({
  name: "fountain_typesense_calls_total",
  help: "Calls to Typesense nodes. unreachable, not-ready: the node failed; broken: the request made it fail.",
  labels: { outcome: new Set(TYPESENSE_OUTCOMES) },
  fromStart: (worker) => (worker === "search" ? TYPESENSE_OUTCOMES.map((outcome) => ({ outcome })) : []),
});

export const setTypesenseBreakersOpen = createGauge(
  "fountain_typesense_breakers_open",
  "Typesense nodes with an open circuit breaker.",
);

createInfo("fountain_build_info", "The running version.", "version", VERSION);
