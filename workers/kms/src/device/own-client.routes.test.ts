import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { createPerson, type TestPerson } from "../../../../tests/support/kms/authorization.ts";
import { askToBegin, beginDevice, deviceRequestsOf, poll } from "../../../../tests/support/kms/device.ts";
import { verifyAddress } from "../../../../tests/support/kms/links.ts";
import { send, sendForm, tokensSchema } from "../../../../tests/support/kms.ts";
import type { DeviceRequests } from "./device-requests.ts";

/** Fountain's own, which no one has registered. */
const OWN = { clientId: "fountain", clientSecret: undefined };
const AGENT = "fountain-cli/1.0.0 (laptop)";

let fountain: Fountain;
let requests: DeviceRequests;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  requests = await deviceRequestsOf(fountain);
});
afterAll(() => fountain?.stop());

const errorIn = async (response: Response): Promise<unknown> => Object(await response.json())["error"];
const execute = (sql: string, args: string[] = []) => fountain.databases["kms"]?.execute({ sql, args });
const decide = (userCode: string, { sessionId }: TestPerson) => requests.decide({ userCode, sessionId, allow: true });

/** Asks as this program does whether it was let in. */
const pollAs = (agent: string, device_code: string): Promise<Response> => {
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  const body = new URLSearchParams({ grant_type, client_id: OWN.clientId, device_code });
  return fountain.fetch("/token", { method: "POST", body, headers: { "user-agent": agent } });
};

/** The person lets the command line in, which gets tokens. */
const logInWith = async (person: TestPerson) => {
  const device = await beginDevice(fountain, OWN);
  expect(await decide(device.user_code, person)).toMatchObject({ ok: true });
  const response = await pollAs(AGENT, device.device_code);
  return tokensSchema.required({ refresh_token: true }).parse(await response.json());
};

test("is asked about as what has full access, and logs a person in as themselves", async () => {
  const person = await createPerson(fountain);
  const device = await beginDevice(fountain, OWN);
  expect(device.expires_in).toBe(300);
  const asked = await requests.question({ userCode: device.user_code, sessionId: person.sessionId });
  expect(asked).toMatchObject({
    ok: true,
    value: { client: { clientId: "fountain" }, scopes: [], hasFullAccess: true },
  });

  const tokens = await logInWith(person);
  const browser = decodeJwt(person.accessToken);
  const { sid, ...claims } = decodeJwt(tokens.access_token);
  const { roles, scope, acr, amr, auth_time } = browser;
  expect(claims).toMatchObject({ sub: person.userId, client_id: "fountain", roles, scope, acr, amr, auth_time });
  expect(sid).not.toBe(person.sessionId);
  for (const more of [{}, { client_id: "fountain" }]) {
    const form = { grant_type: "refresh_token", refresh_token: (await logInWith(person)).refresh_token, ...more };
    expect((await sendForm(fountain, form)).status).toBe(200);
  }
});

test("has a session like any other of the person, who sees it and ends it, and not by logging out of the browser", async () => {
  const person = await createPerson(fountain);
  const tokens = await logInWith(person);
  await send(fountain, "POST", "/logout", { token: person.accessToken });
  const listed = await send(fountain, "GET", "/sessions", { token: tokens.access_token });
  const { items } = z
    .object({ items: z.array(z.object({ id: z.string(), client: z.unknown() })) })
    .parse(await listed.json());
  expect(items).toEqual([{ id: decodeJwt(tokens.access_token)["sid"], client: { id: "fountain", userAgent: AGENT } }]);
  await send(fountain, "DELETE", `/sessions/${items[0]?.id}`, { token: tokens.access_token });
  const refreshed = await sendForm(fountain, { grant_type: "refresh_token", refresh_token: tokens.refresh_token });
  expect(await errorIn(refreshed)).toBe("invalid_grant");
});

test("is reported by mail to a person who has not logged in with it before, once", async () => {
  const person = await createPerson(fountain, "mara@people.example");
  await verifyAddress(fountain, person.userId);
  const notices = async () =>
    (await execute("SELECT kind FROM mails WHERE user_id = ? AND kind = 'new-device'", [person.userId]))?.rows.length;
  await logInWith(person);
  expect(await notices()).toBe(1);
  await logInWith(person);
  expect(await notices()).toBe(1);
});

test("is let in only by who has authenticated within five minutes, and turned away by anyone", async () => {
  const person = await createPerson(fountain);
  const device = await beginDevice(fountain, OWN);
  const age = (ms: number) =>
    execute(`UPDATE sessions SET authenticated_at = authenticated_at - ${ms} WHERE id = ?`, [person.sessionId]);
  await age(301_000);
  expect(await decide(device.user_code, person)).toMatchObject({ ok: false, error: { kind: "stale" } });
  expect(await errorIn(await poll(fountain, OWN, device.device_code))).toBe("authorization_pending");
  await age(-60_000);
  expect(await decide(device.user_code, person)).toMatchObject({ ok: true });
  await age(60_000);
  const { user_code: userCode } = await beginDevice(fountain, OWN);
  const refused = await requests.decide({ userCode, sessionId: person.sessionId, allow: false });
  expect(refused).toMatchObject({ ok: true });
});

test("has no secret, asks for no scope, and comes by no other way than the device flow", async () => {
  expect((await askToBegin(fountain, { clientId: "fountain", clientSecret: "fcs_secret" })).status).toBe(401);
  for (const scope of ["search:read", "openid offline_access", "unheard:of"])
    expect(await errorIn(await askToBegin(fountain, OWN, { scope })), scope).toBe("invalid_scope");
  const pushed = new URLSearchParams({
    client_id: "fountain",
    response_type: "code",
    redirect_uri: "http://127.0.0.1/",
  });
  expect((await fountain.fetch("/par", { method: "POST", body: pushed })).status).toBe(400);
  const code = {
    grant_type: "authorization_code",
    client_id: "fountain",
    code: "code",
    redirect_uri: "http://127.0.0.1/",
  };
  expect(await errorIn(await sendForm(fountain, { ...code, code_verifier: "v".repeat(43) }))).toBe("invalid_grant");
});
