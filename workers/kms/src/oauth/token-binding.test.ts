/** Tokens that are bound to the key of a proof (RFC 9449 §5), at the token endpoint itself. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { DPOP_ALGORITHMS } from "#shared/dpop/proof.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  redeem,
  requestOf,
} from "../../../../tests/support/kms/authorization.ts";
import { ISSUER, logIn, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";
import { createProofKey, type ProofKey } from "../../../../tests/support/tokens.ts";

const TOKEN_URL = `${ISSUER}/kms/token`;

let fountain: Fountain;
let apiKey: string;
let key: ProofKey;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const token = await signToken(fountain);
  await send(fountain, "POST", "/services", { token, body: { name: "films", scopes: ["sequence:read"] } });
  const created = await send(fountain, "POST", "/keys", { token, body: { service: "films" } });
  ({ key: apiKey } = await created.json<{ key: string }>());
});
afterAll(() => fountain?.stop());
beforeEach(async () => {
  key = await createProofKey();
});

const service = () => ({ client_id: "films", client_secret: apiKey });
const credentials = () => ({ grant_type: "client_credentials", ...service() });
const refreshing = (refreshToken: string) => ({ grant_type: "refresh_token", refresh_token: refreshToken });

/** Sends a form with a proof of this key, if any. */
const request = async (form: Record<string, string>, by?: ProofKey): Promise<Response> =>
  sendForm(fountain, form, by ? { dpop: await by.prove("POST", TOKEN_URL) } : {});

const tokensIn = async (response: Response) => {
  expect(response.status, await response.clone().text()).toBe(200);
  const tokens = tokensSchema.extend({ issued_token_type: z.string().optional() }).parse(await response.json());
  return { ...tokens, refresh_token: tokens.refresh_token ?? "", cnf: decodeJwt(tokens.access_token)["cnf"] };
};
const errorIn = async (response: Response): Promise<unknown> => [
  response.status,
  (await response.json<{ error: string }>()).error,
];

test("a service's token is bound to the key that it proves, and says so", async () => {
  const { token_type, cnf, access_token } = await tokensIn(await request(credentials(), key));
  expect([token_type, cnf]).toEqual(["DPoP", { jkt: key.jkt }]);
  const introspected = await fountain.fetch("/introspect", {
    method: "POST",
    body: new URLSearchParams({ token: access_token, ...service() }),
  });
  expect(await introspected.json()).toMatchObject({ active: true, token_type: "DPoP", cnf: { jkt: key.jkt } });
  expect(await tokensIn(await request(credentials()))).toMatchObject({ token_type: "Bearer", cnf: undefined });
});

test("a session is bound to the key of the first proof, and refreshed with that key only", async () => {
  const { refreshToken } = await logIn(fountain);
  const first = await tokensIn(await request(refreshing(refreshToken), key));
  expect([first.token_type, first.cnf]).toEqual(["DPoP", { jkt: key.jkt }]);
  expect(await errorIn(await request(refreshing(first.refresh_token)))).toEqual([400, "invalid_dpop_proof"]);
  expect(await errorIn(await request(refreshing(first.refresh_token), await createProofKey()))).toEqual([
    400,
    "invalid_grant",
  ]);
  const second = await tokensIn(await request(refreshing(first.refresh_token), key));
  expect(second).toMatchObject({ token_type: "DPoP", cnf: { jkt: key.jkt } });
  expect(await errorIn(await request(refreshing(first.refresh_token)))).toEqual([400, "invalid_dpop_proof"]);
});

test("of clients with several keys that race for a session, one has it", async () => {
  const { refreshToken } = await logIn(fountain);
  const keys = await Promise.all(Array.from({ length: 20 }, () => createProofKey()));
  const responses = await Promise.all(keys.map((one) => request(refreshing(refreshToken), one)));
  const bound = await Promise.all(responses.filter(({ ok }) => ok).map(tokensIn));
  expect(bound).toHaveLength(1);
});

test("a proof is used once, however many use it at once", async () => {
  const dpop = await key.prove("POST", TOKEN_URL);
  const responses = await Promise.all(Array.from({ length: 100 }, () => sendForm(fountain, credentials(), { dpop })));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = responses.filter(({ status }) => status !== 200);
  for (const response of refused) expect(await errorIn(response)).toEqual([400, "invalid_dpop_proof"]);
  expect(fountain.logs.some((line) => line.includes('"reason":"proof-replayed"'))).toBe(true);
});

test("the same proof with another signature is a replay, too", async () => {
  const claims = { jti: "once" };
  const [one, other] = [await key.prove("POST", TOKEN_URL, { claims }), await key.prove("POST", TOKEN_URL, { claims })];
  expect(one).not.toBe(other);
  await tokensIn(await sendForm(fountain, credentials(), { dpop: one }));
  expect(await errorIn(await sendForm(fountain, credentials(), { dpop: other }))).toEqual([400, "invalid_dpop_proof"]);
  const stranger = await createProofKey();
  await tokensIn(
    await sendForm(fountain, credentials(), { dpop: await stranger.prove("POST", TOKEN_URL, { claims }) }),
  );
});

test("a proof for another address or method, or two of them, are refused, and the refresh token is not consumed", async () => {
  const { refreshToken } = await logIn(fountain);
  for (const dpop of [
    await key.prove("POST", `${ISSUER}/token`),
    await key.prove("POST", "https://evil.example/kms/token"),
    await key.prove("GET", TOKEN_URL),
    `${await key.prove("POST", TOKEN_URL)}, ${await key.prove("POST", TOKEN_URL)}`,
    "",
  ])
    expect(await errorIn(await sendForm(fountain, refreshing(refreshToken), { dpop })), dpop).toEqual([
      400,
      "invalid_dpop_proof",
    ]);
  await tokensIn(await request(refreshing(refreshToken), key));
});

const exchanging = (subjectToken: string) => ({
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: subjectToken,
  subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
  scope: "sequence:read",
  ...service(),
});

test("an exchanged token is bound to the service's key, and a bound one is not exchanged without its own", async () => {
  const { accessToken, refreshToken } = await logIn(fountain);
  expect(await tokensIn(await request(exchanging(accessToken), key))).toMatchObject({ cnf: { jkt: key.jkt } });
  const { access_token: bound } = await tokensIn(await request(refreshing(refreshToken), key));
  expect(await errorIn(await request(exchanging(bound)))).toEqual([400, "invalid_request"]);
  expect(await errorIn(await request(exchanging(bound), key))).toEqual([400, "invalid_request"]);
});

test("a bound token does not introspect without a proof", async () => {
  const bound = await signToken(fountain, { jkt: key.jkt });
  const asked = (authorization: string) =>
    fountain.fetch("/introspect", {
      method: "POST",
      headers: { authorization },
      body: new URLSearchParams({ token: bound }),
    });
  expect((await asked(`Bearer ${bound}`)).status).toBe(401);
  expect((await asked(`DPoP ${bound}`)).status).toBe(401);
});

test("a public client's session is bound by the proof that comes with the code, one with a secret is not", async () => {
  const authorizations = await authorizationsOf(fountain);
  const { sessionId } = await createPerson(fountain);
  for (const isPublic of [true, false]) {
    const client = await createClient(fountain, { public: isPublic });
    const code = await codeFor(authorizations, requestOf(client.clientId), sessionId);
    const redeemed = await tokensIn(
      await redeem(fountain, client, code, {}, { dpop: await key.prove("POST", TOKEN_URL) }),
    );
    expect(redeemed).toMatchObject({ token_type: "DPoP", cnf: { jkt: key.jkt } });
    const { clientId: client_id, clientSecret } = client;
    const form = {
      ...refreshing(redeemed.refresh_token),
      client_id,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    };
    if (isPublic) {
      expect(await errorIn(await request(form))).toEqual([400, "invalid_dpop_proof"]);
      expect(await tokensIn(await request(form, key))).toMatchObject({ token_type: "DPoP", cnf: { jkt: key.jkt } });
    } else {
      const other = await createProofKey();
      const again = await tokensIn(await request(form, other));
      expect(again).toMatchObject({ token_type: "DPoP", cnf: { jkt: other.jkt } });
      const unbound = { ...form, refresh_token: again.refresh_token };
      expect(await tokensIn(await request(unbound))).toMatchObject({ token_type: "Bearer", cnf: undefined });
    }
  }
});

test("the runtime verifies every algorithm that is offered", async () => {
  for (const alg of DPOP_ALGORITHMS) {
    const { prove, jkt } = await createProofKey(alg);
    const bound = await sendForm(fountain, credentials(), { dpop: await prove("POST", TOKEN_URL) });
    expect(await tokensIn(bound), alg).toMatchObject({ token_type: "DPoP", cnf: { jkt } });
  }
});
