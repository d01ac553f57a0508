import { decodeJwt } from "jose";
import { beforeEach, expect, test } from "vitest";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { DAY_MS, refreshTokens, useSessions } from "../../../../tests/support/kms/sessions.ts";
import { auditEntry, randomBytes } from "../../../../tests/support/kms.ts";
import { macInContext } from "../crypto/mac.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { IssueToken } from "../tokens/access-token.ts";
import { createTokenIssuer } from "../tokens/access-token.ts";
import { generateSigningKey, unwrapSigningKey } from "../tokens/signing-key.ts";
import { createBrowserCookieStore } from "./browser-sessions.store.ts";
import { type BrowserSessions, createBrowserSessions } from "./browser-sessions.ts";

const { clock, database, sessions, store, user, open, end, refreshed, count } = useSessions();
let browser: BrowserSessions;

beforeEach(async () => {
  const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
  const key = await generateSigningKey(wrapping, new Date(clock.nowMs));
  const issueToken: IssueToken = createTokenIssuer({
    issuer: "https://fountain.example",
    signer: () => unwrapSigningKey(wrapping, key),
    now: () => clock.nowMs,
    createId: () => crypto.randomUUID(),
  });
  browser = createBrowserSessions({
    store: createBrowserCookieStore(database()),
    sessions: store(),
    refreshTokens,
    issueToken,
    recorder: createTestRecorder().recorder,
    stepUpForRoles: new Set(),
    mac: (context, text) => macInContext(Buffer.alloc(32, 3), context, text),
    randomBytes,
    now: () => clock.nowMs,
  });
});

const kept = async (refreshToken: string): Promise<string> => {
  const result = await browser.keep(refreshToken);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};
const claims = async (cookie: string) => {
  const result = await browser.exchange(cookie);
  return result.ok ? decodeJwt(result.value.accessToken) : result.error.kind;
};

test("trades a refresh token for one cookie, however often it is tried at once", async () => {
  const { refreshToken, sessionId } = await open();
  const results = await Promise.all(Array.from({ length: 20 }, () => browser.keep(refreshToken)));
  const cookies = results.flatMap((result) => (result.ok ? [result.value] : []));
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatch(/^ftb_[\w-]{43}$/);
  expect(await count("browser_cookies", "session_id", sessionId)).toBe(1);
  expect(await claims(cookies[0] ?? "")).toMatchObject({ sid: sessionId, sub: user().id, acr: "aal1" });
});

test("ends the session when its refresh token comes back, and takes none that was used", async () => {
  const { refreshToken } = await open();
  const cookie = await kept(refreshToken);
  expect(await sessions().refresh(refreshToken)).toMatchObject({ ok: false, error: { kind: "reused" } });
  expect(await claims(cookie)).toBe("session-ended");

  const other = await open();
  await refreshed(other.refreshToken);
  expect(await browser.keep(other.refreshToken)).toMatchObject({ ok: false });
  expect(await browser.keep("ftr_nonsense")).toMatchObject({ ok: false });
});

test("gives tokens of the session as it is: raised, and ended", async () => {
  const { refreshToken, sessionId } = await open();
  const cookie = await kept(refreshToken);
  const found = await store().find(sessionId);
  if (!found) throw new Error("there is no session");
  clock.nowMs += 60_000;
  await store().raise({ ...found.session, acr: "aal2", authenticatedAt: new Date(clock.nowMs) }, auditEntry());
  expect(await claims(cookie)).toMatchObject({ acr: "aal2", auth_time: clock.nowMs / 1000 });
  await end(sessionId);
  expect(await claims(cookie)).toBe("session-ended");
  expect(await browser.renew(cookie)).toMatchObject({ ok: false });
});

test("puts a new cookie in the place of the old one, once", async () => {
  const cookie = await kept((await open()).refreshToken);
  const renewed = await Promise.all([browser.renew(cookie), browser.renew(cookie)]);
  const [successor] = renewed.flatMap((result) => (result.ok ? [result.value] : []));
  expect(renewed.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await claims(cookie)).toBe("session-ended");
  expect(await claims(successor ?? "")).toMatchObject({ sub: user().id });
});

test("lives as long as it is used within 14 days, 90 days in all, and is forgotten with its session", async () => {
  const { refreshToken, sessionId } = await open();
  const cookie = await kept(refreshToken);
  for (let day = 13; day < 90; day += 13) {
    clock.nowMs += 13 * DAY_MS;
    expect(await claims(cookie), `day ${day}`).toMatchObject({ sid: sessionId });
  }
  clock.nowMs += 13 * DAY_MS;
  expect(await claims(cookie)).toBe("session-ended");
  await sessions().purge();
  expect(await count("browser_cookies", "session_id", sessionId)).toBe(0);

  const idle = await kept((await open()).refreshToken);
  clock.nowMs += 14 * DAY_MS;
  expect(await claims(idle)).toBe("session-ended");
});

test("takes nothing that only looks like a cookie", async () => {
  for (const cookie of ["", "ftb_", `ftb_${"A".repeat(43)}`, `ftr_${"A".repeat(43)}`])
    expect(await claims(cookie)).toBe("session-ended");
});

test("keeps no session that is bound to a key: a cookie proves none", async () => {
  const { refreshToken } = await open();
  const bound = await sessions().refresh(refreshToken, { jkt: "x".repeat(43) });
  if (!bound.ok) throw new Error(bound.error.kind);
  expect(await browser.keep(bound.value.refreshToken)).toMatchObject({ ok: false });
  const carriedOn = await sessions().refresh(bound.value.refreshToken, { jkt: "x".repeat(43) });
  expect(carriedOn.ok).toBe(true);
});
