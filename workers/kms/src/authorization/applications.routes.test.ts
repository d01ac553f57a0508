import { afterAll, beforeAll, expect, test } from "vitest";
import { FIRST_PARTY_CLIENT } from "../../../../shared/contracts/access-token.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  hintsOf,
  redeem,
  requestOf,
  sentTo,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import { send, sendForm, tokensSchema } from "../../../../tests/support/kms.ts";
import type { Authorizations } from "./authorizations.ts";

let fountain: Fountain;
let authorizations: Authorizations;
let client: TestClient;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  authorizations = await authorizationsOf(fountain);
  client = await createClient(fountain);
});
afterAll(() => fountain?.stop());

const connect = async ({ sessionId }: TestPerson) => {
  const code = await codeFor(authorizations, requestOf(client.clientId), sessionId);
  return tokensSchema
    .required({ refresh_token: true, id_token: true })
    .parse(await (await redeem(fountain, client, code)).json());
};
const applicationsOf = async ({ accessToken: token }: TestPerson) =>
  Object(await (await send(fountain, "GET", "/me/applications", { token })).json())["items"];

test("lists what a person has logged in to, and takes it back at their wish", async () => {
  const [one, other] = [await createPerson(fountain), await createPerson(fountain)];
  const { refresh_token } = await connect(one);
  const unused = await codeFor(authorizations, requestOf(client.clientId), one.sessionId);
  expect(await applicationsOf(one)).toMatchObject([
    { clientId: client.clientId, name: "An app", scopes: ["openid", "search:read"], grantedAt: expect.any(String) },
  ]);
  expect(await applicationsOf(other)).toEqual([]);
  const disconnect = ({ accessToken: token }: TestPerson) =>
    send(fountain, "DELETE", `/me/applications/${client.clientId}`, { token });
  expect((await disconnect(other)).status).toBe(404);
  expect((await disconnect(one)).status).toBe(204);
  expect((await disconnect(one)).status).toBe(404);
  expect(await applicationsOf(one)).toEqual([]);
  const { clientId: client_id, clientSecret: client_secret = "" } = client;
  const refreshed = await sendForm(fountain, { grant_type: "refresh_token", refresh_token, client_id, client_secret });
  expect(await refreshed.json()).toMatchObject({ error: "invalid_grant" });
  expect((await redeem(fountain, client, unused)).status).toBe(400);
  const asked = await authorizations.authorize({ parameters: requestOf(client.clientId), sessionId: one.sessionId });
  expect(asked).toMatchObject({ kind: "consent" });
});

test("leaves sessions of Fountain itself alone", async () => {
  const { accessToken: token } = await createPerson(fountain);
  expect((await send(fountain, "DELETE", `/me/applications/${FIRST_PARTY_CLIENT}`, { token })).status).toBe(404);
  expect((await send(fountain, "GET", "/me", { token })).status).toBe(200);
  const { items } = Object(await (await send(fountain, "GET", "/sessions", { token })).json());
  expect(items).toHaveLength(1);
});

test("takes an ID token as a hint of whom the client means, and no one else's", async () => {
  const [one, other] = [await createPerson(fountain), await createPerson(fountain)];
  const { id_token } = await connect(one);
  const authorize = (more: Record<string, string>, { sessionId }: TestPerson) =>
    authorizations.authorize({
      parameters: requestOf(client.clientId, { id_token_hint: id_token, ...more }),
      sessionId,
    });
  expect(sentTo(await authorize({ prompt: "none" }, one)).get("code")).toBeTruthy();
  expect(sentTo(await authorize({ prompt: "none" }, other)).get("error")).toBe("login_required");
  expect(await authorize({}, other)).toMatchObject({ kind: "log-in", why: "reauthenticate" });
  expect(sentTo(await authorize({ id_token_hint: `${id_token}x` }, one)).get("error")).toBe("invalid_request");
  expect(sentTo(await authorize({ id_token_hint: one.accessToken }, one)).get("error")).toBe("invalid_request");
  expect(await hintsOf(fountain)(id_token)).toMatchObject({ userId: one.userId, clientId: client.clientId });
});
