import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  REDIRECT_URI,
  requestOf,
  sentTo,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import { ISSUER, send, signToken } from "../../../../tests/support/kms.ts";
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

const authorize = (more: Record<string, string | undefined> = {}, { clientId } = client, { sessionId } = person) =>
  authorizations.authorize({ parameters: requestOf(clientId, more), sessionId });
const errorOf = async (more: Record<string, string | undefined>) => sentTo(await authorize(more)).get("error");

test("sends no one anywhere for a client or a redirect URI that is not registered", async () => {
  const problemOf = async (more: Record<string, string | undefined>) => {
    const outcome = await authorize(more);
    return outcome.kind === "invalid" ? outcome.problem : outcome;
  };
  expect(await problemOf({ client_id: "client_unknown" })).toBe("client-unknown");
  expect(await problemOf({ client_id: undefined })).toBe("client-unknown");
  for (const redirect_uri of [undefined, "https://evil.example/", `${REDIRECT_URI}/`, `${REDIRECT_URI}?a=b`])
    expect(await problemOf({ redirect_uri })).toBe("redirect-uri-mismatch");
  const twice = (name: string, value: string) =>
    authorizations.authorize({ parameters: [...requestOf(client.clientId), [name, value]] });
  expect(await twice("redirect_uri", REDIRECT_URI)).toEqual({ kind: "invalid", problem: "malformed" });
  expect(await twice("client_id", client.clientId)).toEqual({ kind: "invalid", problem: "malformed" });
});

test("sends every other error to the client, with its state and who says so", async () => {
  const refused = sentTo(await authorize({ response_type: "token" }));
  expect(Object.fromEntries(refused)).toMatchObject({
    error: "unsupported_response_type",
    state: "a state",
    iss: ISSUER,
  });
  expect(await errorOf({ response_type: undefined })).toBe("invalid_request");
  expect(await errorOf({ response_type: "code id_token" })).toBe("unsupported_response_type");
  expect(await errorOf({ response_mode: "fragment" })).toBe("invalid_request");
  expect(await errorOf({ prompt: "none login" })).toBe("invalid_request");
  expect(await errorOf({ prompt: "create" })).toBe("invalid_request");
  expect(await errorOf({ max_age: "-1" })).toBe("invalid_request");
  expect(await errorOf({ request: "a.b.c" })).toBe("request_not_supported");
  expect(await errorOf({ request_uri: "https://app.example/request" })).toBe("request_uri_not_supported");
  expect(await errorOf({ registration: "{}" })).toBe("registration_not_supported");
  expect(await errorOf({ resource: "https://elsewhere.example/" })).toBe("invalid_target");
  expect(await errorOf({ scope: "openid keys:write" })).toBe("invalid_scope");
  const twice = await authorizations.authorize({
    parameters: [...requestOf(client.clientId), ["nonce", "a"], ["nonce", "b"]],
  });
  expect(sentTo(twice).get("error")).toBe("invalid_request");
});

test("demands PKCE with S256 of every client", async () => {
  expect(await errorOf({ code_challenge: undefined, code_challenge_method: undefined })).toBe("invalid_request");
  expect(await errorOf({ code_challenge_method: undefined })).toBe("invalid_request");
  expect(await errorOf({ code_challenge_method: "plain" })).toBe("invalid_request");
  expect(await errorOf({ code_challenge: "short" })).toBe("invalid_request");
});

test("asks for a login, and lets no session of another client pass for one", async () => {
  const parameters = requestOf(client.clientId, { login_hint: "mara" });
  expect(await authorizations.authorize({ parameters })).toEqual({
    kind: "log-in",
    why: "no-session",
    loginHint: "mara",
  });
  const ended = await createPerson(fountain);
  await send(fountain, "POST", "/logout", { token: ended.accessToken });
  expect(await authorize({}, client, ended)).toMatchObject({ kind: "log-in", why: "no-session" });
  expect(
    sentTo(await authorizations.authorize({ parameters: requestOf(client.clientId, { prompt: "none" }) })).get("error"),
  ).toBe("login_required");
});

test("asks for consent with what is asked for, once", async () => {
  const one = await createPerson(fountain);
  const asked = await authorize({ scope: "openid search:read unheard-of" }, client, one);
  expect(asked).toMatchObject({
    kind: "consent",
    client: { clientId: client.clientId, name: "An app", destination: "app.example", isUnverified: false },
    scopes: [
      { scope: "openid", description: null },
      { scope: "search:read", description: null },
    ],
  });
  expect(sentTo(await authorize({ prompt: "none" }, client, one)).get("error")).toBe("consent_required");
  if (asked.kind !== "consent") throw new Error("not asked");
  const decision = { decisionToken: asked.decisionToken, sessionId: one.sessionId, allow: true };
  expect(await authorizations.decide({ ...decision, sessionId: person.sessionId })).toMatchObject({ ok: false });
  const decided = await Promise.all(Array.from({ length: 10 }, () => authorizations.decide(decision)));
  const granted = decided.flatMap((result) => (result.ok ? [sentTo(result.value)] : []));
  expect(granted).toHaveLength(1);
  expect(granted[0]?.get("code")).toMatch(/^[\w-]{43}$/);
  expect(granted[0]?.get("iss")).toBe(ISSUER);
  expect(sentTo(await authorize({ prompt: "none" }, client, one)).get("code")).toBeTruthy();
  expect(await authorize({ scope: "openid sequence:read" }, client, one)).toMatchObject({ kind: "consent" });
  expect(await authorize({ prompt: "consent" }, client, one)).toMatchObject({ kind: "consent" });
});

test("says to the client that the person has refused", async () => {
  const asked = await authorize({ prompt: "consent" });
  if (asked.kind !== "consent") throw new Error("not asked");
  const { sessionId } = person;
  const decided = await authorizations.decide({ decisionToken: asked.decisionToken, sessionId, allow: false });
  expect(decided.ok && sentTo(decided.value).get("error")).toBe("access_denied");
});

test("remembers no consent where another program could take the redirect, and asks nothing for a trusted client", async () => {
  const redirect_uri = "http://127.0.0.1:51004/cb";
  const native = await createClient(fountain, { public: true, redirectUris: ["http://127.0.0.1/cb"] });
  await codeFor(authorizations, requestOf(native.clientId, { redirect_uri }), person.sessionId);
  expect(await authorize({ redirect_uri }, native)).toMatchObject({ kind: "consent", client: { isUnverified: true } });
  const trusted = await createClient(fountain, { trusted: true });
  expect(sentTo(await authorize({}, trusted)).get("code")).toBeTruthy();
});

test("demands a login as recent, and a factor as strong, as the client does", async () => {
  const trusted = await createClient(fountain, { trusted: true });
  const one = await createPerson(fountain);
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE sessions SET authenticated_at = authenticated_at - 100000 WHERE id = ?",
    args: [one.sessionId],
  });
  const since = (secondsAgo: number) => String(Math.floor(Date.now() / 1000) - secondsAgo);
  const reauthenticate = { kind: "log-in", why: "reauthenticate" };
  expect(await authorize({ max_age: "60" }, trusted, one)).toMatchObject(reauthenticate);
  expect(await authorize({ prompt: "login" }, trusted, one)).toMatchObject(reauthenticate);
  expect(await authorize({ prompt: "select_account" }, trusted, one)).toMatchObject(reauthenticate);
  expect(sentTo(await authorize({ max_age: "60", prompt: "none" }, trusted, one)).get("error")).toBe("login_required");
  expect((await authorize({ max_age: "600" }, trusted, one)).kind).toBe("redirect");
  expect(await authorize({ prompt: "login", authenticated_since: since(10) }, trusted, one)).toMatchObject(
    reauthenticate,
  );
  expect(await authorize({ prompt: "login", authenticated_since: "0" }, trusted, one)).toMatchObject(reauthenticate);
  expect((await authorize({ prompt: "login", authenticated_since: since(200) }, trusted, one)).kind).toBe("redirect");
  expect(await authorize({ acr_values: "aal2" }, trusted, one)).toMatchObject({ kind: "log-in", why: "second-factor" });
  expect(sentTo(await authorize({ acr_values: "aal2", prompt: "none" }, trusted, one)).get("error")).toBe(
    "interaction_required",
  );
  expect((await authorize({ acr_values: "aal2 aal1" }, trusted, one)).kind).toBe("redirect");
});

test("answers no question about a client that was deleted meanwhile", async () => {
  const gone = await createClient(fountain);
  const asked = await authorize({}, gone);
  if (asked.kind !== "consent") throw new Error("not asked");
  await send(fountain, "DELETE", `/clients/${gone.clientId}`, { token: await signToken(fountain) });
  const decision = { decisionToken: asked.decisionToken, sessionId: person.sessionId, allow: true };
  expect(await authorizations.decide(decision)).toMatchObject({ ok: false, error: { kind: "expired" } });
});
