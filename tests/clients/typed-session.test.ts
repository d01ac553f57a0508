/** The typed client's sessions against a running Fountain: login, renewal, races for it, its end. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { memoryStore } from "../../clients/typescript/src/index.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import {
  errorOf,
  logInAsAdministrator,
  tokensIn,
  type Watched,
  watchedClient,
} from "../support/typed-client/watched.ts";

const LONG_AGO = "2026-01-01T00:00:00Z";
const CALLS = 100;

let fountain: Fountain;
let mint: Mint;
let watched: Watched;

beforeAll(async () => {
  fountain = await startFountain();
  mint = await openMint(fountain);
});
afterAll(() => fountain?.stop());
beforeEach(async () => {
  watched = watchedClient(fountain);
  await logInAsAdministrator(watched, fountain);
  watched.requests.length = 0;
  watched.responses.length = 0;
});

/** How many responses there were to requests for tokens. */
const renewals = ({ responses }: Watched): number => responses.filter((one) => one.endsWith("POST /kms/token")).length;
const profiles = ({ client }: Watched) => Promise.all(Array.from({ length: CALLS }, () => client.call("GET /kms/me")));

test("logs in, and calls as the user from then on", async () => {
  const { data } = await watched.client.call("GET /kms/me");
  expect(data.username).toBe(fountain.adminUsername);
  expect(await watched.tokens()).toEqual({
    accessToken: expect.any(String),
    refreshToken: expect.stringMatching(/^ftr_/),
    expiresAt: expect.stringMatching(/Z$/),
  });
});

test("a login that is refused leaves the credentials as they were", async () => {
  const before = await watched.tokens();
  const refused = await errorOf(watched.client.logIn({ username: fountain.adminUsername, password: "wrong password" }));
  expect(refused).toMatchObject({ code: "login-refused", status: 401 });
  expect(await watched.tokens()).toEqual(before);
});

describe("calls at once with a token that has expired renew it once", () => {
  test("as its instant says", async () => {
    await watched.store.set({ ...(await watched.tokens()), expiresAt: LONG_AGO });
    const replies = await profiles(watched);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(renewals(watched)).toBe(1);
  });

  test("as Fountain says", async () => {
    const now = Math.floor(Date.now() / 1000);
    const accessToken = await mint.sign({ iat: now - 1_000, exp: now - 100 });
    await watched.store.set({ accessToken, refreshToken: (await watched.tokens()).refreshToken });
    const replies = await profiles(watched);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(renewals(watched)).toBe(1);
  });
});

test("a call that read the expired token before it was renewed does not renew it again", async () => {
  const { store } = watched;
  await store.set({ ...(await watched.tokens()), expiresAt: LONG_AGO });
  const renewed = Promise.withResolvers<void>();
  const early = await store.get();
  let reads = 0;
  const slow = { set: store.set, get: () => (reads++ === 0 ? renewed.promise.then(() => early) : store.get()) };
  const shared = watchedClient(fountain, { store: slow });
  const first = shared.client.call("GET /kms/me");
  await shared.client.call("GET /kms/me");
  renewed.resolve();
  expect((await first).status).toBe(200);
  expect(renewals(shared)).toBe(1);
});

test("a renewal whose response is lost is sent again, and the session continues", async () => {
  const before = await watched.tokens();
  watched.lose(1);
  await watched.client.refresh();
  expect(watched.requests.length).toBeGreaterThan(1);
  expect((await watched.tokens()).refreshToken).not.toBe(before.refreshToken);
  await watched.client.refresh();
  expect((await watched.client.call("GET /kms/me")).status).toBe(200);
});

test("a renewal that does not reach Fountain keeps the credentials", async () => {
  const before = { ...(await watched.tokens()), expiresAt: LONG_AGO };
  await watched.store.set(before);
  watched.lose(3);
  expect(await errorOf(watched.client.call("GET /kms/me"))).toMatchObject({ code: "network" });
  expect(await watched.tokens()).toEqual(before);
  expect((await watched.client.call("GET /kms/me")).status).toBe(200);
});

describe("two programs with the same refresh token", () => {
  test("both continue, if they renew at the same time", async () => {
    const tokens = { ...(await watched.tokens()), expiresAt: LONG_AGO };
    const both = [1, 2].map(() => watchedClient(fountain, { store: memoryStore(tokens) }));
    await Promise.all(both.map(({ client }) => client.call("GET /kms/me")));
    const [one, other] = await Promise.all(both.map(({ store }) => tokensIn(store)));
    expect(one?.refreshToken).toBe(other?.refreshToken);
    expect(one?.refreshToken).not.toBe(tokens.refreshToken);
  });

  test("both continue, if one finds in their store what the other one obtained", async () => {
    const { store, client } = watched;
    const old = await watched.tokens();
    await client.refresh();
    await client.refresh();
    const obtained = await watched.tokens();
    // It reads the store just before the other one writes to it.
    let reads = 0;
    const late = { set: store.set, get: async () => (reads++ < 2 ? { ...old, expiresAt: LONG_AGO } : store.get()) };
    const other = watchedClient(fountain, { store: late });
    // Fountain takes the old one for stolen, and ends the session: but not the credentials that are stored meanwhile.
    await store.set({ ...obtained, accessToken: await mint.sign() });
    expect((await other.client.call("GET /kms/me")).status).toBe(200);
    expect((await watched.tokens()).refreshToken).toBe(obtained.refreshToken);
  });
});

describe("a session that has ended", () => {
  test("is said to all calls that wait for it, and its credentials are dropped", async () => {
    await watched.client.call("DELETE /kms/sessions");
    const other = watchedClient(fountain, { store: memoryStore({ ...(await watched.tokens()), expiresAt: LONG_AGO }) });
    await watched.client.logOut();
    const errors = await Promise.all(Array.from({ length: 10 }, () => errorOf(other.client.call("GET /kms/me"))));
    for (const error of errors) expect(error).toMatchObject({ code: "session-ended", title: "The session has ended" });
    expect(renewals(other)).toBe(1);
    expect(await other.store.get()).toBeUndefined();
    expect(await errorOf(other.client.call("GET /kms/me"))).toMatchObject({ code: "unauthenticated", status: 401 });
  });

  test("by logout, is refused and forgotten, even if Fountain cannot be reached", async () => {
    const { accessToken } = await watched.tokens();
    await watched.client.logOut();
    expect(await watched.store.get()).toBeUndefined();
    const headers = { authorization: `Bearer ${accessToken}` };
    const status = async () => (await fountain.fetch("/kms/me", { headers })).status;
    await expect.poll(status, { timeout: 6_000, interval: 100 }).toBe(401);

    await logInAsAdministrator(watched, fountain);
    watched.lose(3);
    expect(await errorOf(watched.client.logOut())).toMatchObject({ code: "network" });
    expect(await watched.store.get()).toBeUndefined();
  });
});

test("an access token without a refresh token is refused when it has expired", async () => {
  const now = Math.floor(Date.now() / 1000);
  const { client, requests, store } = watched;
  await store.set({ accessToken: await mint.sign({ iat: now - 1_000, exp: now - 100 }), expiresAt: LONG_AGO });
  expect(await errorOf(client.call("GET /kms/me"))).toMatchObject({ code: "unauthenticated" });
  expect(requests).toEqual(["GET /kms/me"]);
});

test("a caller who no longer waits does not keep the others from a renewed token", async () => {
  await watched.store.set({ ...(await watched.tokens()), expiresAt: LONG_AGO });
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const gone = watched.client.call("GET /kms/me", { signal: controller.signal });
  const other = watched.client.call("GET /kms/me");
  await expect.poll(() => watched.requests).toContain("POST /kms/token");
  controller.abort(reason);
  await expect(gone).rejects.toBe(reason);
  expect((await other).status).toBe(200);
});
