import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const post = (path: string, body?: unknown): Promise<Response> => send(fountain, "POST", path, { token, body });
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const encrypt = async (
  key: string,
  text: string,
  context?: string,
): Promise<{ ciphertext: string; keyVersion: number }> => {
  const response = await post(`/transit/${key}/encrypt`, { plaintext: base64(text), ...(context && { context }) });
  expect(response.status).toBe(200);
  return Object(await response.json());
};
const decrypt = (key: string, ciphertext: string, context?: string): Promise<Response> =>
  post(`/transit/${key}/decrypt`, { ciphertext, ...(context && { context }) });
const decrypted = async (key: string, ciphertext: string, context?: string): Promise<string> => {
  const response = await decrypt(key, ciphertext, context);
  expect(response.status, await response.clone().text()).toBe(200);
  return Buffer.from(Object(await response.json()).plaintext, "base64").toString();
};
const rotate = (key: string): Promise<Response> => post(`/transit/${key}/rotate`);

// First: the failures of the others are too many for an entry each.
test("records every use in the audit trail", async () => {
  const { ciphertext } = await encrypt("recorded", "x");
  await decrypt("recorded", ciphertext);
  await decrypt("recorded", "nonsense");
  await rotate("recorded");
  await post("/transit/recorded/rewrap", { ciphertext });
  const found = await fountain.databases["kms"]?.execute(
    "SELECT action, outcome, reason FROM audit_entries WHERE target = 'recorded' ORDER BY id",
  );
  expect(found?.rows.map(({ action, outcome, reason }) => [action, outcome, reason])).toEqual([
    ["transit.create", "success", null],
    ["transit.encrypt", "success", null],
    ["transit.decrypt", "success", null],
    ["transit.decrypt", "failure", "malformed"],
    ["transit.rotate", "success", null],
    ["transit.rewrap", "success", null],
  ]);
});

test("decrypts what it encrypted, whatever the bytes", async () => {
  const once = await encrypt("mail", "Grüße, 東京");
  expect(once).toEqual({ ciphertext: expect.stringMatching(/^fountain:v1:[A-Za-z0-9+/]+=*$/), keyVersion: 1 });
  expect(await decrypted("mail", once.ciphertext)).toBe("Grüße, 東京");
  expect((await encrypt("mail", "Grüße, 東京")).ciphertext).not.toBe(once.ciphertext);
  const bytes = Buffer.alloc(512 * 1024, 7);
  const large = await post("/transit/mail/encrypt", { plaintext: bytes.toString("base64") });
  const { ciphertext } = Object(await large.json());
  expect(Object(await (await decrypt("mail", ciphertext)).json()).plaintext).toBe(bytes.toString("base64"));
  expect(
    (await post("/transit/mail/encrypt", { plaintext: Buffer.alloc(512 * 1024 + 1).toString("base64") })).status,
  ).toBe(422);
});

test("opens nothing with another key, another context, or after any change", async () => {
  const { ciphertext } = await encrypt("bound", "secret", "user/1");
  expect(await decrypted("bound", ciphertext, "user/1")).toBe("secret");
  await encrypt("other", "x");
  const others: [string, string, string?][] = [
    ["other", ciphertext, "user/1"],
    ["bound", ciphertext],
    ["bound", ciphertext, "user/2"],
    ["bound", ciphertext.replace("v1", "v2"), "user/1"],
    ["bound", ciphertext.slice(0, -4), "user/1"],
    ["bound", "fountain:v1:AAAA", "user/1"],
    ["bound", "vault:v1:AAAA", "user/1"],
    ["bound", "", "user/1"],
  ];
  for (const [key, text, context] of others) {
    const refused = await problemIn(await decrypt(key, text, context));
    expect([refused.status, refused.pointers], text).toEqual([422, ["#/ciphertext"]]);
  }
  const body = Buffer.from(ciphertext.slice("fountain:v1:".length), "base64");
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length * 8 - 1), async (bit) => {
      const changed = Buffer.from(body);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return (await decrypt("bound", `fountain:v1:${changed.toString("base64")}`, "user/1")).status === 422;
    }),
    { numRuns: 20 },
  );
  expect((await decrypt("nothing", ciphertext)).status).toBe(404);
});

test("encrypts with the newest version, decrypts with the older ones, rewraps without showing anything", async () => {
  const old = await encrypt("ages", "kept", "c");
  expect(Object(await (await rotate("ages")).json())).toMatchObject({ name: "ages", latestVersion: 2 });
  expect((await encrypt("ages", "new")).ciphertext).toMatch(/^fountain:v2:/);
  expect(await decrypted("ages", old.ciphertext, "c")).toBe("kept");
  const rewrapped = await post("/transit/ages/rewrap", { ciphertext: old.ciphertext, context: "c" });
  const response = Object(await rewrapped.json());
  expect(Object.keys(response)).toEqual(["ciphertext", "keyVersion"]);
  expect(response.ciphertext).toMatch(/^fountain:v2:/);
  expect(await decrypted("ages", response.ciphertext, "c")).toBe("kept");

  const setMinimum = (minDecryptionVersion: unknown) =>
    send(fountain, "PUT", "/transit/ages", { token, body: { minDecryptionVersion } });
  for (const wrong of [0, 3, 1.5, "1"]) expect((await setMinimum(wrong)).status).toBe(422);
  expect(await (await setMinimum(2)).json()).toMatchObject({ latestVersion: 2, minDecryptionVersion: 2 });
  expect((await problemIn(await decrypt("ages", old.ciphertext, "c"))).pointers).toEqual(["#/ciphertext"]);
  expect((await post("/transit/ages/rewrap", { ciphertext: old.ciphertext, context: "c" })).status).toBe(422);
  expect(await decrypted("ages", response.ciphertext, "c")).toBe("kept");
  expect((await send(fountain, "PUT", "/transit/none", { token, body: { minDecryptionVersion: 1 } })).status).toBe(404);
  expect((await rotate("none")).status).toBe(404);
});

test("makes a key once, however many begin to encrypt with it", async () => {
  const made = await Promise.all(Array.from({ length: 12 }, () => encrypt("rush", "x")));
  for (const { ciphertext } of made) expect(await decrypted("rush", ciphertext)).toBe("x");
  const rotations = await Promise.all([rotate("rush"), rotate("rush"), rotate("rush")]);
  const { latestVersion } = Object(await (await send(fountain, "GET", "/transit/rush", { token })).json());
  expect(latestVersion).toBe(1 + rotations.filter(({ status }) => status === 200).length);
  expect((await post("/transit", { name: "rush" })).status).toBe(409);
  expect((await post("/transit", { name: "made-before" })).status).toBe(201);
  const listed = Object(await (await send(fountain, "GET", "/transit", { token })).json());
  expect(listed.items.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["made-before", "rush"]),
  );
  expect(JSON.stringify(listed)).not.toContain("wrapped");
});

test("keeps rotation and minimum for callers who have passed a second factor, and the minimum from users of keys", async () => {
  await encrypt("kept", "x");
  const oneFactor = await signToken(fountain, { acr: "aal1", amr: ["pwd"] });
  expect((await send(fountain, "POST", "/transit/kept/rotate", { token: oneFactor })).status).toBe(401);
  const user = await signToken(fountain, { scopes: ["transit:use"] });
  const body = { minDecryptionVersion: 1 };
  expect((await send(fountain, "PUT", "/transit/kept", { token: user, body })).status).toBe(403);
});

test("keeps new keys for users who have just passed a second factor, and for services; anyone with the scope encrypts", async () => {
  await encrypt("there", "x");
  const aal1 = { acr: "aal1", amr: ["pwd"] } as const;
  const callers = {
    "one-factor": [await signToken(fountain, aal1), 401],
    delegate: [
      await signToken(fountain, {
        ...aal1,
        clientId: "films",
        actor: { subject: "service:films", sessionId: "a-key" },
      }),
      403,
    ],
    service: [await signToken(fountain, { ...aal1, subject: "service:films", clientId: "films", roles: [] }), 0],
  } as const;
  for (const [name, [by, refused]] of Object.entries(callers)) {
    const as = (path: string, body: unknown) => send(fountain, "POST", path, { token: by, body });
    expect((await as("/transit/there/encrypt", { plaintext: base64("x") })).status, name).toBe(200);
    const encrypting = await as(`/transit/by-${name}/encrypt`, { plaintext: base64("x") });
    const creating = await as("/transit", { name: `of-${name}` });
    expect([encrypting.status, creating.status], name).toEqual(refused === 0 ? [200, 201] : [refused, refused]);
    if (refused !== 0) {
      expect((await problemIn(encrypting)).detail).toContain("no transit key of this name");
      for (const key of [`by-${name}`, `of-${name}`])
        expect((await send(fountain, "GET", `/transit/${key}`, { token })).status).toBe(404);
    }
  }
});

test("refuses names, base64 and contexts of no sense", async () => {
  for (const name of ["a.b", "a%2Fb", "a b", "é", "x".repeat(65)])
    expect((await post(`/transit/${name}/encrypt`, { plaintext: "" })).status, name).toBe(422);
  for (const plaintext of ["x", "=", "a===", "ab cd", "____", 1])
    expect((await problemIn(await post("/transit/x/encrypt", { plaintext }))).pointers).toEqual(["#/plaintext"]);
  expect((await post("/transit/x/encrypt", { plaintext: "", context: "\ud800" })).status).toBe(422);
  expect((await post("/transit/x/encrypt", { plaintext: "" })).status).toBe(200);
});

test.each(["YQ", "YR==", "YWJjZA=", "YWJ=", "a-_=", "YQ==YQ==", "YQ==\n", " YQ=="])(
  "refuses a plaintext that is not the base64 of its bytes: %j",
  async (plaintext) => {
    expect((await post("/transit/mail/encrypt", { plaintext })).status).toBe(422);
  },
);

test("deletes a key for good: a new one of its name opens none of its ciphertexts", async () => {
  const { ciphertext } = await encrypt("doomed", "a text");
  await rotate("doomed");
  const remove = () => send(fountain, "DELETE", "/transit/doomed", { token });
  const responses = await Promise.all([remove(), remove()]);
  expect(responses.map(({ status }) => status).toSorted()).toEqual([204, 404]);
  expect((await decrypt("doomed", ciphertext)).status).toBe(404);
  await encrypt("doomed", "another text");
  expect((await decrypt("doomed", ciphertext)).status).toBe(422);
  const left = await fountain.databases["kms"]?.execute(
    "SELECT version FROM transit_key_versions WHERE name = 'doomed'",
  );
  expect(left?.rows.map((row) => row["version"])).toEqual([1]);
});
