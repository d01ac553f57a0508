/** Principals of every kind, each with a real credential, and what it may hand out by the rule of granting. */
import { decodeJwt } from "jose";
import { generateSync } from "otplib";
import type { Granted } from "../../shared/contracts/granting.ts";
import { SCOPES } from "../../shared/contracts/rights.ts";
import type { Answer, caller as callerOf, Headers } from "../support/call.ts";
import type { Fountain } from "../support/harness.ts";

export interface Caller {
  headers: Headers;
  /** The token or key itself. */
  credential: string;
  /** A factor of the user's that was begun and not confirmed, as long as they had none. */
  pending: { factorId: string; secret: string };
  /** What the user logs in with. */
  account: { username: string; password: string };
  /** Another session of the user's. */
  otherSession: string;
  /** What it hands out by itself. */
  may: readonly Granted[];
  /** Ends the credential. */
  end(): Promise<Answer>;
}

export interface Stack {
  fountain: Fountain;
  call: ReturnType<typeof callerOf>;
  form(path: string, fields: Record<string, string>, headers?: Headers): Promise<Answer>;
  /** Of an administrator who has just passed a second factor. */
  administrator: Headers;
  /** The same of one whom everything is tried on. */
  victim: { token: string; account: { username: string; password: string } };
}

const PASSWORD = "a password for tests: harbour";
const ALL_SCOPES = SCOPES.join(" ");
const LONG_AGO_MS = 301_000;
const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const ALL: readonly Granted[] = ["rights", "credential", "account", "secret", "access", "password"];
/** Of who holds less than a person in person. */
const WITHIN_LIMITS: readonly Granted[] = ["account", "secret", "access"];

export const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${token}` });
export const codeOf = (secret: string): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) });
export const unique = (): string => crypto.randomUUID().slice(0, 13);

/** The body of an answer that must be a success. */
export const successOf = async (answer: Promise<Answer>): Promise<Record<string, unknown>> => {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(`${status} ${text}`);
  return body;
};

const sessionOf = (token: string): string => String(decodeJwt(token)["sid"]);

/** An administrator just logged in, twice, with a factor that is begun. */
const createPerson = async ({ call, administrator }: Stack) => {
  const account = { username: `person-${unique()}`, password: PASSWORD };
  await successOf(call("POST", "/kms/users", administrator, { ...account, roles: ["admin"] }));
  const other = await successOf(call("POST", "/kms/login", {}, account));
  const login = await successOf(call("POST", "/kms/login", {}, account));
  const token = String(login["access_token"]);
  const begun = await successOf(call("POST", "/twofa/factors/totp", bearer(token), {}));
  return {
    account,
    token,
    refreshToken: String(login["refresh_token"]),
    otherSession: sessionOf(String(other["access_token"])),
    pending: { factorId: String(begun["factorId"]), secret: String(begun["secret"]) },
  };
};

type Person = Awaited<ReturnType<typeof createPerson>>;

/** The recovery codes that the first factor comes with. */
const enrol = async ({ call }: Stack, { token }: Person): Promise<string[]> => {
  const { factorId, secret } = await successOf(call("POST", "/twofa/factors/totp", bearer(token), {}));
  const code = codeOf(String(secret));
  const confirmed = await successOf(call("POST", "/twofa/factors/totp/confirm", bearer(token), { factorId, code }));
  return Array.isArray(confirmed["recoveryCodes"]) ? confirmed["recoveryCodes"].map(String) : [];
};

const pass = async ({ call }: Stack, { token }: Person, recoveryCodes: string[], more: object = {}) => {
  const proof = { recoveryCode: recoveryCodes.pop(), ...more };
  return String((await successOf(call("POST", "/twofa/auth/verify", bearer(token), proof)))["access_token"]);
};

const refresh = async ({ form }: Stack, { refreshToken }: Person, more: Record<string, string> = {}) => {
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken, ...more };
  return String((await successOf(form("/kms/token", fields)))["access_token"]);
};

/** As if the session had begun, or passed its factor, longer ago than five minutes. */
const age = async ({ fountain }: Stack, { token }: Person): Promise<void> => {
  const sql = "UPDATE sessions SET authenticated_at = ? WHERE id = ?";
  await fountain.databases["kms"]?.execute({ sql, args: [Date.now() - LONG_AGO_MS, sessionOf(token)] });
};

/** A service with all scopes, and its key. */
const createService = async ({ call, administrator }: Stack) => {
  const name = `caller-${unique()}`;
  await successOf(call("POST", "/kms/services", administrator, { name, scopes: SCOPES }));
  const { key } = await successOf(call("POST", "/kms/keys", administrator, { service: name }));
  return { name, key: String(key) };
};

/** A caller with this token of a person; what outlives it is looked for once the person has logged out. */
const ofPerson = (stack: Stack, person: Person, token: string, more: Partial<Caller> = {}): Caller => ({
  headers: bearer(token),
  credential: token,
  pending: person.pending,
  account: person.account,
  otherSession: person.otherSession,
  may: [],
  end: () => stack.call("POST", "/kms/logout", bearer(person.token)),
  ...more,
});

/** A person with a factor who has passed it, and the token of that. */
const createRaised = async (stack: Stack) => {
  const person = await createPerson(stack);
  return { person, token: await pass(stack, person, await enrol(stack, person)) };
};

/** What a service gets to act for a person who has just passed a factor. */
const createDelegate = async (stack: Stack): Promise<Caller> => {
  const { person, token } = await createRaised(stack);
  const { name, key } = await createService(stack);
  const client = { client_id: name, client_secret: key };
  const subject = { subject_token: token, subject_token_type: ACCESS_TOKEN_TYPE, scope: ALL_SCOPES };
  const exchanged = await successOf(stack.form("/kms/token", { grant_type: TOKEN_EXCHANGE, ...client, ...subject }));
  return ofPerson(stack, person, String(exchanged["access_token"]));
};

const createNarrowed = async (stack: Stack, narrowing: Record<string, string>, may = WITHIN_LIMITS) => {
  const { person } = await createRaised(stack);
  return ofPerson(stack, person, await refresh(stack, person, narrowing), { may });
};

/** A fresh `aal2` person: what all operations are there for. */
export const createControl = async (stack: Stack): Promise<Caller> => {
  const { person, token } = await createRaised(stack);
  return ofPerson(stack, person, token, { may: ALL });
};

/** A person without a factor who has just logged in. */
export const createBeginner = async (stack: Stack): Promise<Caller> => {
  const person = await createPerson(stack);
  return ofPerson(stack, person, person.token, { may: ALL });
};

/** Everybody whom the rule of granting keeps from something. */
export const CALLERS: Record<string, (stack: Stack) => Promise<Caller>> = {
  "a person with a factor, who has not passed it": async (stack) => {
    const person = await createPerson(stack);
    await enrol(stack, person);
    return ofPerson(stack, person, person.token);
  },
  "a person with a factor, who passed it long ago": async (stack) => {
    const { person } = await createRaised(stack);
    await age(stack, person);
    return ofPerson(stack, person, await refresh(stack, person));
  },
  "a person without a factor, who logged in long ago": async (stack) => {
    const person = await createPerson(stack);
    await age(stack, person);
    // With the current password, which the holder of a stolen token lacks.
    return ofPerson(stack, person, await refresh(stack, person), { may: ["password"] });
  },
  "a service with all scopes": async (stack) => {
    const { name, key } = await createService(stack);
    const end = () => stack.call("DELETE", `/kms/keys/${name}`, stack.administrator);
    const person = await createPerson(stack);
    return ofPerson(stack, person, key, { headers: { "x-api-key": key }, may: WITHIN_LIMITS, end });
  },
  "a service that acts for a person": createDelegate,
  "a scoped key": async (stack) => {
    const { person, token } = await createRaised(stack);
    const asked = stack.call("POST", "/search/scoped-keys", bearer(token), { filter_by: "script_id:=1" });
    return ofPerson(stack, person, String((await successOf(asked))["key"]));
  },
  "a token narrowed in scope, of a person who has just passed a factor": (stack) =>
    createNarrowed(stack, { scope: SCOPES.filter((scope) => scope !== "audit:read").join(" ") }),
  "a token narrowed to the kms": (stack) => createNarrowed(stack, { audience: "kms" }),
  "a token narrowed to twofa": (stack) => createNarrowed(stack, { audience: "twofa" }, []),
  "a token for one other request": async (stack) => {
    const person = await createPerson(stack);
    const purpose = { method: "DELETE", path: "/kms/services/no-such-service" };
    return ofPerson(stack, person, await pass(stack, person, await enrol(stack, person), { purpose }));
  },
  "a wrapping token": async (stack) => {
    const person = await createPerson(stack);
    const wrapped = await successOf(
      stack.call("POST", "/kms/secrets/wrap", stack.administrator, { value: "a value", ttlSeconds: 600 }),
    );
    return ofPerson(stack, person, String(wrapped["token"]));
  },
};

export const exchangeOf = (client: { name: string; key: string }, token: string): Record<string, string> => ({
  grant_type: TOKEN_EXCHANGE,
  client_id: client.name,
  client_secret: client.key,
  subject_token: token,
  subject_token_type: ACCESS_TOKEN_TYPE,
});
