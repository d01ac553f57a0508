/** The topics by which the operations of a worker are grouped. */

/** By the first segment of the path that is listed; where several have a topic. */
const TOPICS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  gateway: {
    "This installation": ["", "docs", "health", "ready", "openapi.json"],
    "Well-known documents": [".well-known"],
    Upstreams: ["upstreams"],
    Limits: ["limits"],
    Policies: ["policies", "authorize"],
    "Last hour": ["overview", "refusals"],
  },
  kms: {
    "Login and sessions": ["login", "logout", "sessions", "register", "sign-up", "password", "recover"],
    "OAuth and OpenID Connect": [
      ".well-known",
      "token",
      "device",
      "par",
      "userinfo",
      "revoke",
      "introspect",
      "clients",
    ],
    "Your own account": ["me"],
    "Users and invitations": ["users", "invitations"],
    Roles: ["roles"],
    Services: ["services"],
    "API keys": ["keys"],
    Revocations: ["revocations"],
    "Signing and root keys": ["signing-keys", "root-key"],
    Secrets: ["secrets", "secret-versions"],
    "Transit encryption": ["transit"],
    "Audit trail": ["audit"],
  },
  twofa: {
    "Second factors": ["factors", "recovery-codes", "users"],
    Verification: ["auth"],
  },
  search: {
    Documents: ["sync"],
    Searching: ["search", "multi_search"],
    "Scoped keys": ["scoped-keys"],
    Reindexing: ["reindex"],
    Synonyms: ["synonyms"],
    Curations: ["curations"],
    Operation: ["health", "status", "credentials"],
  },
  "service-a": {
    Sequence: ["sequence"],
    Elements: ["elements"],
    Screenplays: ["scripts"],
    Outbox: ["outbox"],
  },
};

const withCapital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Of every worker. */
const COMMON = { Console: ["console", "panel.js"] };

const topicsOf = (worker: string): [string, readonly string[]][] =>
  Object.entries({ ...(Object.hasOwn(TOPICS, worker) && TOPICS[worker]), ...COMMON });

/** That of the table; for other workers and services, the first segment of the path after their own. */
export const topicOf = (worker: string, path: string): string => {
  const segments = path.split("/").slice(1);
  const own = segments[0] === worker ? segments.slice(1) : segments;
  for (const segment of own) for (const [topic, listed] of topicsOf(worker)) if (listed.includes(segment)) return topic;
  return withCapital((own[0] ?? "").replace(/[-_]/g, " ")) || "Root";
};

/** In the order of the table, those that are not in it last. */
export const inOrder = (worker: string, names: Iterable<string>): string[] => {
  const given = new Set(names);
  const listed = topicsOf(worker).map(([topic]) => topic);
  return [...listed.filter((topic) => given.has(topic)), ...[...given].filter((topic) => !listed.includes(topic))];
};
