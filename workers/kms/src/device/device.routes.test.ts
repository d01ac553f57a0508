import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  createClient,
  createPerson,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import { askToBegin, beginDevice, deviceRequestsOf, poll } from "../../../../tests/support/kms/device.ts";
import { ISSUER, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";
import type { DeviceRequests } from "./device-requests.ts";

let fountain: Fountain;
let requests: DeviceRequests;
let client: TestClient;
let person: TestPerson;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  requests = await deviceRequestsOf(fountain);
  client = await createClient(fountain, { public: true });
  person = await createPerson(fountain);
});
afterAll(() => fountain?.stop());

const errorIn = async (response: Response): Promise<unknown> => Object(await response.json())["error"];
const tokensIn = async (response: Response) =>
  tokensSchema.required({ refresh_token: true }).parse(await response.json());
const decide = (userCode: string, allow = true, { sessionId } = person) =>
  requests.decide({ userCode, sessionId, allow });
const execute = (sql: string, args: string[] = []) => fountain.databases["kms"]?.execute({ sql, args });
const refresh = (refresh_token: string, { clientId } = client) =>
  sendForm(fountain, { grant_type: "refresh_token", refresh_token, client_id: clientId });

test("lets a device in that a person has agreed to, with what it asked for and no more", async () => {
  const device = await beginDevice(fountain, client, { scope: "openid offline_access search:read" });
  expect(device).toMatchObject({ verification_uri: `${ISSUER}/oauth/device`, expires_in: 600, interval: 5 });
  expect(device.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  expect(device.verification_uri_complete).toBe(`${ISSUER}/oauth/device?user_code=${device.user_code}`);
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("authorization_pending");

  const userCode = ` ${device.user_code.toLowerCase().replace("-", " ")}`;
  const asked = await requests.question({ userCode, sessionId: person.sessionId });
  expect(asked).toMatchObject({
    ok: true,
    value: {
      client: { clientId: client.clientId, name: "An app", isUnverified: true },
      scopes: [{ scope: "openid" }, { scope: "offline_access" }, { scope: "search:read" }],
    },
  });
  expect(await decide(userCode)).toMatchObject({ ok: true });

  const response = await poll(fountain, client, device.device_code);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const tokens = tokensSchema
    .loose()
    .required({ refresh_token: true })
    .parse(await response.json());
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    sub: person.userId,
    client_id: client.clientId,
    scope: "openid offline_access search:read",
  });
  expect(decodeJwt(String(tokens["id_token"]))).toMatchObject({ sub: person.userId, aud: client.clientId });
  expect((await refresh(tokens.refresh_token)).status).toBe(200);
  const opened = await execute(
    "SELECT actor, acting_service, outcome FROM audit_entries WHERE target = ? ORDER BY at",
    [String(decodeJwt(tokens.access_token)["sid"])],
  );
  const byClient = { actor: person.userId, acting_service: client.clientId };
  expect(opened?.rows).toMatchObject([
    { ...byClient, outcome: "success" },
    { ...byClient, outcome: "success" },
  ]);
});

test("lets one of 100 questions at once have the tokens, and none afterwards", async () => {
  const device = await beginDevice(fountain, client);
  await decide(device.user_code);
  const responses = await Promise.all(Array.from({ length: 100 }, () => poll(fountain, client, device.device_code)));
  const succeeded = responses.filter(({ status }) => status === 200);
  expect(succeeded).toHaveLength(1);
  const errors = await Promise.all(responses.filter(({ status }) => status !== 200).map(errorIn));
  expect(new Set(errors)).toEqual(new Set(["invalid_grant"]));
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("invalid_grant");
});

test("slows down a device that asks too often, and still lets it in", async () => {
  const device = await beginDevice(fountain, client);
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("authorization_pending");
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("slow_down");
  // Six seconds later it has waited for the first interval, and not for the longer one.
  await execute("UPDATE device_requests SET asked_at = asked_at - 6000");
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("slow_down");
  await execute("UPDATE device_requests SET asked_at = asked_at - 16000");
  expect(await errorIn(await poll(fountain, client, device.device_code))).toBe("authorization_pending");
  await decide(device.user_code);
  expect((await poll(fountain, client, device.device_code)).status).toBe(200);
});

test("refuses a device that a person has refused, that came too late, or that is another client's", async () => {
  const refused = await beginDevice(fountain, client);
  expect(await decide(refused.user_code, false)).toMatchObject({ ok: true });
  expect(await errorIn(await poll(fountain, client, refused.device_code))).toBe("access_denied");

  const late = await beginDevice(fountain, client);
  const lateAndAllowed = await beginDevice(fountain, client);
  await decide(lateAndAllowed.user_code);
  await execute("UPDATE device_requests SET expires_at = expires_at - 600001");
  expect(await decide(late.user_code)).toMatchObject({ ok: false, error: { kind: "unknown" } });
  for (const { device_code } of [late, lateAndAllowed])
    expect(await errorIn(await poll(fountain, client, device_code))).toBe("expired_token");

  const device = await beginDevice(fountain, client);
  await decide(device.user_code);
  const other = await createClient(fountain, { public: true });
  expect(await errorIn(await poll(fountain, other, device.device_code))).toBe("invalid_grant");
  expect((await poll(fountain, client, device.device_code)).status).toBe(200);
});

test("demands the secret of a client that has one, to begin and to ask", async () => {
  const confidential = await createClient(fountain);
  const nameless = { clientId: confidential.clientId, clientSecret: undefined };
  expect(await errorIn(await askToBegin(fountain, nameless))).toBe("invalid_client");
  expect((await askToBegin(fountain, { clientId: "client_unknown", clientSecret: undefined })).status).toBe(401);
  const device = await beginDevice(fountain, confidential);
  await decide(device.user_code);
  expect((await poll(fountain, nameless, device.device_code)).status).toBe(401);
  expect((await poll(fountain, confidential, device.device_code)).status).toBe(200);
});

test("refuses scopes that the client may not ask for, and targets that there are not", async () => {
  expect(await errorIn(await askToBegin(fountain, client, { scope: "keys:write" }))).toBe("invalid_scope");
  const resource = "https://elsewhere.example/";
  expect(await errorIn(await askToBegin(fountain, client, { resource }))).toBe("invalid_target");
  const device = await beginDevice(fountain, client, { resource: `${ISSUER}/search` });
  await decide(device.user_code);
  const beyond = { resource: `${ISSUER}/kms` };
  expect(await errorIn(await poll(fountain, client, device.device_code, beyond))).toBe("invalid_target");
  const { access_token } = await tokensIn(await poll(fountain, client, device.device_code));
  expect(decodeJwt(access_token)["aud"]).toBe("search");
});

test("is decided on once, by a person in a session of their own", async () => {
  const device = await beginDevice(fountain, client);
  const decisions = await Promise.all(
    Array.from({ length: 4 }, (_, index) => decide(device.user_code, index % 2 === 0)),
  );
  expect(decisions.filter(({ ok }) => ok)).toHaveLength(1);

  const { device_code, user_code } = await beginDevice(fountain, client);
  await decide(user_code);
  const { access_token } = await tokensIn(await poll(fountain, client, device_code));
  const ofClient = { ...person, sessionId: String(decodeJwt(access_token)["sid"]) };
  const another = await beginDevice(fountain, client);
  for (const who of [ofClient, { ...person, sessionId: "no-session" }])
    expect(await decide(another.user_code, true, who)).toMatchObject({ ok: false, error: { kind: "no-session" } });
});

test("ends with the session that the person let it in from, unless they let it stay", async () => {
  const one = await createPerson(fountain);
  const begin = async (scope: string) => {
    const device = await beginDevice(fountain, client, { scope });
    await decide(device.user_code, true, one);
    return device.device_code;
  };
  const bound = await tokensIn(await poll(fountain, client, await begin("openid")));
  const stays = await tokensIn(await poll(fountain, client, await begin("openid offline_access")));
  const unused = await begin("openid offline_access");
  await send(fountain, "POST", "/logout", { token: one.accessToken });
  expect(await errorIn(await refresh(bound.refresh_token))).toBe("invalid_grant");
  expect(await errorIn(await poll(fountain, client, unused))).toBe("invalid_grant");
  expect((await refresh(stays.refresh_token)).status).toBe(200);
});

test("makes who guesses codes wait, whatever they know besides", async () => {
  const one = await createPerson(fountain);
  const { user_code: userCode } = await beginDevice(fountain, client);
  const question = (code: string) => requests.question({ userCode: code, sessionId: one.sessionId });
  for (const guess of ["BBBB-BBBB", "no code", "AEIO-UAEI"]) {
    expect(await question(guess)).toMatchObject({ ok: false, error: { kind: "unknown" } });
    expect(await question(userCode)).toMatchObject({ ok: true });
  }
  for (const guess of ["CCCC-CCCC", "DDDD-DDDD"]) expect(await question(guess)).toMatchObject({ ok: false });
  const blocked = { ok: false, error: { kind: "blocked" } };
  expect(await question(userCode)).toMatchObject(blocked);
  expect(await decide(userCode, true, one)).toMatchObject(blocked);
  expect(await decide(userCode)).toMatchObject({ ok: true });
});

test("forgets what was agreed to when the client is disconnected or deleted, or loses scopes", async () => {
  const gone = await createClient(fountain, { public: true });
  const begin = async () => {
    const device = await beginDevice(fountain, gone, { scope: "openid offline_access search:read" });
    await decide(device.user_code);
    return device.device_code;
  };
  await tokensIn(await poll(fountain, gone, await begin()));
  const unused = await begin();
  const path = `/me/applications/${gone.clientId}`;
  expect((await send(fountain, "DELETE", path, { token: person.accessToken })).status).toBe(204);
  expect(await errorIn(await poll(fountain, gone, unused))).toBe("invalid_grant");

  const narrowed = await begin();
  const token = await signToken(fountain);
  await send(fountain, "PATCH", `/clients/${gone.clientId}`, { token, body: { scopes: [] } });
  expect((await tokensIn(await poll(fountain, gone, narrowed))).scope).toBe("openid offline_access");

  await beginDevice(fountain, gone, { scope: "openid" });
  await send(fountain, "DELETE", `/clients/${gone.clientId}`, { token });
  const left = await execute("SELECT COUNT(*) AS n FROM device_requests WHERE client_id = ?", [gone.clientId]);
  expect(left?.rows).toMatchObject([{ n: 0 }]);
});

test("does nothing in the person's name that the audit trail would not name the client for", async () => {
  const one = await createPerson(fountain);
  const device = await beginDevice(fountain, client, { scope: "openid" });
  await decide(device.user_code, true, one);
  const { access_token: token } = await tokensIn(await poll(fountain, client, device.device_code));
  expect((await send(fountain, "GET", "/sessions", { token })).status).toBe(403);
  expect((await send(fountain, "GET", "/audit", { token: one.accessToken })).status).toBe(403);
  const refused = await execute(
    "SELECT target, acting_service FROM audit_entries WHERE action = 'access.refuse' AND actor = ? ORDER BY at",
    [one.userId],
  );
  expect(refused?.rows).toMatchObject([
    { target: "GET /sessions", acting_service: client.clientId },
    { target: "GET /audit", acting_service: null },
  ]);
});
