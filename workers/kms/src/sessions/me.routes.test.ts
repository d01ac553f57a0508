import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

/** The promise of the API: a revoked credential is refused everywhere within five seconds. */
const REVOCATION_LIMIT_MS = 5_000;

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
});
afterAll(() => fountain?.stop());

test("shows users who they are, and how they have authenticated", async () => {
  const { accessToken } = await logIn(fountain);
  const response = await send(fountain, "GET", "/me", { token: accessToken });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    username: fountain.adminUsername,
    email: null,
    roles: ["admin"],
    session: { acr: "aal1", amr: ["pwd"] },
  });
});

test("refuses a service, which is no user's account", async () => {
  const token = await signToken(fountain, { subject: "service:films", clientId: "films", roles: [], acr: "aal1" });
  expect((await send(fountain, "GET", "/me", { token })).status).toBe(403);
});

test("refuses a token whose user is deleted", async () => {
  const token = await signToken(fountain, { subject: "deleted" });
  expect((await send(fountain, "GET", "/me", { token })).status).toBe(401);
});

test("ends the session at logout: its refresh token at once, its access tokens within five seconds", async () => {
  const { accessToken, refreshToken } = await logIn(fountain);
  const { accessToken: other } = await logIn(fountain);
  expect((await send(fountain, "POST", "/logout", { token: accessToken })).status).toBe(204);
  const loggedOutAtMs = Date.now();
  const refreshed = await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken });
  expect(await refreshed.json()).toMatchObject({ error: "invalid_grant" });

  await expect
    .poll(async () => (await send(fountain, "GET", "/me", { token: accessToken })).status, {
      interval: 100,
      timeout: REVOCATION_LIMIT_MS,
    })
    .toBe(401);
  expect(Date.now() - loggedOutAtMs).toBeLessThan(REVOCATION_LIMIT_MS);
  expect((await send(fountain, "GET", "/me", { token: other })).status).toBe(200);
});

test("refuses to log out a caller with an API key, and an application, and says what does", async () => {
  const refused = async (token: string) => problemIn(await send(fountain, "POST", "/logout", { token }));
  const key = await signToken(fountain, { subject: "service:films", clientId: "films", roles: [], acr: "aal1" });
  expect(await refused(key)).toMatchObject({ status: 403, detail: expect.stringContaining("DELETE /kms/keys") });
  const application = await signToken(fountain, { clientId: "client_films", roles: [], acr: "aal1" });
  expect(await refused(application)).toMatchObject({ status: 403, detail: expect.stringContaining("/kms/revoke") });
});

test("refuses a token that is missing, broken, expired, or signed by another key", async () => {
  const expired = await signToken(fountain, {}, -60);
  const { accessToken } = await logIn(fountain);
  const [header, payload] = accessToken.split(".");
  const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${payload}.`;
  for (const token of [undefined, "nonsense", expired, none, `${header}.${payload}.AAAA`, `${accessToken}x`]) {
    const response = await send(fountain, "GET", "/me", { token });
    expect(response.status, token).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
  }
});
