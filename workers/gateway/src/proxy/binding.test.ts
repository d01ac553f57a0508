/** Access tokens that are bound to a key (RFC 9449 §7). */
import { beforeEach, describe, expect, test } from "vitest";
import { bearer, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { GOOD_API_KEY, ISSUER } from "../../../../tests/support/gateway.ts";
import { createProofKey, type ProofKey } from "../../../../tests/support/tokens.ts";
import { createSeenProofs } from "../admission/seen-proofs.ts";

const { gateway, get, lines } = useTestGateway();
const ME = `${ISSUER}/kms/me`;

let key: ProofKey;
let token: string;
beforeEach(async () => {
  key = await createProofKey();
  token = await gateway().userToken({ cnf: { jkt: key.jkt } });
});

/** At the gateway's clock, which the test's own is not. */
const prove = (
  by: ProofKey,
  {
    method = "GET",
    url = ME,
    of = token,
    claims = {},
  }: { method?: string; url?: string; of?: string; claims?: object } = {},
): Promise<string> => by.prove(method, url, { token: of, claims: { iat: gateway().clock.nowMs / 1000, ...claims } });

const dpop = (proof: string, of = token) => ({ authorization: `DPoP ${of}`, dpop: proof });

/** The challenge of a refused call, without where to get a token. */
const challengeOf = async (headers: Record<string, string>, path = "/kms/me"): Promise<string> => {
  const response = await get(path, headers);
  expect(response.status).toBe(401);
  expect(gateway().received).toEqual([]);
  return (response.headers.get("www-authenticate") ?? "").replace(/, resource_metadata=.*$/, "");
};
const ALGS = 'algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"';
const BAD_TOKEN = `DPoP error="invalid_token", ${ALGS}`;
const BAD_PROOF = `DPoP error="invalid_dpop_proof", ${ALGS}`;

test("a bound token is good with a proof of its key, and the worker gets it without", async () => {
  const response = await get("/kms/me?x=1", dpop(await prove(key)));
  expect(response.status).toBe(200);
  expect(gateway().received[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  expect(gateway().received[0]?.headers.has("dpop")).toBe(false);
});

test("the scheme's name is read in any case, and a proof beside an unbound Bearer token is no matter", async () => {
  expect((await get("/kms/me", { ...dpop(await prove(key)), authorization: `dpop ${token}` })).status).toBe(200);
  const unbound = bearer(await gateway().userToken());
  expect((await get("/kms/me", { ...unbound, dpop: "x" })).status).toBe(200);
});

test("a bound token is refused as Bearer, with a proof or without (§7.2)", async () => {
  expect(await challengeOf(bearer(token))).toBe(BAD_TOKEN);
  expect(await challengeOf({ ...bearer(token), dpop: await prove(key) })).toBe(BAD_TOKEN);
  const socket = { upgrade: "websocket", "sec-websocket-protocol": `fountain.bearer.${token}` };
  gateway().configure({ upstream: { notes: { targets: ["http://notes.test"] } } });
  expect(await challengeOf({ ...socket, dpop: await prove(key) }, "/notes/x")).toBe(BAD_TOKEN);
  expect(lines().join()).toContain("key-unproven");
});

test("a token that is not bound is refused as DPoP, and one that is not valid", async () => {
  const unbound = await gateway().userToken();
  expect(await challengeOf(dpop(await prove(key, { of: unbound }), unbound))).toBe(BAD_TOKEN);
  const expired = await gateway().userToken({ cnf: { jkt: key.jkt }, exp: 1 });
  expect(await challengeOf(dpop(await prove(key, { of: expired }), expired))).toBe(BAD_TOKEN);
  expect(await challengeOf(dpop(await prove(key), GOOD_API_KEY))).toBe(BAD_TOKEN);
});

test("a proof of another key, request, token or time is refused, and none", async () => {
  for (const proof of [
    await prove(await createProofKey()),
    await prove(key, { method: "POST" }),
    await prove(key, { url: `${ISSUER}/kms/users` }),
    await prove(key, { url: "http://worker/me" }),
    await prove(key, { url: "https://localhost:8787/kms/me" }),
    await prove(key, { of: await gateway().userToken({ cnf: { jkt: key.jkt } }) }),
    await prove(key, { claims: { ath: undefined } }),
    await prove(key, { claims: { iat: gateway().clock.nowMs / 1000 - 61 } }),
    `${await prove(key)}, ${await prove(key)}`,
  ])
    expect(await challengeOf(dpop(proof))).toBe(BAD_PROOF);
  expect(await challengeOf({ authorization: `DPoP ${token}` })).toBe(BAD_PROOF);
  expect(lines().join()).toContain("proof-of-other-key");
});

test("a proof is used once, for as long as it could be again", async () => {
  const proof = await prove(key);
  const responses = await Promise.all(Array.from({ length: 100 }, () => get("/kms/me", dpop(proof))));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  gateway().clock.nowMs += 59_000;
  expect((await get("/kms/me", dpop(proof))).status).toBe(401);
  expect(lines().at(-1)).toContain("proof-replayed");
  gateway().clock.nowMs += 2_000;
  expect((await get("/kms/me", dpop(proof))).status).toBe(401);
  expect(lines().at(-1)).toContain("proof-stale");
});

test("no proof is forgotten before its time: where there is no room, none is accepted", () => {
  let nowMs = 0;
  const seen = createSeenProofs({ max: 2, now: () => nowMs });
  expect([seen.add("a"), seen.add("b"), seen.add("a")]).toEqual([true, true, false]);
  expect(() => seen.add("c")).toThrow("too many");
  nowMs = 75_000;
  expect([seen.add("c"), seen.add("a")]).toEqual([true, true]);
});

describe("a service behind the gateway", () => {
  test("with a host of its own is called by a proof for that host", async () => {
    gateway().configure({ upstream: { notes: { targets: ["http://notes.test"], host: "notes.localhost" } } });
    const call = async (url: string) => get("http://notes.localhost/x", dpop(await prove(key, { url })));
    // It is called, and not reached in this test.
    expect((await call("http://notes.localhost:8787/x")).status).toBe(502);
    expect((await call("http://notes.localhost/x")).status).toBe(401);
    expect((await call(`${ISSUER}/x`)).status).toBe(401);
  });

  test("with a prefix is called by a proof for this installation, whatever host the caller names", async () => {
    gateway().configure({ upstream: { notes: { targets: ["http://notes.test"] } } });
    const call = async (url: string) => get("http://evil.example/notes/x", dpop(await prove(key, { url })));
    expect((await call(`${ISSUER}/notes/x`)).status).toBe(502);
    expect((await call("http://evil.example/notes/x")).status).toBe(401);
  });
});

test("the token endpoint gets the proof that a client sent, and no other call of a worker does", async () => {
  const form = { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials" }) };
  await gateway().fetch("/kms/token", { ...form, headers: { authorization: "Basic eDp5", dpop: "a.b.c" } });
  const [token_] = gateway().received;
  expect([token_?.headers.get("authorization"), token_?.headers.get("dpop")]).toEqual(["Basic eDp5", "a.b.c"]);
  await get("/kms/me", { ...bearer(await gateway().userToken()), dpop: "a.b.c" });
  expect(gateway().received[1]?.headers.has("dpop")).toBe(false);
});
