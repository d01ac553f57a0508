/** What is issued beside tokens of users and services: the largest of it is made, and accepted where it is meant for. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_TOKEN_CHARACTERS } from "../../shared/contracts/access-token.ts";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Answer, caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";
import { registerService } from "../support/session.ts";

const ISSUER = `http://localhost:8787/${"u".repeat(255 - "http://localhost:8787/".length)}`;
const SERVICE = "s".repeat(64);
const PASSWORD = "a long enough password";

let fountain: Fountain;
let administrator: Headers;
let service: Headers;
const call = caller(() => fountain);

const errorAt = (answer: Answer, pointer: string): string =>
  Object(answer.body["errors"]).find((error: { pointer: string }) => error.pointer === pointer)?.detail;

beforeAll(async () => {
  fountain = await startFountain({ settings: { PUBLIC_URL: ISSUER, JWT_ALG: "RS256" } });
  await call("GET", "/.well-known/jwks.json");
  const mint = await openMint(fountain);
  const claims = { iss: ISSUER, scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] };
  administrator = { authorization: `Bearer ${await mint.sign(claims)}` };
  service = await registerService(fountain, administrator, SERVICE, ["search:read"]);
}, 60_000);
afterAll(() => fountain?.stop());

describe("a scoped search key", () => {
  const LONGEST = 4_000;

  /** The filter with some more letters in the place of `x`, so that it has as many bytes in JSON as there may be. */
  const lengthened = (filter: string): string =>
    filter.replace("x", "x".repeat(LONGEST + 1 - Buffer.byteLength(JSON.stringify(filter))));

  test.each([
    ["of one value", lengthened(`id:=${"鍵".repeat(1_320)}x`)],
    ["of many values", lengthened(`id:=[${"鍵鍵鍵, ".repeat(249)}${"鍵".repeat(400)}x]`)],
  ])("with the longest filter, in Chinese and %s, and with all limits, searches", async (_what, filter) => {
    const limits = { exclude_fields: "comment,out_of,search_time_ms", limit_hits: Number.MAX_SAFE_INTEGER };
    const made = await call("POST", "/search/scoped-keys", service, { filter_by: filter, ...limits });
    expect([made.status, made.text.slice(0, 300)]).toEqual([201, expect.any(String)]);
    const key = String(made.body["key"]);
    expect(key.length).toBeLessThanOrEqual(MAX_TOKEN_CHARACTERS);
    const searches = [{ collection: "elements", q: "x", query_by: "text" }];
    for (const headers of [{ "x-typesense-api-key": key }, { authorization: `Bearer ${key}` }] as Headers[]) {
      const found = await call("POST", "/search/multi_search", headers, { searches });
      expect([found.status, found.body]).toEqual([200, { results: [expect.objectContaining({ found: 0 })] }]);
      const path = "/search/collections/elements/documents/search?q=x&query_by=text";
      expect((await call("GET", path, headers)).status).toBe(200);
    }
    const longer = await call("POST", "/search/scoped-keys", service, { filter_by: filter.replace("x", "xx") });
    expect([longer.status, errorAt(longer, "#/filter_by")]).toEqual([422, expect.stringContaining("4000 bytes")]);
  });

  test("with a filter of 2,000 characters that take more room in a token is refused, and of such that take less is not", async () => {
    const filterOf = (character: string): string => `id:=\`${character.repeat(2_000 - 6)}\``;
    for (const character of ["鍵", "\u0001", '"'])
      expect((await call("POST", "/search/scoped-keys", service, { filter_by: filterOf(character) })).status).toBe(
        character === '"' ? 201 : 422,
      );
    const made = await call("POST", "/search/scoped-keys", service, {
      filter_by: filterOf("😀").replace(/(😀){997}/u, ""),
    });
    expect(made.status, made.text).toBe(201);
    const found = await call(
      "POST",
      "/search/search",
      { authorization: `Bearer ${made.body["key"]}` },
      { q: "x", query_by: "text" },
    );
    expect(found.status, found.text).toBe(200);
  });
});

describe("cursors", () => {
  const twoOf = (longest: string): [string, string] => [`${longest.slice(0, -1)}1`, `${longest.slice(0, -1)}2`];

  /** Reads a list with one item on each page. */
  const names = async (path: string, member: string, count: number): Promise<string[]> => {
    const read: string[] = [];
    for (let after = ""; read.length < count; ) {
      const page = await call("GET", `${path}limit=1${after && `&after=${after}`}`, administrator);
      expect(page.status, page.text).toBe(200);
      read.push(...Object(page.body["items"]).map((item: Record<string, string>) => item[member]));
      if (page.body["next"] === null) break;
      after = String(page.body["next"]);
    }
    return read;
  };

  test("go on after the longest names", async () => {
    // Each of these has five bytes in the form that names are sorted by.
    const users = twoOf(`α${"ᾀ".repeat(63)}`);
    for (const username of users)
      expect((await call("POST", "/kms/users", administrator, { username, password: PASSWORD })).status).toBe(201);
    expect(await names("/kms/users?", "username", 10)).toEqual(["admin", ...users]);

    const secrets = twoOf("p".repeat(255));
    for (const path of secrets)
      expect((await call("PUT", `/kms/secrets/${path}`, administrator, { value: "x" })).status).toBe(201);
    expect(await names("/kms/secrets?", "path", 10)).toEqual(expect.arrayContaining(secrets));
    expect(await names(`/kms/secrets?prefix=${secrets[0].slice(0, -1)}&`, "path", 10)).toEqual(secrets);

    const transit = twoOf("t".repeat(64));
    for (const name of transit) expect((await call("POST", "/kms/transit", administrator, { name })).status).toBe(201);
    expect(await names("/kms/transit?", "name", 10)).toEqual(transit);

    const [other] = twoOf(SERVICE);
    const created = await call("POST", "/kms/services", administrator, { name: other, scopes: ["search:read"] });
    expect(created.status).toBe(201);
    expect(await names("/kms/services?", "name", 10)).toEqual([other, SERVICE]);
    await call("POST", "/kms/keys", administrator, { service: SERVICE });
    expect(await names(`/kms/keys?service=${SERVICE}&`, "service", 10)).toEqual([SERVICE, SERVICE]);
    expect((await names(`/kms/audit?actor=service:${SERVICE}&`, "actor", 2)).length).toBeGreaterThan(0);
  });
});

describe("what is encrypted", () => {
  const key = "k".repeat(64);
  const plaintext = Buffer.alloc(512 * 1024, "plain").toString("base64");

  test.each([
    ["characters of four bytes", "😀"],
    ["control characters", "\u0001"],
  ])("at its largest, with the longest context of %s, is decrypted and rewrapped", async (_what, character) => {
    const context = character.repeat(1_024);
    const path = `/kms/transit/${key}`;
    const encrypted = await call("POST", `${path}/encrypt`, administrator, { plaintext, context });
    expect(encrypted.status, encrypted.text.slice(0, 300)).toBe(200);
    expect((await call("POST", `${path}/rotate`, administrator)).status).toBe(200);
    const { ciphertext } = encrypted.body;
    const rewrapped = await call("POST", `${path}/rewrap`, administrator, { ciphertext, context });
    expect(rewrapped.status, rewrapped.text.slice(0, 300)).toBe(200);
    for (const sent of [ciphertext, rewrapped.body["ciphertext"]]) {
      const decrypted = await call("POST", `${path}/decrypt`, administrator, { ciphertext: sent, context });
      expect([decrypted.status, decrypted.body["plaintext"] === plaintext]).toEqual([200, true]);
    }
    const more = Buffer.alloc(512 * 1024 + 1).toString("base64");
    const refused = await call("POST", `${path}/encrypt`, administrator, { plaintext: more });
    expect([refused.status, errorAt(refused, "#/plaintext")]).toEqual([422, expect.any(String)]);
  });
});

describe("a secret with the longest path and value", () => {
  const path = `a/${"p".repeat(253)}`;
  /** Six bytes each in JSON. */
  const value = "\u0001".repeat(64 * 1024);

  test("is read, wrapped, unwrapped, deleted, brought back and destroyed", async () => {
    const at = `/kms/secrets/${path}`;
    expect((await call("PUT", at, administrator, { value })).status).toBe(201);
    expect((await call("GET", `${at}?version=1`, administrator)).body["value"] === value).toBe(true);
    for (const wrappable of [{ path }, { value }]) {
      const wrapped = await call("POST", "/kms/secrets/wrap", administrator, wrappable);
      expect(wrapped.status, wrapped.text).toBe(201);
      const unwrapped = await call("POST", "/kms/secrets/unwrap", administrator, { token: wrapped.body["token"] });
      expect([unwrapped.status, unwrapped.body["value"] === value]).toEqual([200, true]);
    }
    expect((await call("DELETE", at, administrator)).status).toBe(204);
    expect((await call("POST", `${at}/undelete`, administrator, { versions: [1] })).status).toBe(200);
    expect((await call("POST", `${at}/destroy`, administrator, { versions: [1] })).status).toBe(200);
  });
});

test("an export has entries about the longest names, and each line can be read", async () => {
  const headers = { ...administrator, accept: "application/x-ndjson" };
  const lines = (await (await fountain.fetch("/kms/audit", { headers })).text()).trim().split("\n");
  const targets = lines.map((line) => Object(JSON.parse(line)).target);
  expect(targets).toContain(`service:${SERVICE}`);
});
