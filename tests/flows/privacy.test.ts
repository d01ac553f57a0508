/** What a person can ask for: to see all that is held about him, and to be forgotten. */
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import { generateSync } from "otplib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Answer, caller } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";

const PASSWORD = "a long enough password";
const BROWSER = { "user-agent": "A browser/1" };

let fountain: Fountain;
let mint: Mint;
const call = caller(() => fountain);
const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });

const administrator = async () =>
  bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] }));

interface Person {
  id: string;
  username: string;
  token: string;
  refreshToken: string;
  secret: string;
}

const newPerson = async (username: string): Promise<Person> => {
  const json = { username, email: `${username}@example.com`, password: PASSWORD, roles: ["editor"] };
  const created = await call("POST", "/kms/users", await administrator(), json);
  const { body } = await call("POST", "/kms/login", BROWSER, { username, password: PASSWORD });
  const token = String(body["access_token"]);
  const begun = await call("POST", "/twofa/factors/totp", bearer(token));
  const secret = String(begun.body["secret"]);
  const code = generateSync({ secret });
  await call("POST", "/twofa/factors/totp/confirm", bearer(token), { factorId: begun.body["factorId"], code });
  return { id: String(created.body["id"]), username, token, refreshToken: String(body["refresh_token"]), secret };
};

/** The code of now, as if nobody had used it. */
const codeOf = async ({ id, secret }: Person): Promise<string> => {
  const sql = "UPDATE factors SET last_step = 0 WHERE user_id = ?";
  await fountain.databases["twofa"]?.execute({ sql, args: [id] });
  return generateSync({ secret });
};

const erase = async (person: Person): Promise<Answer> =>
  call("DELETE", "/kms/me", { ...bearer(person.token), "x-otp": await codeOf(person) });

beforeAll(async () => {
  fountain = await startFountain();
  await call("GET", "/.well-known/jwks.json");
  mint = await openMint(fountain);
});
afterAll(() => fountain?.stop());

test("shows a person everything held about him, signed by the kms", async () => {
  const ann = await newPerson("ann");
  await call("POST", "/service-a/sequence", bearer(ann.token), {
    elementType: "character",
    elementId: 1,
    comment: "by ann",
  });
  const exported = await call("GET", "/kms/me/export", bearer(ann.token));
  expect(exported.status, exported.text).toBe(200);
  expect(exported.headers.get("cache-control")).toBe("no-store");
  const { document, signature } = exported.body;
  expect(document).toMatchObject({
    account: { id: ann.id, username: "ann", email: "ann@example.com", roles: ["editor"] },
    sessions: [{ acr: "aal1", clientId: "fountain", userAgent: BROWSER["user-agent"] }],
    secondFactor: { factors: [{ type: "totp", confirmedAt: expect.any(String) }], recoveryCodesLeft: 10 },
    contributions: { versions: [{ elementType: "character", elementId: 1, comment: "by ann" }], isComplete: true },
    audit: { isComplete: true },
  });
  const actions = Object(document).audit.entries.map(({ action }: { action: string }) => action);
  expect(actions).toEqual(expect.arrayContaining(["user.create", "login", "factor.enrol", "factor.confirm"]));
  expect(exported.text).not.toContain(ann.secret);

  const keys: JSONWebKeySet = JSON.parse((await call("GET", "/.well-known/jwks.json")).text);
  const { payload, protectedHeader } = await compactVerify(String(signature), createLocalJWKSet(keys));
  expect(protectedHeader.typ).toBe("fountain-personal-data+jws");
  expect(JSON.parse(Buffer.from(payload).toString())).toEqual(document);
});

test("shows a service no person's data", async () => {
  const service = await mint.sign({ client_id: "films", sub: "service:films", scope: "users:admin" });
  expect((await call("GET", "/kms/me/export", bearer(service))).status).toBe(403);
});

test("forgets a person who asks for it, and the audit trail stays as it was written", async () => {
  const bob = await newPerson("bob");
  await call("POST", "/kms/login", {}, { username: "bob", password: "not the right password" });
  expect((await call("DELETE", "/kms/me", bearer(bob.token))).status).toBe(401);
  const before = await call("GET", `/kms/audit?actor=${bob.id}&action=login`, await administrator());
  expect(before.text).toContain("bob");

  expect(await erase(bob)).toMatchObject({ status: 204 });

  const gone = async () => expect((await call("GET", "/kms/me", bearer(bob.token))).status).toBe(401);
  await vi.waitFor(gone, { timeout: 5_000, interval: 100 });
  expect((await call("POST", "/kms/login", {}, { username: "bob", password: PASSWORD })).status).toBe(401);
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: bob.refreshToken });
  expect((await fetch(`${fountain.url}/kms/token`, { method: "POST", body: form })).status).toBe(400);
  expect((await call("GET", `/kms/users/${bob.id}`, await administrator())).status).toBe(404);

  const failed = await call("GET", "/kms/audit?action=login", await administrator());
  expect(Object(failed.body["items"])).toEqual(
    expect.arrayContaining([expect.objectContaining({ outcome: "failure", reason: "wrong-password", target: bob.id })]),
  );
  const after = await call("GET", `/kms/audit?actor=${bob.id}`, await administrator());
  expect(Object(after.body["items"])).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: "user.erase", outcome: "success" }),
      expect.objectContaining({ action: "login", personal: null, address: null }),
    ]),
  );
  expect(after.text).not.toContain("bob");
  expect((await call("GET", "/kms/audit/verify", await administrator())).body).toMatchObject({ valid: true });
  const { rows } = (await fountain.databases["kms"]?.execute({
    sql: "SELECT wrapped_key FROM audit_keys WHERE subject = ?",
    args: [bob.id],
  })) ?? { rows: [] };
  expect(rows).toMatchObject([{ wrapped_key: null }]);
});

test("has his second factors forgotten too, however often that must be tried", async () => {
  const eve = await newPerson("eve");
  await erase(eve);
  const held = async (): Promise<number> => {
    const sql =
      "SELECT (SELECT COUNT(*) FROM factors WHERE user_id = :id) + (SELECT COUNT(*) FROM recovery_codes WHERE user_id = :id) AS n";
    const found = await fountain.databases["twofa"]?.execute({ sql, args: { id: eve.id } });
    return Number(found?.rows[0]?.["n"]);
  };
  await fountain.runScheduled("twofa");
  expect(await held()).toBe(11);
  await fountain.databases["kms"]?.execute("UPDATE erasures SET erased_at = erased_at - 60000");
  await Promise.all([fountain.runScheduled("twofa"), fountain.runScheduled("twofa")]);
  expect(await held()).toBe(0);
  const pending = await fountain.databases["kms"]?.execute("SELECT COUNT(*) AS n FROM erasures");
  expect(Number(pending?.rows[0]?.["n"])).toBe(0);
});

test("does not forget the last administrator", async () => {
  const token = await mint.sign({ scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] });
  expect(await call("DELETE", "/kms/me", bearer(token))).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await call("GET", "/kms/me", bearer(token))).status).toBe(200);
});
