import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import type { Audience } from "#shared/contracts/access-token.ts";
import { isScope, type Scope } from "#shared/contracts/rights.ts";
import { DAY_MS, refreshTokens, START_MS, useSessions } from "../../../../tests/support/kms/sessions.ts";
import { upstreamScopesIn } from "../../../../tests/support/kms/upstream-scopes.ts";
import { auditEntry } from "../../../../tests/support/kms.ts";

const { clock, client, count, end, open, refreshed, store, sessions, user } = useSessions();

const ONCE = { once: true, purpose: { method: "DELETE", path: "/kms/keys/films" }, redeemable: true } as const;

test("ends every session after 90 days, however much it is used", async () => {
  let { refreshToken } = await open();
  for (let day = 0; day < 80; day += 10) {
    clock.nowMs += 10 * DAY_MS;
    ({ refreshToken } = await refreshed(refreshToken));
  }
  clock.nowMs += 10 * DAY_MS;
  expect(await sessions().refresh(refreshToken)).toEqual({
    ok: false,
    error: { kind: "session-ended" },
  });
});

test.each([
  { isLocked: false, remembered: 1 },
  { isLocked: true, remembered: 0 },
])("takes an attempt back as it opens a session (locked meanwhile: $isLocked)", async ({ isLocked, remembered }) => {
  const [counter, id, network] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const insert = "INSERT INTO password_attempts (counter, failures, blocked_until, attempted_at) VALUES (?, 1, 0, ?)";
  await client().execute({ sql: insert, args: [counter, clock.nowMs] });
  if (isLocked) await client().execute({ sql: "UPDATE users SET locked_at = 1 WHERE id = ?", args: [user().id] });
  const admission = { release: { cleared: [counter], reduced: [], by: undefined }, location: { id, network } };
  const login = { action: "login", acr: "aal1", amr: ["pwd"], admission, origin: {} } as const;
  const begun = await sessions().begin(
    { user: user(), passwordChangedAt: null, sealedVerifiedEmail: null },
    { ...login, amr: ["pwd"] },
  );
  expect(begun.ok).toBe(!isLocked);
  expect(await count("password_attempts", "counter", counter)).toBe(0);
  for (const place of [id, network]) expect(await count("known_addresses", "place", place)).toBe(remembered);
});

test("raises a session for good after a second factor, and keeps it raised through refreshes", async () => {
  const opened = await open();
  clock.nowMs += 60_000;
  const raised = await sessions().elevate({
    sessionId: opened.sessionId,
    audiences: ["fountain"],
    scopes: ["audit:read"],
    narrowed: true,
    method: "otp",
    once: false,
  });
  if (!raised.ok) throw new Error(raised.error.kind);
  const expected = { acr: "aal2", amr: ["pwd", "otp", "mfa"], auth_time: clock.nowMs / 1000, sub: user().id };
  expect(decodeJwt(raised.value.accessToken)).toMatchObject(expected);
  expect(raised.value.expiresInSeconds).toBe(900);
  clock.nowMs += 600_000;
  expect(decodeJwt((await refreshed(opened.refreshToken)).access.accessToken)).toMatchObject(expected);
});

test("raises a single request for a minute, and leaves the session as it was", async () => {
  const opened = await open();
  const raised = await sessions().elevate({
    sessionId: opened.sessionId,
    audiences: ["fountain"],
    scopes: ["audit:read"],
    narrowed: true,
    method: "otp",
    ...ONCE,
  });
  if (!raised.ok) throw new Error(raised.error.kind);
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
    const raised = await sessions().elevate({
      sessionId,
      audiences: ["search"],
      scopes: ["search:read", "audit:read"],
      narrowed: true,
      method: "otp",
      ...kind,
    });
    if (!raised.ok) throw new Error(raised.error.kind);
    expect((await store().find(sessionId))?.permissions).toContain("sequence:write");
    expect(decodeJwt(raised.value.accessToken)).toMatchObject({ scope: "search:read", aud: "search" });
  },
);

test("a second factor, or the lack of one, adds what was declared since the token was issued, unless that is narrowed", async () => {
  const { sessionId, access } = await open();
  await upstreamScopesIn(client()).declare("notes", { "notes:read": "Read notes" });
  const grants = "UPDATE roles SET permissions = json_insert(permissions, '$[#]', 'notes:read') WHERE name = 'editor'";
  await client().execute(grants);
  const scopes = access.scope.split(" ").filter(isScope);
  const audiences: Audience[] = ["fountain"];
  for (const narrowed of [false, true]) {
    const token = { sessionId, audiences, scopes, narrowed };
    const attested = await sessions().attestFactorless({ ...token, purpose: ONCE.purpose });
    const raised = await sessions().elevate({ ...token, method: "otp", ...ONCE });
    for (const issued of [attested, raised]) {
      if (!issued.ok) throw new Error(issued.error.kind);
      const claims = decodeJwt(issued.value.accessToken);
      expect(claims["scope"]).toBe(narrowed ? access.scope : `${access.scope} notes:read`);
      expect(claims["narrowed"]).toBe(narrowed ? true : undefined);
    }
  }
});

test("says of a token that scopes were left out on request, and of no other", async () => {
  const opened = await open();
  const claimsOf = ({ accessToken }: { accessToken: string }) => decodeJwt(accessToken);
  const whole = claimsOf(opened.access);
  expect(whole).not.toHaveProperty("narrowed");
  const scopes = String(whole["scope"]).split(" ").filter(isScope);
  const refresh = async (token: string, wanted?: Scope[]) => {
    const refreshed = await sessions().refresh(token, { scopes: wanted });
    if (!refreshed.ok) throw new Error(refreshed.error.kind);
    return refreshed.value;
  };
  const narrow = await refresh(opened.refreshToken, ["search:read"]);
  expect(claimsOf(narrow.access)).toMatchObject({ scope: "search:read", narrowed: true });
  const again = await refresh(narrow.refreshToken, scopes);
  expect(claimsOf(again.access)).not.toHaveProperty("narrowed");

  const audiences: Audience[] = ["fountain"];
  const { sessionId } = opened;
  for (const [given, narrowed] of [
    [scopes, undefined],
    [["search:read"] satisfies Scope[], true],
  ] as const) {
    const token = { sessionId, audiences, scopes: [...given], narrowed: narrowed === true };
    const attested = await sessions().attestFactorless({ ...token, purpose: ONCE.purpose });
    const raised = await sessions().elevate({ ...token, method: "otp", ...ONCE });
    if (!attested.ok || !raised.ok) throw new Error("the session goes on");
    expect([attested.value, raised.value].map((token) => claimsOf(token)["narrowed"])).toEqual([narrowed, narrowed]);
  }
});

test("says of a user without a second factor, for one request, that they have none", async () => {
  const { sessionId } = await open();
  const audiences: Audience[] = ["kms"];
  const request = { sessionId, audiences, narrowed: true, purpose: ONCE.purpose };
  const attested = await sessions().attestFactorless({ ...request, scopes: ["search:read", "audit:read"] });
  if (!attested.ok) throw new Error(attested.error.kind);
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
  expect(await sessions().attestFactorless({ ...request, scopes: [] })).toEqual({
    ok: false,
    error: { kind: "session-ended" },
  });
});

test("raises no session that has ended, expired or never been", async () => {
  const [ended, expired] = [await open(), await open()];
  await end(ended.sessionId);
  const elevate = (sessionId: string) =>
    sessions().elevate({
      sessionId,
      audiences: ["fountain"],
      scopes: ["audit:read"],
      narrowed: true,
      method: "otp",
      once: false,
    });
  expect(await elevate(ended.sessionId)).toEqual({ ok: false, error: { kind: "session-ended" } });
  expect(await elevate("nothing")).toEqual({ ok: false, error: { kind: "session-ended" } });
  clock.nowMs += 14 * DAY_MS;
  expect(await elevate(expired.sessionId)).toEqual({ ok: false, error: { kind: "session-ended" } });
});

test("revokes a session's tokens in the same transaction that ends it, from the first time on", async () => {
  const opened = await open();
  await end(opened.sessionId);
  clock.nowMs += 60_000;
  await end(opened.sessionId);
  const { rows } = await client().execute({
    sql: `SELECT ended_at, revoked_at FROM sessions JOIN revocations ON revoked_id = id WHERE id = ?`,
    args: [opened.sessionId],
  });
  expect({ ...rows[0] }).toMatchObject({ ended_at: START_MS, revoked_at: START_MS });
});

test("consumes no refresh token of a session that ended between the check and the consumption", async () => {
  const opened = await open();
  await end(opened.sessionId);
  const [hash, successor] = [refreshTokens.hashOf(opened.refreshToken) ?? "", refreshTokens.create()];
  const rotation = { hash, successorHash: successor.hash, at: new Date(clock.nowMs) };
  expect(await store().rotateRefreshToken(rotation, auditEntry())).toBe(false);
  expect(await store().findRefreshToken(successor.hash)).toBeUndefined();
});

test("purges dead sessions with their tokens, and nothing that lives", async () => {
  const [ended, idle, alive] = [await open(), await open(), await open()];
  await end(ended.sessionId);
  clock.nowMs += 7 * DAY_MS;
  const carriedOn = await refreshed(alive.refreshToken);
  clock.nowMs += 7 * DAY_MS + 1;
  await Promise.all([sessions().purge(), sessions().purge()]);
  expect(await count("sessions", "id", ended.sessionId)).toBe(0);
  expect(await count("sessions", "id", idle.sessionId)).toBe(0);
  expect(await count("refresh_tokens", "session_id", ended.sessionId)).toBe(0);
  expect((await sessions().refresh(carriedOn.refreshToken)).ok).toBe(true);
});
