/** What a caller leaves behind: rights and credentials in the databases, and whatever it was given that still opens something. */
import type { Answer } from "../support/call.ts";
import { bearer, type Stack } from "./callers.ts";

/** What the caller had wrapped. */
export const OWN_VALUE = "a value of the caller's own";

type Row = Record<string, unknown>;

const listOf = (json: unknown): unknown[] => (typeof json === "string" ? [JSON.parse(json)].flat() : []);

const rowsOf = async ({ fountain }: Stack, database: string, sql: string): Promise<Row[]> =>
  (await fountain.databases[database]?.execute(sql))?.rows.map((row) => ({ ...row })) ?? [];

/** Every right beyond the default role and every credential there is, one a line. */
export const powersOf = async (stack: Stack): Promise<Set<string>> => {
  const kms = (sql: string) => rowsOf(stack, "kms", sql);
  const twofa = (sql: string) => rowsOf(stack, "twofa", sql);
  const [users, roles, services, keys, sessions, factors, codes] = await Promise.all([
    kms("SELECT id, roles FROM users WHERE locked_at IS NULL"),
    kms("SELECT name, permissions FROM roles"),
    kms("SELECT name, scopes, webhook_url FROM services"),
    kms("SELECT id, scopes, allowed_addresses FROM api_keys WHERE revoked_at IS NULL AND disabled_at IS NULL"),
    kms("SELECT id, user_id, acr FROM sessions WHERE ended_at IS NULL"),
    twofa("SELECT id, user_id, type FROM factors WHERE confirmed_at IS NOT NULL"),
    twofa("SELECT user_id, mac FROM recovery_codes"),
  ]);
  return new Set([
    ...users.flatMap(({ id, roles: held }) =>
      listOf(held).flatMap((role) => (role === "user" ? [] : `${id} is ${role}`)),
    ),
    ...roles.flatMap(({ name, permissions }) => listOf(permissions).map((scope) => `${name} permits ${scope}`)),
    ...services.flatMap(({ name, scopes }) => listOf(scopes).map((scope) => `${name} has ${scope}`)),
    ...services.map(({ name, webhook_url }) => `${name} is sent keys at ${webhook_url}`),
    ...keys.map(({ id, scopes, allowed_addresses }) => `key ${id} with ${scopes} from ${allowed_addresses}`),
    ...sessions.map(({ id, user_id, acr }) => `session ${id} of ${user_id} at ${acr}`),
    ...factors.map(({ id, user_id, type }) => `factor ${id} of ${user_id}: ${type}`),
    ...codes.map(({ user_id, mac }) => `recovery code ${mac} of ${user_id}`),
  ]);
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** As the test names its people and services. */
const NAME = /^[a-z]+-[0-9a-f]{8}-[0-9a-f]{4}$/;
const CREDENTIAL = /^[\w.~+/=-]{20,8192}$/;

/** Every text in an answer that could be a credential. */
export const credentialsIn = ({ body, status }: Answer): string[] => {
  const textsIn = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
  };
  return status < 300
    ? textsIn(body).filter((text) => CREDENTIAL.test(text) && !UUID.test(text) && !NAME.test(text))
    : [];
};

/** Where every valid credential is answered otherwise than with 401, at the worker that it is for. */
const PROBES = ["/kms/me", "/twofa/factors", "/search/status", "/service-a/elements"];

/** Where this text is taken for a credential: nowhere, when it is none or has ended. */
export const usesOf = async (stack: Stack, text: string): Promise<string[]> => {
  const { call, form, administrator } = stack;
  const isTaken = async (path: string, headers: Record<string, string>) =>
    (await call("GET", path, headers)).status !== 401;
  const asToken = PROBES.map(async (path) => ((await isTaken(path, bearer(text))) ? `token at ${path}` : ""));
  const asKey = isTaken("/kms/me", { "x-api-key": text }).then((taken) => (taken ? "API key" : ""));
  const refreshed = form("/kms/token", { grant_type: "refresh_token", refresh_token: text });
  const unwrapped = call("POST", "/kms/secrets/unwrap", administrator, { token: text.slice(0, 256) });
  return (
    await Promise.all([
      ...asToken,
      asKey,
      refreshed.then(({ status }) => (status === 200 ? "refresh token" : "")),
      unwrapped.then(({ status, body }) => (status === 200 ? `wrapping token of ${body["value"]}` : "")),
    ])
  ).filter((use) => use !== "");
};

/** What an operation gave its caller, and where that was taken for a credential. */
export interface Given {
  by: string;
  text: string;
  uses?: string[];
}

/** Each text once: it opens the same, whatever gave it. */
export const distinct = (given: readonly Given[]): Given[] => [
  ...new Map(given.toReversed().map((one) => [one.text, one])).values(),
];

/** Each is seven calls: hundreds of them together are more than a socket queues on a busy machine. */
const TRIED_AT_ONCE = 8;

/** Those that open something still, but for what the caller wrapped themselves. */
export const stillGood = async (stack: Stack, given: readonly Given[]): Promise<Given[]> => {
  const found: Required<Given>[] = [];
  for (let at = 0; at < given.length; at += TRIED_AT_ONCE) {
    const tried = given.slice(at, at + TRIED_AT_ONCE);
    found.push(...(await Promise.all(tried.map(async (one) => ({ ...one, uses: await usesOf(stack, one.text) })))));
  }
  return found.filter(({ uses }) => uses.some((use) => !use.endsWith(OWN_VALUE)));
};
