/** What needs attention, found from what the person may read. */
import { addressOf, call, type Schemas, type Tone } from "#console";

/** Something that someone should look at. */
export interface Finding {
  tone: Extract<Tone, "bad" | "warn">;
  text: string;
  /** Where it is remedied. */
  to: string;
  /** What one does there. */
  action: string;
}

/** One place to look at. */
export interface Check {
  /** In words. */
  about: string;
  /** The scope without which it is not looked at. */
  needs: string;
  /** Finds what is wrong. Rejects where it could not look. */
  find: (signal: AbortSignal) => Promise<Finding[]>;
}

/** Where people look after their own account, which is no part of the console. */
export const ACCOUNT = "/account/security";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
/** The kms replaces its signing keys by itself, after 30 days where nothing else is set. */
const OLD_SIGNING_KEY_DAYS = 90;
const OLD_ROOT_KEY_DAYS = 365;
const LONG_LAG_SECONDS = 60;
/** How many findings of one kind are listed one by one. */
const LISTED = 5;
const PAGE = 200;

const daysSince = (instant: string): number => Math.floor((Date.now() - Date.parse(instant)) / DAY_MS);

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The first ones, and one that says how many there are besides. */
const shortened = (findings: Finding[], many: string): Finding[] => {
  const [first] = findings.slice(LISTED);
  if (first === undefined) return findings;
  return [...findings.slice(0, LISTED), { ...first, text: `${findings.length - LISTED} more ${many}.` }];
};

type Upstream = Schemas["gateway.StoredUpstream"];

const findingsOf = ({ name, state: { breaker, targets } }: Upstream): Finding[] => {
  const place = { to: addressOf("gateway", "upstreams", name), action: `Look at ${name}` };
  const away = targets.filter(({ status }) => status === "unhealthy" || status === "ejected");
  const urls = away.map(({ url }) => url).join(", ");
  const findings: Finding[] = [];
  if (breaker !== "closed")
    findings.push({ ...place, tone: "bad", text: `The breaker of ${name} is ${breaker}: its callers get 503.` });
  if (away.length > 0)
    findings.push({
      ...place,
      tone: away.length === targets.length ? "bad" : "warn",
      text: `${away.length} of ${counted(targets.length, "target")} of ${name} ${away.length === 1 ? "does" : "do"} not respond: ${urls}.`,
    });
  return findings;
};

const findUpstreams: Check["find"] = async (signal) => {
  const { data } = await call("GET /gateway/upstreams", { query: { limit: PAGE }, signal });
  return shortened(data.items.flatMap(findingsOf), "about services behind the gateway");
};

const findKeys: Check["find"] = async (signal) => {
  const expiresBefore = new Date(Date.now() + SOON_DAYS * DAY_MS).toISOString();
  const [leaked, expiring] = await Promise.all([
    call("GET /kms/keys", { query: { limit: PAGE, state: "disabled", disabledReason: "leaked" }, signal }),
    call("GET /kms/keys", { query: { limit: PAGE, state: "active", expiresBefore }, signal }),
  ]);
  const place = (service: string) => ({ to: addressOf("services", service), action: "Rotate it" });
  const findings = [
    leaked.data.items.map(({ service, prefix }): Finding => {
      return { ...place(service), tone: "bad", text: `A key of ${service} was leaked, and is disabled: ${prefix}…` };
    }),
    expiring.data.items.map(({ service, prefix, expiresAt }): Finding => {
      const days = counted(-daysSince(expiresAt ?? ""), "day");
      return { ...place(service), tone: "warn", text: `A key of ${service} expires in ${days}: ${prefix}…` };
    }),
  ];
  return findings.flatMap((some) => shortened(some, "keys like that"));
};

const findServices: Check["find"] = async (signal) => {
  const { data } = await call("GET /kms/services", { query: { limit: PAGE }, signal });
  const blocked = data.items.filter(({ rotationBlocked }) => rotationBlocked !== null);
  return shortened(
    blocked.map(({ name }) => ({
      tone: "warn",
      text: `The keys of ${name} are not rotated as they should be: it has no webhook that would get the new ones.`,
      to: addressOf("services", name),
      action: "Set a webhook",
    })),
    "services without a webhook",
  );
};

const findSigningKeys: Check["find"] = async (signal) => {
  const { data } = await call("GET /kms/signing-keys", { signal });
  return data.items
    .filter(({ state, activatedAt }) => state === "current" && daysSince(activatedAt ?? "") > OLD_SIGNING_KEY_DAYS)
    .map(({ purpose, activatedAt }) => ({
      tone: "warn",
      text: `The key that signs ${purpose}s is ${daysSince(activatedAt ?? "")} days old.`,
      to: addressOf("signing"),
      action: "Rotate it",
    }));
};

const findRootKey: Check["find"] = async (signal) => {
  const { data } = await call("GET /kms/root-key", { signal });
  const place = { tone: "warn", to: addressOf("signing") } as const;
  const days = daysSince(data.createdAt);
  return [
    ...(data.remaining > 0
      ? [{ ...place, text: `${data.remaining} data keys still wait for the new root key.`, action: "Look at it" }]
      : []),
    ...(days > OLD_ROOT_KEY_DAYS ? [{ ...place, text: `The root key is ${days} days old.`, action: "Rotate it" }] : []),
  ];
};

/** Looked at one by one, so many at most. */
const ADMINISTRATORS = 10;

type Administrator = Schemas["kms.ListedUser"];

const hasFactor = async ({ id }: Administrator, signal: AbortSignal): Promise<boolean> => {
  const { data } = await call("GET /twofa/users/{id}/factors", { path: { id }, signal });
  return data.items.some(({ confirmedAt, disabledAt }) => confirmedAt && !disabledAt);
};

const findAdministrators: Check["find"] = async (signal) => {
  const query = { role: "admin", locked: false, limit: ADMINISTRATORS };
  const [users, me] = await Promise.all([call("GET /kms/users", { query, signal }), call("GET /kms/me", { signal })]);
  const found = await Promise.all(
    users.data.items.map(async (user): Promise<Finding[]> => {
      if (await hasFactor(user, signal)) return [];
      const { id, username } = user;
      return id === me.data.id
        ? [{ tone: "warn", text: "You have no second factor.", to: ACCOUNT, action: "Enrol one" }]
        : [
            {
              tone: "warn",
              text: `The administrator ${username} has no second factor.`,
              to: addressOf("people", id),
              action: `Look at ${username}`,
            },
          ];
    }),
  );
  return found.flat();
};

const findDeadLetters: Check["find"] = async (signal) => {
  const { data } = await call("GET /service-a/outbox/dead-letters", { query: { limit: PAGE }, signal });
  if (data.items.length === 0) return [];
  const count = data.next === null ? counted(data.items.length, "change") : `More than ${PAGE} changes`;
  return [
    {
      tone: "bad",
      text: `${count} never reached the search: the index refused ${data.items.length === 1 ? "it" : "them"}.`,
      to: addressOf("scripts", "dead-letters"),
      action: "Send again",
    },
  ];
};

const findSearch: Check["find"] = async (signal) => {
  const { data } = await call("GET /search/status", { signal });
  const place = { to: addressOf("search"), action: "Look at it" };
  const away = data.nodes.filter(({ healthy }) => !healthy).map(({ url }) => url);
  return [
    ...(data.healthy ? [] : [{ ...place, tone: "bad", text: "The search engine is not healthy." } as const]),
    ...(away.length > 0
      ? [{ ...place, tone: "warn", text: `Nodes of the search do not respond: ${away.join(", ")}.` } as const]
      : []),
    ...(data.lagSeconds > LONG_LAG_SECONDS
      ? [{ ...place, tone: "warn", text: `The search is ${data.lagSeconds} seconds behind what it indexes.` } as const]
      : []),
  ];
};

export const CHECKS: readonly Check[] = [
  { about: "services behind the gateway", needs: "gateway:read", find: findUpstreams },
  { about: "API keys", needs: "keys:read", find: findKeys },
  { about: "the services' webhooks", needs: "keys:read", find: findServices },
  { about: "signing keys", needs: "keys:read", find: findSigningKeys },
  { about: "the root key", needs: "keys:read", find: findRootKey },
  { about: "administrators' second factors", needs: "users:admin", find: findAdministrators },
  { about: "changes for the search", needs: "users:admin", find: findDeadLetters },
  { about: "the search", needs: "search:read", find: findSearch },
];
