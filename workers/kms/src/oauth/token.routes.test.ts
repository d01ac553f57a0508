import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let apiKey: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const token = await signToken(fountain);
  await send(fountain, "POST", "/services", {
    token,
    body: { name: "films", scopes: ["sequence:read", "search:read"] },
  });
  ({ key: apiKey } = await (await send(fountain, "POST", "/keys", { token, body: { service: "films" } })).json<{
    key: string;
  }>());
});
afterAll(() => fountain?.stop());

const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});

const errorIn = async (response: Response): Promise<[number, unknown]> => {
  const body = await response.json<Record<string, unknown>>();
  expect(Object.keys(body).toSorted()).toEqual(["error", "error_description"]);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  return [response.status, body["error"]];
};

test("trades a refresh token for new tokens", async () => {
  const { refreshToken } = await logIn(fountain);
  const response = await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const tokens = tokensSchema.required({ refresh_token: true }).parse(await response.json());
  expect(tokens.refresh_token).not.toBe(refreshToken);
  expect((await send(fountain, "GET", "/me", { token: tokens.access_token })).status).toBe(200);
});

/** Runs a statement against the kms's database. */
const execute = async (sql: string, ...args: string[]) => {
  const result = await fountain.databases["kms"]?.execute({ sql, args });
  return (result?.rows ?? []).map((row) => ({ ...row }));
};

const refreshTokenIn = async (response: Response): Promise<string> =>
  tokensSchema.required({ refresh_token: true }).parse(await response.json()).refresh_token;

test("gives 100 refreshes of one token at once the same successor, and no session ends", async () => {
  const { refreshToken } = await logIn(fountain);
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const responses = await Promise.all(Array.from({ length: 100 }, () => sendForm(fountain, form)));
  const successors = new Set(await Promise.all(responses.map(refreshTokenIn)));
  expect(successors.size).toBe(1);
  const [successor = ""] = successors;
  const next = await sendForm(fountain, { ...form, refresh_token: successor });
  expect(next.status).toBe(200);
  expect(
    (await send(fountain, "GET", "/me", { token: tokensSchema.parse(await next.json()).access_token })).status,
  ).toBe(200);
});

test("accepts a retry after the response was lost, and the audit trail says so", async () => {
  const { refreshToken, accessToken } = await logIn(fountain);
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const successor = await refreshTokenIn(await sendForm(fountain, form));
  const sessionId = String(decodeJwt(accessToken)["sid"]);
  await execute("UPDATE refresh_tokens SET consumed_at = consumed_at - 12000 WHERE session_id = ?", sessionId);
  expect(await refreshTokenIn(await sendForm(fountain, form))).toBe(successor);
  expect(
    await execute("SELECT action, reason FROM audit_entries WHERE target = ? AND reason IS NOT NULL", sessionId),
  ).toEqual([{ action: "token.refresh", reason: "retried" }]);
});

test("ends the session of a refresh token that comes back after its successor, and the audit trail says so", async () => {
  const { refreshToken, accessToken } = await logIn(fountain);
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const second = await refreshTokenIn(await sendForm(fountain, form));
  const successor = await refreshTokenIn(await sendForm(fountain, { ...form, refresh_token: second }));
  const sessionId = String(decodeJwt(accessToken)["sid"]);
  expect(await errorIn(await sendForm(fountain, form))).toEqual([400, "invalid_grant"]);
  expect(await errorIn(await sendForm(fountain, { ...form, refresh_token: successor }))).toEqual([
    400,
    "invalid_grant",
  ]);
  expect(
    await execute("SELECT action, reason FROM audit_entries WHERE target = ? AND reason IS NOT NULL", sessionId),
  ).toEqual([{ action: "session.end", reason: "refresh-token-reused" }]);
  expect(fountain.logs.some((line) => line.includes('"reason":"reused"'))).toBe(true);
});

test("gives a service a token for its API key, by Basic and by body alike", async () => {
  const form = { grant_type: "client_credentials" };
  const responses = await Promise.all([
    sendForm(fountain, form, basic("films", apiKey)),
    sendForm(fountain, { ...form, client_id: "films", client_secret: apiKey }),
  ]);
  for (const response of responses) {
    expect(response.status).toBe(200);
    const tokens = tokensSchema.parse(await response.json());
    expect(tokens).toMatchObject({ token_type: "Bearer", expires_in: 900, scope: "sequence:read search:read" });
    expect(tokens.refresh_token).toBeUndefined();
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: "service:films", client_id: "films", roles: [] });
  }
});

test("narrows a service's token to the scopes asked for", async () => {
  const form = { grant_type: "client_credentials", scope: "search:read" };
  const response = await sendForm(fountain, form, basic("films", apiKey));
  expect(await response.json()).toMatchObject({ scope: "search:read" });
  const beyond = await sendForm(fountain, { ...form, scope: "search:read users:admin" }, basic("films", apiKey));
  expect(await errorIn(beyond)).toEqual([400, "invalid_scope"]);
});

test("refuses a client that does not authenticate, with a challenge", async () => {
  const form = { grant_type: "client_credentials" };
  const wrongKey = `${apiKey.slice(0, 20)}${apiKey.at(20) === "a" ? "b" : "a"}${apiKey.slice(21)}`;
  const attempts = [
    sendForm(fountain, form),
    sendForm(fountain, form, basic("films", wrongKey)),
    sendForm(fountain, form, basic("films", "secret")),
    sendForm(fountain, form, basic("other", apiKey)),
    sendForm(fountain, { ...form, client_id: "films", client_secret: "" }),
  ];
  for (const response of await Promise.all(attempts)) {
    expect(response.headers.get("www-authenticate")).toBe('Basic realm="fountain", charset="UTF-8"');
    expect(await errorIn(response)).toEqual([401, "invalid_client"]);
  }
});

test("refuses what is no token request in OAuth's words", async () => {
  expect(await errorIn(await sendForm(fountain, {}))).toEqual([400, "invalid_request"]);
  expect(await errorIn(await sendForm(fountain, { grant_type: "password" }))).toEqual([400, "unsupported_grant_type"]);
  expect(await errorIn(await sendForm(fountain, { grant_type: "refresh_token", refresh_token: "ftr_x" }))).toEqual([
    400,
    "invalid_grant",
  ]);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const twice = { method: "POST", headers, body: "grant_type=refresh_token&grant_type=refresh_token&refresh_token=x" };
  expect(await errorIn(await fountain.fetch("/token", twice))).toEqual([400, "invalid_request"]);
});

test("takes forms only", async () => {
  const headers = { "content-type": "application/json" };
  expect((await fountain.fetch("/token", { method: "POST", headers, body: "{}" })).status).toBe(415);
});
