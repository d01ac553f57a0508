/** Transit keys belong to whoever has a scope for them: a service decrypts what is its own, and nothing of another's. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";
import { registerService } from "../support/session.ts";

const PLAINTEXT = Buffer.from("a card number").toString("base64");
/** As in the kms: `MAX_KEYS_OF_CREATOR`. */
const MAX_KEYS = 1_000;

let fountain: Fountain;
let mint: Mint;
let administrator: Headers;
let orders: Headers;
let mail: Headers;
const call = caller(() => fountain);

const tokenWith = async (scope: string, claims = {}): Promise<Headers> => ({
  authorization: `Bearer ${await mint.sign({ scope, acr: "aal2", amr: ["pwd", "otp", "mfa"], ...claims })}`,
});

const encrypt = async (key: string, headers: Headers): Promise<string> => {
  const made = await call("POST", `/kms/transit/${key}/encrypt`, headers, { plaintext: PLAINTEXT });
  expect(made.status, made.text).toBe(200);
  return String(made.body["ciphertext"]);
};

const namesFor = async (headers: Headers): Promise<string[]> => {
  const { body } = await call("GET", "/kms/transit?limit=200", headers);
  return Object(body["items"]).map(({ name }: { name: string }) => name);
};

beforeAll(async () => {
  fountain = await startFountain();
  await call("GET", "/.well-known/jwks.json");
  mint = await openMint(fountain);
  administrator = await tokenWith(SCOPES.join(" "));
  orders = await registerService(fountain, administrator, "orders", ["transit:use:orders", "transit:use:refunds"]);
  mail = await registerService(fountain, administrator, "mail", ["transit:use:mail"]);
});
afterAll(() => fountain?.stop());

describe("a service with a narrowed scope", () => {
  test("uses the keys that its scopes name, which it creates by encrypting", async () => {
    const ciphertext = await encrypt("orders", orders);
    const decrypted = await call("POST", "/kms/transit/orders/decrypt", orders, { ciphertext });
    expect(decrypted.body).toEqual({ plaintext: PLAINTEXT });
    expect((await call("POST", "/kms/transit/orders/rewrap", orders, { ciphertext })).status).toBe(200);
    expect((await call("POST", "/kms/transit", orders, { name: "refunds" })).status).toBe(201);
    const key = await call("GET", "/kms/transit/orders", orders);
    expect(key.body).toMatchObject({ name: "orders", createdBy: "service:orders" });
  });

  test("does nothing with a key of another, nor with one that is not there", async () => {
    const ciphertext = await encrypt("orders", orders);
    const attempts: [string, string, object?][] = [
      ["POST", "/kms/transit/orders/decrypt", { ciphertext }],
      ["POST", "/kms/transit/orders/rewrap", { ciphertext }],
      ["POST", "/kms/transit/orders/encrypt", { plaintext: PLAINTEXT }],
      ["POST", "/kms/transit/mial/encrypt", { plaintext: PLAINTEXT }],
      ["POST", "/kms/transit", { name: "mial" }],
      ["POST", "/kms/transit/orders/rotate"],
      ["GET", "/kms/transit/orders"],
      ["POST", "/kms/transit/%6Frders/decrypt", { ciphertext }],
      ["POST", "/kms/transit/mail%2F..%2Forders/decrypt", { ciphertext }],
    ];
    for (const [method, path, body] of attempts)
      expect([403, 404], path).toContain((await call(method, path, mail, body)).status);
    expect(await namesFor(administrator)).not.toContain("mial");
  });

  test("sees its own keys in the list, page by page", async () => {
    await encrypt("mail", mail);
    expect(await namesFor(orders)).toEqual(["orders", "refunds"]);
    expect(await namesFor(mail)).toEqual(["mail"]);
    const first = await call("GET", "/kms/transit?limit=1", orders);
    expect(first.body).toMatchObject({ items: [{ name: "orders" }], next: expect.any(String) });
    const second = await call("GET", `/kms/transit?limit=1&after=${first.body["next"]}`, orders);
    expect(second.body).toMatchObject({ items: [{ name: "refunds" }], next: null });
    expect((await call("GET", "/kms/transit", await tokenWith("secrets:read"))).status).toBe(403);
  });

  test("is given no more than who registers it has, and neither are its keys", async () => {
    const narrow = await tokenWith("keys:write transit:use:orders");
    const register = (name: string, scope: string) =>
      call("POST", "/kms/services", narrow, { name, scopes: [scope] }).then(({ status }) => status);
    expect(await register("within", "transit:use:orders")).toBe(201);
    expect(await register("beside", "transit:use:mail")).toBe(403);
    expect(await register("beyond", "transit:use")).toBe(403);
    expect(await register("none", "transit:use:orders/*")).toBe(422);
    const ofKey = (scopes: string[]) =>
      call("POST", "/kms/keys", administrator, { service: "orders", scopes }).then(({ status }) => status);
    expect(await ofKey(["transit:use:orders"])).toBe(201);
    expect(await ofKey(["transit:use"])).toBe(422);
  });
});

test("a narrowed scope rotates its own key, with a second factor, and no other", async () => {
  const user = await tokenWith("transit:use:orders");
  expect((await call("POST", "/kms/transit/orders/rotate", user)).body).toMatchObject({ latestVersion: 2 });
  expect((await call("POST", "/kms/transit/mail/rotate", user)).status).toBe(403);
});

test("a token narrowed by a client is good for the key it names, and introspection says so", async () => {
  const { "x-api-key": key = "" } = orders;
  const form = (fields: Record<string, string>) =>
    new URLSearchParams({ client_id: "orders", client_secret: key, ...fields });
  const grant = { grant_type: "client_credentials", scope: "transit:use:refunds" };
  const issued = await fetch(`${fountain.url}/kms/token`, { method: "POST", body: form(grant) });
  const { access_token: token } = Object(await issued.json());
  const headers = { authorization: `Bearer ${token}` };
  await encrypt("refunds", headers);
  const beyond = await call("POST", "/kms/transit/orders/encrypt", headers, { plaintext: PLAINTEXT });
  expect(beyond.status).toBe(403);
  const answer = await fetch(`${fountain.url}/kms/introspect`, { method: "POST", body: form({ token }) });
  expect(await answer.json()).toMatchObject({ active: true, scope: "transit:use:refunds" });
});

test("nobody creates more than a thousand keys, by encrypting or otherwise", async () => {
  await fountain.databases["kms"]?.execute({
    sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO transit_keys (name, min_decryption_version, created_at, created_by)
      SELECT 'typo-' || i, 1, 0, 'service:typist' FROM n`,
    args: [MAX_KEYS - 1],
  });
  const typist = await registerService(fountain, administrator, "typist", ["transit:use"]);
  const [plaintext, last, more] = [PLAINTEXT, "typo-last", "typo-more"];
  const atOnce = await Promise.all(
    [last, more].map((name) => call("POST", `/kms/transit/${name}/encrypt`, typist, { plaintext })),
  );
  expect(atOnce.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect((await call("POST", "/kms/transit", typist, { name: "one-more" })).status).toBe(409);
  expect((await call("POST", "/kms/transit/orders/encrypt", typist, { plaintext })).status).toBe(200);
  expect((await call("POST", "/kms/transit", administrator, { name: "one-more" })).status).toBe(201);
});
