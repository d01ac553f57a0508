import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  REDIRECT_URI,
  redeem,
  requestOf,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import { ISSUER, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";
import type { Authorizations } from "./authorizations.ts";

let fountain: Fountain;
let authorizations: Authorizations;
let client: TestClient;
let person: TestPerson;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  authorizations = await authorizationsOf(fountain);
  client = await createClient(fountain);
  person = await createPerson(fountain);
});
afterAll(() => fountain?.stop());

const newCode = (more: Record<string, string> = {}, { sessionId } = person): Promise<string> =>
  codeFor(authorizations, requestOf(client.clientId, more), sessionId);
const errorIn = async (response: Response): Promise<unknown> => Object(await response.json())["error"];
const tokensIn = async (response: Response) => TOKENS.parse(await response.json());
const TOKENS = tokensSchema.required({ refresh_token: true });
const refresh = (refreshToken: string, more: Record<string, string> = {}, { clientId, clientSecret } = client) =>
  sendForm(fountain, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    ...more,
  });

test("trades a code for tokens of the client's, with what was granted and no more", async () => {
  const response = await redeem(fountain, client, await newCode({ scope: "openid search:read" }));
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const tokens = await tokensIn(response);
  const claims = decodeJwt(tokens.access_token);
  expect(claims).toMatchObject({
    sub: person.userId,
    client_id: client.clientId,
    scope: "openid search:read",
    acr: "aal1",
  });
  expect(claims["sid"]).not.toBe(person.sessionId);
  const refreshed = await tokensIn(await refresh(tokens.refresh_token));
  expect(decodeJwt(refreshed.access_token)).toMatchObject({ client_id: client.clientId, scope: "openid search:read" });
});

test("lets one of 100 redemptions at once succeed, and ends what it gave", async () => {
  const code = await newCode();
  const responses = await Promise.all(Array.from({ length: 100 }, () => redeem(fountain, client, code)));
  const succeeded = responses.filter(({ status }) => status === 200);
  expect(succeeded).toHaveLength(1);
  const [first] = succeeded;
  if (!first) throw new Error("none succeeded");
  const { refresh_token } = await tokensIn(first);
  expect(await errorIn(await refresh(refresh_token))).toBe("invalid_grant");
});

test("ends what a code gave when it comes back, and records why", async () => {
  const code = await newCode();
  const { refresh_token, access_token } = await tokensIn(await redeem(fountain, client, code));
  expect(await errorIn(await redeem(fountain, client, code))).toBe("invalid_grant");
  expect(await errorIn(await refresh(refresh_token))).toBe("invalid_grant");
  const ended = await fountain.databases["kms"]?.execute({
    sql: "SELECT reason FROM audit_entries WHERE action = 'session.end' AND target = ?",
    args: [String(decodeJwt(access_token)["sid"])],
  });
  expect(ended?.rows).toMatchObject([{ reason: "code-reused" }]);
});

test("refuses a code that was injected: with another verifier, redirect URI or client", async () => {
  const other = await createClient(fountain);
  const code = await newCode();
  for (const more of [
    { code_verifier: "v".repeat(43) },
    { redirect_uri: "https://evil.example/" },
    { redirect_uri: `${REDIRECT_URI}/` },
  ])
    expect(await errorIn(await redeem(fountain, client, code, more))).toBe("invalid_grant");
  expect(await errorIn(await redeem(fountain, other, code))).toBe("invalid_grant");
  expect((await redeem(fountain, client, code)).status).toBe(200);
});

test("refuses a downgrade of PKCE: no verifier, or the challenge itself", async () => {
  const code = await newCode();
  expect(await errorIn(await redeem(fountain, client, code, { code_verifier: "" }))).toBe("invalid_request");
  const challenge = requestOf(client.clientId).find(([name]) => name === "code_challenge")?.[1] ?? "";
  expect(await errorIn(await redeem(fountain, client, code, { code_verifier: challenge }))).toBe("invalid_grant");
});

test("demands the secret of a client that has one, and takes none of one that has not", async () => {
  const code = await newCode();
  const { clientId } = client;
  for (const clientSecret of [undefined, `fcs_${"a".repeat(43)}`, "secret"]) {
    const response = await redeem(fountain, { clientId, clientSecret }, code);
    expect([response.status, await errorIn(response)]).toEqual([401, "invalid_client"]);
  }
  const isPublic = await createClient(fountain, { public: true });
  const openCode = await codeFor(authorizations, requestOf(isPublic.clientId), person.sessionId);
  const secret = { clientId: isPublic.clientId, clientSecret: client.clientSecret };
  expect((await redeem(fountain, secret, openCode)).status).toBe(401);
  expect((await redeem(fountain, isPublic, openCode)).status).toBe(200);
});

test("refuses a code after a minute", async () => {
  const code = await newCode();
  await fountain.databases["kms"]?.execute("UPDATE authorization_codes SET expires_at = expires_at - 61000");
  expect(await errorIn(await redeem(fountain, client, code))).toBe("invalid_grant");
});

test("narrows on refresh, widens never, and only for the client that the token was given to", async () => {
  const { refresh_token } = await tokensIn(
    await redeem(fountain, client, await newCode({ scope: "openid search:read sequence:read" })),
  );
  const other = await createClient(fountain);
  expect(await errorIn(await refresh(refresh_token, {}, other))).toBe("invalid_grant");
  expect(await errorIn(await sendForm(fountain, { grant_type: "refresh_token", refresh_token }))).toBe("invalid_grant");
  expect(await errorIn(await refresh(refresh_token, { scope: "keys:read" }))).toBe("invalid_scope");
  expect(await errorIn(await refresh(refresh_token, { scope: "openid email" }))).toBe("invalid_scope");
  const narrowed = await tokensIn(await refresh(refresh_token, { scope: "search:read" }));
  expect(narrowed.scope).toBe("search:read");
  expect((await tokensIn(await refresh(narrowed.refresh_token))).scope).toBe("openid sequence:read search:read");
  expect(await errorIn(await refresh(person.refreshToken))).toBe("invalid_grant");
});

test("gives tokens for the resources that were asked for, and for no other", async () => {
  const code = await newCode({ resource: `${ISSUER}/search` });
  const { refresh_token, access_token } = await tokensIn(await redeem(fountain, client, code));
  expect(decodeJwt(access_token)["aud"]).toBe("search");
  expect(await errorIn(await refresh(refresh_token, { resource: `${ISSUER}/kms` }))).toBe("invalid_target");
  expect(await errorIn(await refresh(refresh_token, { resource: "https://elsewhere.example/" }))).toBe(
    "invalid_target",
  );
  expect((await refresh(refresh_token, { resource: `${ISSUER}/search` })).status).toBe(200);
});

test("gives tokens for a service behind the gateway, by its URL, which the kms itself refuses", async () => {
  const resource = `${ISSUER}/notes`;
  const code = await newCode({ resource: `${resource}/` });
  const { refresh_token, access_token } = await tokensIn(await redeem(fountain, client, code, { resource }));
  expect(decodeJwt(access_token)["aud"]).toBe(resource);
  const userinfo = (token: string) => send(fountain, "GET", "/userinfo", { token });
  expect((await userinfo(access_token)).status).toBe(401);
  expect(await errorIn(await refresh(refresh_token, { resource: `${ISSUER}/other` }))).toBe("invalid_target");
  const refreshed = await tokensIn(await refresh(refresh_token));
  expect(decodeJwt(refreshed.access_token)["aud"]).toBe(resource);
});

test("ends with the session that the person let it in from, unless they let it stay", async () => {
  const one = await createPerson(fountain);
  const bound = await tokensIn(await redeem(fountain, client, await newCode({}, one)));
  const offline = await newCode({ scope: "openid offline_access search:read" }, one);
  const stays = await tokensIn(await redeem(fountain, client, offline));
  const unused = await newCode({}, one);
  expect((await send(fountain, "POST", "/logout", { token: one.accessToken })).status).toBe(204);
  expect(await errorIn(await refresh(bound.refresh_token))).toBe("invalid_grant");
  expect(await errorIn(await redeem(fountain, client, unused))).toBe("invalid_grant");
  expect((await refresh(stays.refresh_token)).status).toBe(200);
});

test("lets a client's token neither administer nor grant, whatever the person may, and whatever factor they have passed", async () => {
  const all = await createClient(fountain, { trusted: true, scopes: ["users:admin", "keys:write", "keys:read"] });
  const scopes = ["users:admin", "keys:write", "keys:read"] as const;
  const token = await signToken(fountain, { subject: person.userId, clientId: all.clientId, scopes });
  expect((await send(fountain, "GET", "/users", { token })).status).toBe(200);
  expect((await send(fountain, "GET", "/me", { token })).status).toBe(403);
  const body = { roles: ["admin"] };
  expect((await send(fountain, "PUT", `/users/${person.userId}/roles`, { token, body })).status).toBe(403);
  const service = { name: "made-by-a-client", scopes: ["keys:read"] };
  expect((await send(fountain, "POST", "/services", { token, body: service })).status).toBe(403);
  expect((await send(fountain, "POST", "/signing-keys/rotate", { token })).status).toBe(403);
});

test("is revoked by the client that has it, and by no other", async () => {
  const { refresh_token, access_token } = await tokensIn(await redeem(fountain, client, await newCode()));
  const revoke = async (token: string, { clientId, clientSecret }: TestClient) => {
    const body = new URLSearchParams({ token, client_id: clientId, client_secret: clientSecret ?? "" });
    return (await fountain.fetch("/revoke", { method: "POST", body })).status;
  };
  expect(await revoke(refresh_token, { clientId: client.clientId, clientSecret: "wrong" })).toBe(401);
  const other = await createClient(fountain);
  expect(await revoke(refresh_token, other)).toBe(400);
  expect(await revoke(access_token, other)).toBe(400);
  expect(await revoke(access_token, client)).toBe(200);
  expect((await refresh(refresh_token)).status).toBe(200);
  expect(await revoke(refresh_token, client)).toBe(200);
  expect(await errorIn(await refresh(refresh_token))).toBe("invalid_grant");
});

test("takes scopes that a client lost out of what it is issued from then on", async () => {
  const lesser = await createClient(fountain);
  const scope = "openid search:read sequence:read";
  const code = () => codeFor(authorizations, requestOf(lesser.clientId, { scope }), person.sessionId);
  const { refresh_token } = await tokensIn(await redeem(fountain, lesser, await code()));
  const unused = await code();
  const body = { scopes: ["search:read"] };
  await send(fountain, "PATCH", `/clients/${lesser.clientId}`, { token: await signToken(fountain), body });
  for (const response of [await refresh(refresh_token, {}, lesser), await redeem(fountain, lesser, unused)])
    expect((await tokensIn(response)).scope).toBe("openid search:read");
});

test("ends everything of a client that is deleted", async () => {
  const gone = await createClient(fountain, { trusted: true });
  const code = () => codeFor(authorizations, requestOf(gone.clientId), person.sessionId);
  const { refresh_token } = await tokensIn(await redeem(fountain, gone, await code()));
  const unused = await code();
  await send(fountain, "DELETE", `/clients/${gone.clientId}`, { token: await signToken(fountain) });
  for (const response of [await refresh(refresh_token, {}, gone), await redeem(fountain, gone, unused)])
    expect(await errorIn(response)).toBe("invalid_client");
  const left = await fountain.databases["kms"]?.execute({
    sql: "SELECT COUNT(*) AS n FROM sessions WHERE client_id = ? AND ended_at IS NULL",
    args: [gone.clientId],
  });
  expect(left?.rows[0]).toMatchObject({ n: 0 });
});
