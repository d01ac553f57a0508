import { drizzle } from "drizzle-orm/libsql/http";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Audience } from "#shared/contracts/access-token.ts";
import { isScope, type Scope } from "#shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { auditEntry, keysOf, randomBytes } from "../../../../tests/support/kms.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import type { Profile } from "../accounts/user.ts";
import { createUserRepository } from "../accounts/users.store.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { KmsDatabase } from "../db/connection.ts";
import * as schema from "../db/schema.ts";
import { createTokenIssuer } from "../tokens/access-token.ts";
import { generateSigningKey, unwrapSigningKey } from "../tokens/signing-key.ts";
import { createRefreshTokens } from "./refresh-token.ts";
import { CONCURRENT_REFRESH_MS, type SessionRepository } from "./session.ts";
import { createSessionRepository } from "./sessions.store.ts";
import { createSessions, type Sessions, type SessionTokens } from "./sessions.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const START_MS = Date.parse("2026-11-23T10:00:00Z");

const refreshTokens = createRefreshTokens(Buffer.alloc(32, 2), randomBytes);

let fountain: Fountain;
let database: KmsDatabase;
let sessions: Sessions;
let repository: SessionRepository;
let user: Profile;
let nowMs: number;

const createId = (): string => crypto.randomUUID();

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const client = fountain.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  database = { client, orm: drizzle({ client, schema }) };
});
afterAll(() => fountain?.stop());

beforeEach(async () => {
  nowMs = START_MS;
  const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
  const signingKey = await generateSigningKey(wrapping, new Date(nowMs));
  const now = () => nowMs;
  const signer = () => unwrapSigningKey(wrapping, signingKey);
  repository = createSessionRepository(database);
  sessions = createSessions({
    stepUpForRoles: new Set(["admin"]),
    repository,
    audit: { prepare: async () => auditEntry() },
    refreshTokens,
    issueToken: createTokenIssuer({ issuer: "https://fountain.example", signer, now, createId }),
    now,
    createId,
  });
  user = {
    id: createId(),
    username: `user-${createId()}`,
    email: null,
    roles: ["editor"],
    createdAt: new Date(nowMs),
    lockedAt: null,
  };
  await createUserRepository(database, createEmailAddresses(await keysOf(fountain), randomBytes)).insert(
    user,
    "not a hash",
    auditEntry(),
  );
});

const count = async (table: string, column: string, value: string): Promise<number> => {
  const { rows } = await database.client.execute({
    sql: `SELECT COUNT(*) AS found FROM ${table} WHERE ${column} = ?`,
    args: [value],
  });
  return Number(rows[0]?.["found"]);
};

const open = async (): Promise<SessionTokens> => {
  const opened = await sessions.open({ user, passwordChangedAt: null });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
};

const end = (sessionId: string): Promise<boolean> => sessions.end(sessionId, auditEntry());

const refreshed = async (token: string) => {
  const result = await sessions.refresh(token, undefined);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

test("carries a session on with a new token at every refresh", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const third = await refreshed(second.refreshToken);
  expect(new Set([opened.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
  expect(decodeJwt(third.access.accessToken)["sid"]).toBe(opened.sessionId);
});

test("answers a token that was just used with the same successor again, and changes nothing", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  nowMs += CONCURRENT_REFRESH_MS - 1;
  const again = await refreshed(opened.refreshToken);
  expect(again).toMatchObject({ refreshToken: second.refreshToken, use: "concurrent" });
  expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
  expect((await sessions.refresh(second.refreshToken, undefined)).ok).toBe(true);
});

test("tells nobody who holds only a token what its successor is", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const stranger = createRefreshTokens(Buffer.alloc(32, 3), randomBytes);
  expect(stranger.successorOf(opened.refreshToken).token).not.toBe(second.refreshToken);
});

test.for([12_000, 600_000, 10 * DAY_MS])(
  "gives the same successor again to a retry %i ms later, as long as nobody has used it",
  async (laterMs) => {
    const opened = await open();
    const second = await refreshed(opened.refreshToken);
    nowMs += laterMs;
    const retries = await Promise.all(Array.from({ length: 20 }, () => refreshed(opened.refreshToken)));
    for (const retry of retries) expect(retry).toMatchObject({ refreshToken: second.refreshToken, use: "retried" });
    expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
    const third = await refreshed(second.refreshToken);
    expect((await sessions.refresh(third.refreshToken, undefined)).ok).toBe(true);
  },
);

test("a retry carries the session on like any other refresh", async () => {
  const opened = await open();
  await refreshed(opened.refreshToken);
  nowMs += 13 * DAY_MS;
  const { refreshToken } = await refreshed(opened.refreshToken);
  nowMs += 13 * DAY_MS;
  expect((await sessions.refresh(refreshToken, undefined)).ok).toBe(true);
});

test("ends the whole session when a consumed token comes back whose successor has been used since", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  nowMs += CONCURRENT_REFRESH_MS;
  await refreshed(second.refreshToken);
  nowMs += CONCURRENT_REFRESH_MS;
  expect(await sessions.refresh(opened.refreshToken, undefined)).toEqual({ ok: false, error: "reused" });
  expect(await sessions.refresh(second.refreshToken, undefined)).toEqual({ ok: false, error: "session-ended" });
  expect(await count("revocations", "revoked_id", opened.sessionId)).toBe(1);
});

test.for([
  ["the thief refreshes first", "thief"],
  ["the owner refreshes first", "owner"],
])("two who refresh a stolen token in turns are noticed at the next turn, when %s", async ([, first]) => {
  const opened = await open();
  const held = { owner: opened.refreshToken, thief: opened.refreshToken };
  const turns = first === "thief" ? (["thief", "owner"] as const) : (["owner", "thief"] as const);
  for (const who of turns) {
    held[who] = (await refreshed(held[who])).refreshToken;
    nowMs += 600_000;
  }
  const [one, other] = turns;
  held[one] = (await refreshed(held[one])).refreshToken;
  nowMs += 600_000;
  expect(await sessions.refresh(held[other], undefined)).toEqual({ ok: false, error: "reused" });
  expect(await sessions.refresh(held[one], undefined)).toEqual({ ok: false, error: "session-ended" });
});

test("ends the whole session when a consumed token comes back whose successor has been used, however soon", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const third = await refreshed(second.refreshToken);
  expect(await sessions.refresh(opened.refreshToken, undefined)).toEqual({ ok: false, error: "reused" });
  expect(await sessions.refresh(third.refreshToken, undefined)).toEqual({ ok: false, error: "session-ended" });
});

test("takes a consumed token with another successor than its own for reused", async () => {
  const opened = await open();
  await refreshed(opened.refreshToken);
  await database.client.execute({
    sql: "UPDATE refresh_tokens SET successor_hash = 'another' WHERE token_hash = ?",
    args: [refreshTokens.hashOf(opened.refreshToken) ?? ""],
  });
  expect(await sessions.refresh(opened.refreshToken, undefined)).toEqual({ ok: false, error: "reused" });
});

test("leaves the user's other sessions alone when one dies of reuse", async () => {
  const [one, other] = [await open(), await open()];
  await refreshed((await refreshed(one.refreshToken)).refreshToken);
  expect(await sessions.refresh(one.refreshToken, undefined)).toEqual({ ok: false, error: "reused" });
  expect((await sessions.refresh(other.refreshToken, undefined)).ok).toBe(true);
});

test("gives 100 refreshes of one token at once exactly one successor, which carries the session on", async () => {
  const opened = await open();
  const results = await Promise.all(
    Array.from({ length: 100 }, () => sessions.refresh(opened.refreshToken, undefined)),
  );
  const successors = results.map((result) => (result.ok ? result.value.refreshToken : result.error));
  expect(new Set(successors).size).toBe(1);
  expect(results.filter((result) => result.ok && result.value.use === "fresh")).toHaveLength(1);
  expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
  expect((await sessions.refresh(successors[0] ?? "", undefined)).ok).toBe(true);
});

test("reads the user's roles anew at every refresh", async () => {
  const opened = await open();
  await database.client.execute({ sql: "UPDATE users SET roles = ? WHERE id = ?", args: ['["user"]', user.id] });
  const { access } = await refreshed(opened.refreshToken);
  expect(access.scope).toBe("sequence:read search:read");
  expect(decodeJwt(access.accessToken)["roles"]).toEqual(["user"]);
});

test("narrows the scopes of a refresh when asked, and refuses to widen them without consuming the token", async () => {
  const opened = await open();
  expect(await sessions.refresh(opened.refreshToken, ["users:admin"])).toEqual({ ok: false, error: "scope-exceeded" });
  const narrowed = await sessions.refresh(opened.refreshToken, ["search:read"]);
  expect(narrowed.ok && narrowed.value.access.scope).toBe("search:read");
});

test("ends a session left idle for 14 days, and keeps one that is used", async () => {
  const [idle, used] = [await open(), await open()];
  nowMs += 14 * DAY_MS - 1;
  const carriedOn = await refreshed(used.refreshToken);
  nowMs += 1;
  expect(await sessions.refresh(idle.refreshToken, undefined)).toEqual({ ok: false, error: "session-ended" });
  expect((await sessions.refresh(carriedOn.refreshToken, undefined)).ok).toBe(true);
});

const ONCE = { once: true, purpose: { method: "DELETE", path: "/kms/keys/films" }, redeemable: true } as const;

test("ends every session after 90 days, however much it is used", async () => {
  let { refreshToken } = await open();
  for (let day = 0; day < 80; day += 10) {
    nowMs += 10 * DAY_MS;
    ({ refreshToken } = await refreshed(refreshToken));
  }
  nowMs += 10 * DAY_MS;
  expect(await sessions.refresh(refreshToken, undefined)).toEqual({ ok: false, error: "session-ended" });
});

test("raises a session for good after a second factor, and keeps it raised through refreshes", async () => {
  const opened = await open();
  nowMs += 60_000;
  const raised = await sessions.elevate({
    sessionId: opened.sessionId,
    audiences: ["fountain"],
    scopes: ["audit:read"],
    method: "otp",
    once: false,
  });
  if (!raised.ok) throw new Error(raised.error);
  const expected = { acr: "aal2", amr: ["pwd", "otp", "mfa"], auth_time: nowMs / 1000, sub: user.id };
  expect(decodeJwt(raised.value.accessToken)).toMatchObject(expected);
  expect(raised.value.expiresInSeconds).toBe(900);
  nowMs += 600_000;
  expect(decodeJwt((await refreshed(opened.refreshToken)).access.accessToken)).toMatchObject(expected);
});

test("raises a single request for a minute, and leaves the session as it was", async () => {
  const opened = await open();
  const raised = await sessions.elevate({
    sessionId: opened.sessionId,
    audiences: ["fountain"],
    scopes: ["audit:read"],
    method: "otp",
    ...ONCE,
  });
  if (!raised.ok) throw new Error(raised.error);
  expect(decodeJwt(raised.value.accessToken)).toMatchObject({
    acr: "aal2",
    amr: ["pwd", "otp", "mfa"],
    authorization_details: [{ type: "fountain_request", actions: ["DELETE"], locations: ["/kms/keys/films"] }],
  });
  expect(raised.value.expiresInSeconds).toBe(60);
  expect(decodeJwt((await refreshed(opened.refreshToken)).access.accessToken)).toMatchObject({
    acr: "aal1",
    amr: ["pwd"],
    auth_time: START_MS / 1000,
  });
});

test.for([ONCE, { once: false } as const])(
  "a second factor adds no scope and no audience to a token that was narrowed (%o)",
  async (kind) => {
    const { sessionId } = await open();
    const raised = await sessions.elevate({
      sessionId,
      audiences: ["search"],
      scopes: ["search:read", "audit:read"],
      method: "otp",
      ...kind,
    });
    if (!raised.ok) throw new Error(raised.error);
    expect((await repository.find(sessionId))?.permissions).toContain("sequence:write");
    expect(decodeJwt(raised.value.accessToken)).toMatchObject({ scope: "search:read", aud: "search" });
  },
);

test("says of a token that scopes were left out on request, and of no other", async () => {
  const opened = await open();
  const claimsOf = ({ accessToken }: { accessToken: string }) => decodeJwt(accessToken);
  const whole = claimsOf(opened.access);
  expect(whole).not.toHaveProperty("narrowed");
  const scopes = String(whole["scope"]).split(" ").filter(isScope);
  const refresh = async (token: string, wanted?: Scope[]) => {
    const refreshed = await sessions.refresh(token, wanted);
    if (!refreshed.ok) throw new Error(refreshed.error);
    return refreshed.value;
  };
  const narrow = await refresh(opened.refreshToken, ["search:read"]);
  expect(claimsOf(narrow.access)).toMatchObject({ scope: "search:read", narrowed: true });
  const again = await refresh(narrow.refreshToken, scopes);
  expect(claimsOf(again.access)).not.toHaveProperty("narrowed");

  const audiences: Audience[] = ["fountain"];
  const { sessionId } = opened;
  const request = { sessionId, audiences, purpose: ONCE.purpose };
  for (const [given, narrowed] of [
    [scopes, undefined],
    [["search:read"] satisfies Scope[], true],
  ] as const) {
    const attested = await sessions.attestFactorless({ ...request, scopes: [...given] });
    const raised = await sessions.elevate({ sessionId, audiences, scopes: [...given], method: "otp", ...ONCE });
    if (!attested.ok || !raised.ok) throw new Error("the session goes on");
    expect([attested.value, raised.value].map((token) => claimsOf(token)["narrowed"])).toEqual([narrowed, narrowed]);
  }
});

test("says of a user without a second factor, for one request, that they have none", async () => {
  const { sessionId } = await open();
  const audiences: Audience[] = ["kms"];
  const request = { sessionId, audiences, purpose: ONCE.purpose };
  const attested = await sessions.attestFactorless({ ...request, scopes: ["search:read", "audit:read"] });
  if (!attested.ok) throw new Error(attested.error);
  expect(attested.value.expiresInSeconds).toBe(60);
  expect(decodeJwt(attested.value.accessToken)).toMatchObject({
    aud: "kms",
    scope: "search:read",
    acr: "aal1",
    auth_time: START_MS / 1000,
    factorless: true,
    authorization_details: [{ actions: ["DELETE"], locations: ["/kms/keys/films"] }],
  });
  await end(sessionId);
  expect(await sessions.attestFactorless({ ...request, scopes: [] })).toEqual({ ok: false, error: "session-ended" });
});

test("raises no session that has ended, expired or never been", async () => {
  const [ended, expired] = [await open(), await open()];
  await end(ended.sessionId);
  const elevate = (sessionId: string) =>
    sessions.elevate({ sessionId, audiences: ["fountain"], scopes: ["audit:read"], method: "otp", once: false });
  expect(await elevate(ended.sessionId)).toEqual({ ok: false, error: "session-ended" });
  expect(await elevate("nothing")).toEqual({ ok: false, error: "session-ended" });
  nowMs += 14 * DAY_MS;
  expect(await elevate(expired.sessionId)).toEqual({ ok: false, error: "session-ended" });
});

test("revokes a session's tokens in the same transaction that ends it, from the first time on", async () => {
  const opened = await open();
  await end(opened.sessionId);
  nowMs += 60_000;
  await end(opened.sessionId);
  const { rows } = await database.client.execute({
    sql: `SELECT ended_at, revoked_at FROM sessions JOIN revocations ON revoked_id = id WHERE id = ?`,
    args: [opened.sessionId],
  });
  expect({ ...rows[0] }).toMatchObject({ ended_at: START_MS, revoked_at: START_MS });
});

test("never lets a refresh outlive a logout that happens at the same time", async () => {
  for (let round = 0; round < 10; round += 1) {
    const opened = await open();
    const [result] = await Promise.all([sessions.refresh(opened.refreshToken, undefined), end(opened.sessionId)]);
    const last = result.ok ? result.value.refreshToken : opened.refreshToken;
    expect(await sessions.refresh(last, undefined)).toEqual({ ok: false, error: "session-ended" });
  }
});

test("consumes no refresh token of a session that ended between the check and the consumption", async () => {
  const opened = await open();
  await end(opened.sessionId);
  const [hash, successor] = [refreshTokens.hashOf(opened.refreshToken) ?? "", refreshTokens.create()];
  const rotation = { hash, successorHash: successor.hash, at: new Date(nowMs) };
  expect(await repository.rotateRefreshToken(rotation, auditEntry())).toBe(false);
  expect(await repository.findRefreshToken(successor.hash)).toBeUndefined();
});

test("purges dead sessions with their tokens, and nothing that lives", async () => {
  const [ended, idle, alive] = [await open(), await open(), await open()];
  await end(ended.sessionId);
  nowMs += 7 * DAY_MS;
  const carriedOn = await refreshed(alive.refreshToken);
  nowMs += 7 * DAY_MS + 1;
  await Promise.all([sessions.purge(), sessions.purge()]);
  expect(await count("sessions", "id", ended.sessionId)).toBe(0);
  expect(await count("sessions", "id", idle.sessionId)).toBe(0);
  expect(await count("refresh_tokens", "session_id", ended.sessionId)).toBe(0);
  expect((await sessions.refresh(carriedOn.refreshToken, undefined)).ok).toBe(true);
});
