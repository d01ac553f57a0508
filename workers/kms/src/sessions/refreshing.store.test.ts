import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { DAY_MS, refreshTokens, useSessions } from "../../../../tests/support/kms/sessions.ts";
import { randomBytes } from "../../../../tests/support/kms.ts";
import { createRefreshTokens } from "./refresh-token.ts";
import { CONCURRENT_REFRESH_MS } from "./session.ts";

const { clock, client, count, end, open, refreshed, sessions, user } = useSessions();

test("carries a session on with a new token at every refresh", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const third = await refreshed(second.refreshToken);
  expect(new Set([opened.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
  expect(decodeJwt(third.access.accessToken)["sid"]).toBe(opened.sessionId);
});

test("gives the same successor again for a token that was just used, and changes nothing", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  clock.nowMs += CONCURRENT_REFRESH_MS - 1;
  const again = await refreshed(opened.refreshToken);
  expect(again).toMatchObject({ refreshToken: second.refreshToken, use: "concurrent" });
  expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
  expect((await sessions().refresh(second.refreshToken)).ok).toBe(true);
});

test("derives no successor from a token alone", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const stranger = createRefreshTokens(Buffer.alloc(32, 3), randomBytes);
  expect(stranger.successorOf(opened.refreshToken).token).not.toBe(second.refreshToken);
});

test.for([12_000, 600_000, 10 * DAY_MS])(
  "gives the same successor again to a retry %i ms later, as long as it is unused",
  async (laterMs) => {
    const opened = await open();
    const second = await refreshed(opened.refreshToken);
    clock.nowMs += laterMs;
    const retries = await Promise.all(Array.from({ length: 20 }, () => refreshed(opened.refreshToken)));
    for (const retry of retries) expect(retry).toMatchObject({ refreshToken: second.refreshToken, use: "retried" });
    expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
    const third = await refreshed(second.refreshToken);
    expect((await sessions().refresh(third.refreshToken)).ok).toBe(true);
  },
);

test("a retry carries the session on like any other refresh", async () => {
  const opened = await open();
  await refreshed(opened.refreshToken);
  clock.nowMs += 13 * DAY_MS;
  const { refreshToken } = await refreshed(opened.refreshToken);
  clock.nowMs += 13 * DAY_MS;
  expect((await sessions().refresh(refreshToken)).ok).toBe(true);
});

test("ends the whole session when a consumed token comes back whose successor has been used since", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  clock.nowMs += CONCURRENT_REFRESH_MS;
  await refreshed(second.refreshToken);
  clock.nowMs += CONCURRENT_REFRESH_MS;
  expect(await sessions().refresh(opened.refreshToken)).toEqual({
    ok: false,
    error: { kind: "reused" },
  });
  expect(await sessions().refresh(second.refreshToken)).toEqual({
    ok: false,
    error: { kind: "session-ended" },
  });
  expect(await count("revocations", "revoked_id", opened.sessionId)).toBe(1);
});

test.for([
  ["the thief refreshes first", "thief"],
  ["the owner refreshes first", "owner"],
])("two who refresh a stolen token alternately are noticed at the next refresh, when %s", async ([, first]) => {
  const opened = await open();
  const held = { owner: opened.refreshToken, thief: opened.refreshToken };
  const order = first === "thief" ? (["thief", "owner"] as const) : (["owner", "thief"] as const);
  for (const who of order) {
    held[who] = (await refreshed(held[who])).refreshToken;
    clock.nowMs += 600_000;
  }
  const [one, other] = order;
  held[one] = (await refreshed(held[one])).refreshToken;
  clock.nowMs += 600_000;
  expect(await sessions().refresh(held[other], undefined)).toEqual({ ok: false, error: { kind: "reused" } });
  expect(await sessions().refresh(held[one], undefined)).toEqual({ ok: false, error: { kind: "session-ended" } });
});

test("ends the whole session when a consumed token comes back whose successor has been used, however soon", async () => {
  const opened = await open();
  const second = await refreshed(opened.refreshToken);
  const third = await refreshed(second.refreshToken);
  expect(await sessions().refresh(opened.refreshToken)).toEqual({
    ok: false,
    error: { kind: "reused" },
  });
  expect(await sessions().refresh(third.refreshToken)).toEqual({
    ok: false,
    error: { kind: "session-ended" },
  });
});

test("takes a consumed token with another successor than its own for reused", async () => {
  const opened = await open();
  await refreshed(opened.refreshToken);
  await client().execute({
    sql: "UPDATE refresh_tokens SET successor_hash = 'another' WHERE token_hash = ?",
    args: [refreshTokens.hashOf(opened.refreshToken) ?? ""],
  });
  expect(await sessions().refresh(opened.refreshToken)).toEqual({
    ok: false,
    error: { kind: "reused" },
  });
});

test("leaves the user's other sessions alone when one dies of reuse", async () => {
  const [one, other] = [await open(), await open()];
  await refreshed((await refreshed(one.refreshToken)).refreshToken);
  expect(await sessions().refresh(one.refreshToken)).toEqual({
    ok: false,
    error: { kind: "reused" },
  });
  expect((await sessions().refresh(other.refreshToken)).ok).toBe(true);
});

test("gives 100 refreshes of one token at once exactly one successor, which carries the session on", async () => {
  const opened = await open();
  const results = await Promise.all(Array.from({ length: 100 }, () => sessions().refresh(opened.refreshToken)));
  const successors = results.map((result) => (result.ok ? result.value.refreshToken : result.error.kind));
  expect(new Set(successors).size).toBe(1);
  expect(results.filter((result) => result.ok && result.value.use === "fresh")).toHaveLength(1);
  expect(await count("refresh_tokens", "session_id", opened.sessionId)).toBe(2);
  expect((await sessions().refresh(successors[0] ?? "", undefined)).ok).toBe(true);
});

test("reads the user's roles again at every refresh", async () => {
  const opened = await open();
  await client().execute({ sql: "UPDATE users SET roles = ? WHERE id = ?", args: ['["user"]', user().id] });
  const { access } = await refreshed(opened.refreshToken);
  expect(access.scope).toBe("sequence:read search:read");
  expect(decodeJwt(access.accessToken)["roles"]).toEqual(["user"]);
});

test("narrows the scopes of a refresh when asked, and refuses to widen them without consuming the token", async () => {
  const opened = await open();
  expect(await sessions().refresh(opened.refreshToken, { scopes: ["users:admin"] })).toEqual({
    ok: false,
    error: { kind: "scope-exceeded" },
  });
  const narrowed = await sessions().refresh(opened.refreshToken, { scopes: ["search:read"] });
  expect(narrowed.ok && narrowed.value.access.scope).toBe("search:read");
});

test("ends a session left idle for 14 days, and keeps one that is used", async () => {
  const [idle, used] = [await open(), await open()];
  clock.nowMs += 14 * DAY_MS - 1;
  const carriedOn = await refreshed(used.refreshToken);
  clock.nowMs += 1;
  expect(await sessions().refresh(idle.refreshToken)).toEqual({
    ok: false,
    error: { kind: "session-ended" },
  });
  expect((await sessions().refresh(carriedOn.refreshToken)).ok).toBe(true);
});

test("never lets a refresh outlive a logout that happens at the same time", async () => {
  for (let round = 0; round < 10; round += 1) {
    const opened = await open();
    const [result] = await Promise.all([sessions().refresh(opened.refreshToken), end(opened.sessionId)]);
    const last = result.ok ? result.value.refreshToken : opened.refreshToken;
    expect(await sessions().refresh(last)).toEqual({ ok: false, error: { kind: "session-ended" } });
  }
});
