/** What the tests of this worker share: people with accounts, their authenticator apps, and calls in their name. */
import { decodeJwt } from "jose";
import { generateSync } from "otplib";
import { expect, onTestFinished } from "vitest";
import { type Answer, type Call, send } from "./call.ts";
import type { Fountain } from "./harness.ts";

const PASSWORD = "a password for tests";

/** `WWW-Authenticate` of a request that demands a second factor (RFC 9470). */
export const STEP_UP_CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';

export interface Person {
  id: string;
  /** Of the login: one factor. */
  token: string;
  call(method: string, path: string, call?: Call): Promise<Answer>;
}

/** A user, with their credentials. */
export interface Account extends Person {
  username: string;
  password: string;
}

export interface Enrolled {
  factorId: string;
  secret: string;
  recoveryCodes: string[];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What a session begins with. */
export interface Session {
  token: string;
  refreshToken: string;
  scope: string;
}

/** Logs in, as the administrator by default. */
export const logIn = async (
  fountain: Fountain,
  username = fountain.adminUsername,
  password = fountain.adminPassword,
): Promise<Session> => {
  const { body } = await send(fountain, "POST", "/kms/login", { json: { username, password } });
  return {
    token: String(body["access_token"]),
    refreshToken: String(body["refresh_token"]),
    scope: String(body["scope"]),
  };
};

/** The user of this token. */
export const personWith = (fountain: Fountain, token: string): Person => ({
  id: String(decodeJwt(token).sub),
  token,
  call: (method, path, call) => send(fountain, method, `/twofa${path}`, { token, ...call }),
});

const administrators = new Map<Fountain, Promise<string>>();

const administratorOf = (fountain: Fountain): Promise<string> => {
  const known = administrators.get(fountain) ?? logIn(fountain).then(({ token }) => token);
  administrators.set(fountain, known);
  return known;
};

/** A new user, just logged in; `email`: the address of the account. */
export const newPerson = async (fountain: Fountain, email?: string): Promise<Account> => {
  const administrator = await administratorOf(fountain);
  const username = `user-${crypto.randomUUID()}`;
  const json = { username, password: PASSWORD, ...(email !== undefined && { email }) };
  await send(fountain, "POST", "/kms/users", { token: administrator, json });
  const { token } = await logIn(fountain, username, PASSWORD);
  return { ...personWith(fountain, token), username, password: PASSWORD };
};

/** So many new users, one after the other: passwords are hashed within seconds or refused, and a busy machine takes a few at a time. */
export const newPeople = async (fountain: Fountain, count: number): Promise<Account[]> => {
  const people: Account[] = [];
  while (people.length < count) people.push(await newPerson(fountain));
  return people;
};

/** Well below the five minutes within which a login counts as fresh. */
const REUSE_WITHIN_MS = 120_000;
const idle = new Map<Fountain, { person: Person; loggedInAtMs: number }[]>();

const forgetFactors = async (fountain: Fountain, { id }: Person): Promise<void> => {
  const tables = ["factors", "passkeys", "recovery_codes", "attempts", "challenges", "sends"];
  const statements = tables.map((table) => ({ sql: `DELETE FROM ${table} WHERE user_id = ?`, args: [id] }));
  await fountain.databases["twofa"]?.batch(statements, "write");
};

/** A user without any factor for the length of this test: a login is expensive, so later tests meet them again. */
export const borrowPerson = async (fountain: Fountain): Promise<Person> => {
  const waiting = idle.get(fountain) ?? [];
  idle.set(fountain, waiting);
  const known = waiting.pop();
  const isUsable = known !== undefined && Date.now() - known.loggedInAtMs < REUSE_WITHIN_MS;
  const borrowed = isUsable ? known : { person: await newPerson(fountain), loggedInAtMs: Date.now() };
  onTestFinished(async () => {
    await forgetFactors(fountain, borrowed.person);
    waiting.push(borrowed);
  });
  return borrowed.person;
};

/** The code an authenticator app shows, now or some steps away. */
export const codeOf = (secret: string, stepsAway = 0): string =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + stepsAway * 30 });

/** A code that is none of this secret's around now. */
export const wrongCodeOf = (...secrets: string[]): string => {
  const near = new Set(secrets.flatMap((secret) => [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps))));
  for (let code = 0; ; code += 1) {
    const text = String(code).padStart(6, "0");
    if (!near.has(text)) return text;
  }
};

/** Enrols a factor and confirms it. */
export const enrol = async ({ call }: Person, token?: string): Promise<Enrolled> => {
  const as = token === undefined ? {} : { token };
  const begun = await call("POST", "/factors/totp", as);
  const factorId = String(begun.body["factorId"]);
  const secret = String(begun.body["secret"]);
  const json = { factorId, code: codeOf(secret) };
  const confirmed = await call("POST", "/factors/totp/confirm", { ...as, json });
  expect(confirmed.status).toBe(200);
  return { factorId, secret, recoveryCodes: textsOf(confirmed.body["recoveryCodes"]) };
};

/** As if half a minute had passed for the user's factors: the codes of now can be used again. */
export const forgetTimeSteps = async (fountain: Fountain, person: Person): Promise<void> => {
  const sql = "UPDATE factors SET last_step = 0 WHERE user_id = ?";
  await fountain.databases["twofa"]?.execute({ sql, args: [person.id] });
};

/** As if the user's lock had run out. */
export const endLock = async (fountain: Fountain, person: Person): Promise<void> => {
  const sql = "UPDATE attempts SET locked_until = 1 WHERE user_id = ?";
  await fountain.databases["twofa"]?.execute({ sql, args: [person.id] });
};

/** A session's token after it passed the second factor. */
export const stepUp = async (fountain: Fountain, person: Person, { secret }: Enrolled): Promise<string> => {
  await forgetTimeSteps(fountain, person);
  const raised = await person.call("POST", "/auth/verify", { json: { code: codeOf(secret) } });
  expect(raised.status).toBe(200);
  return String(raised.body["access_token"]);
};

/** How often each status occurred. */
export const tally = (responses: readonly Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

/** So many calls at once. */
export const atOnce = (count: number, call: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, call));

/** A list of texts out of a response. */
export const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The pointers to what was wrong with the input. */
export const pointersOf = ({ body }: Answer): string[] =>
  Array.isArray(body["errors"])
    ? body["errors"].map((error: unknown) => (isRecord(error) ? String(error["pointer"]) : ""))
    : [];

/** The rows of a query on this worker's database. */
export const rowsOf = async (
  fountain: Fountain,
  sql: string,
  ...args: string[]
): Promise<Record<string, unknown>[]> => {
  const found = await fountain.databases["twofa"]?.execute({ sql, args });
  return (found?.rows ?? []).map((row) => ({ ...row }));
};
