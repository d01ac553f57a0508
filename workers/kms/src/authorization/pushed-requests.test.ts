import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  redeem,
  requestOf,
  sentTo,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import type { Authorizations } from "./authorizations.ts";

let fountain: Fountain;
let authorizations: Authorizations;
let client: TestClient;
let person: TestPerson;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  authorizations = await authorizationsOf(fountain);
  client = await createClient(fountain, { trusted: true });
  person = await createPerson(fountain);
});
afterAll(() => fountain?.stop());

const EXPIRED = { kind: "invalid", problem: "request-expired" };
const push = (
  more: Record<string, string | undefined> = {},
  { clientId, clientSecret } = client,
): Promise<Response> => {
  const form = requestOf(clientId, more);
  const secret: [string, string][] = clientSecret === undefined ? [] : [["client_secret", clientSecret]];
  return fountain.fetch("/par", { method: "POST", body: new URLSearchParams([...form, ...secret]) });
};
const pushed = async (more: Record<string, string> = {}, who = client): Promise<string> =>
  String(Object(await (await push(more, who)).json())["request_uri"]);
const named = (request_uri: string, { clientId } = client, more: Record<string, string> = {}): [string, string][] =>
  Object.entries({ client_id: clientId, request_uri, ...more });
const authorize = (parameters: [string, string][], { sessionId } = person) =>
  authorizations.authorize({ parameters, sessionId });
const errorIn = async (response: Response): Promise<unknown> => Object(await response.json())["error"];

test("keeps a request for the client's browser, and no secret with it", async () => {
  const response = await push();
  expect([response.status, response.headers.get("cache-control")]).toEqual([201, "no-store"]);
  const body = Object(await response.json());
  expect(body).toEqual({
    request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
    expires_in: 90,
  });
  const stored = await fountain.databases["kms"]?.execute("SELECT * FROM authorization_requests");
  expect(JSON.stringify(stored?.rows)).not.toContain(client.clientSecret);
  // What stands beside it in the browser does not count.
  const sent = sentTo(await authorize(named(body["request_uri"], client, { state: "another", scope: "keys:write" })));
  expect(sent.get("state")).toBe("a state");
  expect((await redeem(fountain, client, sent.get("code") ?? "")).status).toBe(200);
});

test("gives one code for a request, however many come at once", async () => {
  const parameters = named(await pushed());
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => authorize(parameters)));
  expect(outcomes.filter(({ kind }) => kind === "redirect")).toHaveLength(1);
  expect(await authorize(parameters)).toEqual(EXPIRED);

  const asking = await createClient(fountain);
  const once = named(await pushed({}, asking), asking);
  expect(await codeFor(authorizations, once, person.sessionId)).toMatch(/^[\w-]{43}$/);
  expect(await authorize(once)).toEqual(EXPIRED);
});

test("is bound to the client, and gone after 90 seconds, or a quarter of an hour after a browser came", async () => {
  const age = (seconds: number) =>
    fountain.databases["kms"]?.execute(`UPDATE authorization_requests SET expires_at = expires_at - ${seconds * 1000}`);
  const other = await createClient(fountain, { trusted: true });
  const parameters = named(await pushed());
  expect(await authorize(named(await pushed(), other))).toEqual(EXPIRED);
  const late = named(await pushed());
  const noOne = () => authorizations.authorize({ parameters });
  expect(await noOne()).toMatchObject({ kind: "log-in" });
  await age(91);
  expect(await authorize(late)).toEqual(EXPIRED);
  expect(await noOne()).toMatchObject({ kind: "log-in" });
  await age(809);
  expect(await authorize(parameters)).toEqual(EXPIRED);
});

test("counts no login that is older than the request", async () => {
  const parameters = named(await pushed({ prompt: "login" }));
  const reauthenticate = { kind: "log-in", why: "reauthenticate" };
  expect(await authorize(parameters)).toMatchObject(reauthenticate);
  const since = (seconds: number): [string, string][] => [
    ...parameters,
    ["authenticated_since", String(Math.floor(Date.now() / 1000) + seconds)],
  ];
  expect(await authorize(since(-600))).toMatchObject(reauthenticate);
  const pushedSince = await pushed({ prompt: "login", authenticated_since: "1" });
  expect(await authorize(named(pushedSince))).toMatchObject(reauthenticate);
  const again = since(0);
  const later = await createPerson(fountain);
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE sessions SET authenticated_at = authenticated_at + 1000 WHERE id = ?",
    args: [later.sessionId],
  });
  expect(sentTo(await authorize(again, later)).get("code")).toBeTruthy();
});

test("refuses at once what would come to nothing, and clients that are not who they say", async () => {
  expect((await push({}, { ...client, clientSecret: undefined })).status).toBe(401);
  for (const [more, error] of [
    [{ redirect_uri: "https://evil.example/" }, "invalid_request"],
    [{ code_challenge: undefined }, "invalid_request"],
    [{ response_type: "token" }, "unsupported_response_type"],
    [{ scope: "keys:write" }, "invalid_scope"],
    [{ request_uri: "urn:ietf:params:oauth:request_uri:another" }, "request_uri_not_supported"],
  ] as const) {
    const response = await push(more);
    expect([response.status, await errorIn(response)]).toEqual([400, error]);
  }
});
