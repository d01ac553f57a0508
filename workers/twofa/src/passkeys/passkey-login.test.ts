import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../../../tests/support/authenticator.ts";
import { send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { asked, claimsOf, from, handleOf, logIn, pass, register } from "../../../../tests/support/passkeys.ts";
import { atOnce, borrowPerson, newPerson, rowsOf, tally } from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ settings: { TRUSTED_PROXIES: "127.0.0.1, ::1" } });
});
afterAll(() => fountain.stop());

const REFUSED = { status: 401, body: { code: "code-refused" } };

describe("login without a password", () => {
  test("opens a session of two factors", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const opened = await logIn(fountain, person, authenticator);
    expect(opened).toMatchObject({
      status: 200,
      body: { token_type: "Bearer", refresh_token: expect.any(String), scope: "sequence:read search:read" },
    });
    expect(opened.headers.get("cache-control")).toBe("no-store");
    expect(claimsOf(opened)).toMatchObject({ sub: person.id, acr: "aal2", amr: ["hwk", "user", "mfa"] });
    const token = String(opened.body["access_token"]);
    expect(await person.call("POST", "/recovery-codes", { token })).toMatchObject({ status: 200 });
    const entry = await fountain.databases["kms"]?.execute({
      sql: "SELECT outcome FROM audit_entries WHERE action = 'login.passkey' AND actor = ?",
      args: [person.id],
    });
    expect(entry?.rows).toMatchObject([{ outcome: "success" }]);
  });

  test("is refused when the audit trail cannot be written", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const kms = fountain.databases["kms"];
    const sessions = async () => {
      const found = await kms?.execute({ sql: "SELECT 1 FROM sessions WHERE user_id = ?", args: [person.id] });
      return found?.rows.length;
    };
    const before = await sessions();
    await kms?.execute(
      "CREATE TRIGGER no_login BEFORE INSERT ON audit_entries WHEN NEW.action = 'login.passkey' BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    const refused = await logIn(fountain, person, authenticator);
    await kms?.execute("DROP TRIGGER no_login");
    expect(refused.status).toBe(503);
    expect(await sessions()).toBe(before);
    expect(await logIn(fountain, person, authenticator)).toMatchObject({ status: 200 });
  });

  test("accepts a response once", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await send(fountain, "POST", "/kms/login/passkey/options");
    expect(options.body).toMatchObject({ allowCredentials: [], userVerification: "required", rpId: "localhost" });
    const response = authenticator.get({ ...asked(options), userHandle: handleOf(person) });
    const json = { challengeId: options.body["challengeId"], response };
    const responses = await atOnce(5, () => send(fountain, "POST", "/kms/login/passkey", { json }));
    expect(tally(responses)[200]).toBe(1);
    const elsewhere = await person.call("POST", "/auth/verify", { json: { response } });
    expect(elsewhere).toMatchObject(REFUSED);
  });

  test.each([
    ["without user verification", { isVerified: false }],
    ["without user presence", { isPresent: false }],
    ["of another origin", { origin: "https://evil.example" }],
    ["of another domain", { rpId: "evil.example" }],
    ["to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
    ["that names no user", { userHandle: "" }],
    ["that names another user", { userHandle: "c29tZWJvZHk" }],
  ])("refuses a response %s, with the same problem", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const refused = await logIn(fountain, person, authenticator, wrong);
    expect(refused).toMatchObject({
      status: 401,
      body: { code: "login-refused", detail: "The passkey was not accepted. Request new options and try again." },
    });
  });

  test("refuses a challenge that has expired, or was not issued here", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await send(fountain, "POST", "/kms/login/passkey/options");
    const response = authenticator.get({ ...asked(options), userHandle: handleOf(person) });
    const [, nonce] = String(options.body["challengeId"]).split(".");
    for (const challengeId of [`${Date.now() - 1}.${nonce}`, `${Date.now() + 600_000}.${nonce}`, "no-id"]) {
      const refused = await send(fountain, "POST", "/kms/login/passkey", { json: { challengeId, response } });
      expect(refused).toMatchObject({ status: 401, body: { code: "login-refused" } });
    }
  });

  test("refuses a locked user, and lets no one lock a user whose passkey they do not have", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const forger = createAuthenticator({ credentialId: authenticator.credentialId });
    for (let failures = 0; failures < 6; failures += 1)
      expect(await logIn(fountain, person, forger)).toMatchObject({ status: 401 });
    expect(await logIn(fountain, person, authenticator)).toMatchObject({ status: 200 });

    await fountain.databases["kms"]?.execute({
      sql: "UPDATE users SET locked_at = ? WHERE id = ?",
      args: [Date.now(), person.id],
    });
    expect(await logIn(fountain, person, authenticator)).toMatchObject({
      status: 401,
      body: { code: "login-refused" },
    });
    await fountain.databases["kms"]?.execute({
      sql: "UPDATE users SET locked_at = NULL WHERE id = ?",
      args: [person.id],
    });
  });

  test("counts failures by address, together with those of passwords", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const there = from("192.0.2.14");
    for (let failures = 0; failures < 3; failures += 1) {
      expect(await logIn(fountain, person, authenticator, {}, there)).toMatchObject({ status: 200 });
      expect(await logIn(fountain, person, authenticator, { origin: "https://evil.example" }, there)).toMatchObject({
        status: 401,
      });
    }
    const json = { username: `unknown-${crypto.randomUUID()}`, password: "wrong password" };
    for (let failures = 3; failures < 5; failures += 1)
      expect(await send(fountain, "POST", "/kms/login", { json, ...there })).toMatchObject({ status: 401 });
    const blocked = await logIn(fountain, person, authenticator, {}, there);
    expect(blocked).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await logIn(fountain, person, authenticator, {}, from("192.0.2.15"))).toMatchObject({ status: 200 });
  });

  test("waits while the user is locked for wrong codes", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    for (let failures = 0; failures < 5; failures += 1)
      await pass(person, authenticator, { origin: "https://evil.example" });
    const locked = await logIn(fountain, person, authenticator);
    expect(locked).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("of a user who was erased is refused", async () => {
    const person = await newPerson(fountain);
    const { authenticator } = await register(person);
    const token = String((await pass(person, authenticator)).body["access_token"]);
    expect(await send(fountain, "DELETE", "/kms/me", { token })).toMatchObject({ status: 204 });
    expect(await logIn(fountain, person, authenticator)).toMatchObject({
      status: 401,
      body: { code: "login-refused" },
    });
    await fountain.databases["kms"]?.execute("UPDATE erasures SET erased_at = erased_at - 60000");
    await fountain.runScheduled("twofa");
    expect(await rowsOf(fountain, "SELECT 1 FROM passkeys WHERE user_id = ?", person.id)).toEqual([]);
  });

  test("confirms one request alone, where the challenge was asked for with a purpose", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const purpose = { method: "POST", path: "/twofa/recovery-codes" };
    const options = await person.call("POST", "/auth/generate", { json: { channel: "webauthn", purpose } });
    const response = authenticator.get(asked(options));
    const passed = await person.call("POST", "/auth/verify", { json: { response } });
    const token = String(passed.body["access_token"]);
    const { body } = await person.call("GET", "/factors");
    const [factor] = Array.isArray(body["items"]) ? body["items"] : [];
    expect(await person.call("DELETE", `/factors/${factor.factorId}`, { token })).toMatchObject({ status: 401 });
    expect(await person.call("POST", "/recovery-codes", { token })).toMatchObject({ status: 200 });
    expect(await person.call("POST", "/recovery-codes", { token })).toMatchObject({ status: 401 });
  });

  test("refuses what is no response of a browser: 422 with pointers", async () => {
    const refused = await send(fountain, "POST", "/kms/login/passkey", { json: { challengeId: "x" } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/response" }] } });
  });
});
