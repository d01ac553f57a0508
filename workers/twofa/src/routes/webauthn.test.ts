import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authenticator, type Ceremony, createAuthenticator } from "../../../../tests/authenticator.ts";
import { type Fountain, startFountain } from "../../../../tests/harness.ts";
import {
  type Answer,
  atOnce,
  borrowPerson,
  type Call,
  endLock,
  enrol,
  newPerson,
  type Person,
  rowsOf,
  send,
  stepUp,
  tally,
  textsOf,
} from "../testing.ts";

/** As in wrangler.toml's PUBLIC_URL. */
const PAGE = { origin: "http://localhost:8787", rpId: "localhost" };

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ settings: { TRUSTED_PROXIES: "127.0.0.1, ::1" } });
});
afterAll(() => fountain.stop());

const asked = ({ body }: Answer): Ceremony => ({ ...PAGE, challenge: String(body["challenge"]) });
const handleOf = ({ id }: Person): string => Buffer.from(id).toString("base64url");
const claimsOf = ({ body }: Answer): Record<string, unknown> =>
  Object(JSON.parse(Buffer.from(String(body["access_token"]).split(".")[1] ?? "", "base64url").toString()));

interface Registered {
  authenticator: Authenticator;
  factorId: string;
  recoveryCodes: string[];
}

const register = async (
  person: Person,
  authenticator = createAuthenticator(),
  { token = person.token, ...ceremony }: Partial<Ceremony> & { token?: string } = {},
): Promise<Registered> => {
  const options = await person.call("POST", "/factors/webauthn/options", { token });
  expect(options.status).toBe(200);
  const response = authenticator.create({ ...asked(options), ...ceremony });
  const created = await person.call("POST", "/factors/webauthn", { token, json: { response } });
  expect(created).toMatchObject({ status: 201 });
  const { factorId, recoveryCodes } = created.body;
  return { authenticator, factorId: String(factorId), recoveryCodes: textsOf(recoveryCodes) };
};

const challenge = async (person: Person): Promise<Answer> => {
  const options = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
  expect(options.status).toBe(200);
  return options;
};

const pass = async (
  person: Person,
  authenticator: Authenticator,
  ceremony: Partial<Ceremony> = {},
): Promise<Answer> => {
  const options = await challenge(person);
  const response = authenticator.get({ ...asked(options), ...ceremony });
  return person.call("POST", "/auth/verify", { json: { challengeId: options.body["challengeId"], response } });
};

const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

const logIn = async (
  person: Person,
  authenticator: Authenticator,
  ceremony: Partial<Ceremony> = {},
  { headers }: Pick<Call, "headers"> = {},
): Promise<Answer> => {
  const options = await send(fountain, "POST", "/kms/login/passkey/options");
  const response = authenticator.get({ ...asked(options), userHandle: handleOf(person), ...ceremony });
  const json = { challengeId: options.body["challengeId"], response };
  return send(fountain, "POST", "/kms/login/passkey", { json, ...(headers && { headers }) });
};

const REFUSED = { status: 401, body: { code: "code-refused" } };

describe("registration", () => {
  test("asks for a passkey of this user that he does not have, and for no attestation", async () => {
    const person = await borrowPerson(fountain);
    const options = await person.call("POST", "/factors/webauthn/options", { json: { name: "Blue key" } });
    expect(options.body).toMatchObject({
      rp: { id: "localhost", name: "Fountain" },
      user: { id: handleOf(person), name: expect.stringMatching(/^user-/) },
      attestation: "none",
      excludeCredentials: [],
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
    });
    const authenticator = createAuthenticator();
    const response = authenticator.create(asked(options));
    const created = await person.call("POST", "/factors/webauthn", { json: { response } });
    expect(created).toMatchObject({ status: 201, body: { factorId: options.body["challengeId"] } });
    expect(textsOf(created.body["recoveryCodes"])).toHaveLength(10);
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([
      { type: "webauthn", name: "Blue key", transports: ["internal"], backedUp: false, disabledAt: null },
    ]);

    const token = String((await pass(person, authenticator)).body["access_token"]);
    const again = await person.call("POST", "/factors/webauthn/options", { token });
    expect(again.body["excludeCredentials"]).toMatchObject([{ id: authenticator.credentialId }]);
  });

  test("takes the browser's answer as the body itself, and a name with it otherwise", async () => {
    const person = await borrowPerson(fountain);
    const options = await person.call("POST", "/factors/webauthn/options");
    const authenticator = createAuthenticator({ isSyncable: true });
    const json = authenticator.create({ ...asked(options), isBackedUp: true });
    expect(await person.call("POST", "/factors/webauthn", { json })).toMatchObject({ status: 201 });
    const passed = await pass(person, authenticator, { isBackedUp: true });
    expect(claimsOf(passed)).toMatchObject({ acr: "aal2", amr: expect.arrayContaining(["pwd", "swk", "user", "mfa"]) });
    const token = String(passed.body["access_token"]);
    const second = await person.call("POST", "/factors/webauthn/options", { token });
    const response = createAuthenticator().create(asked(second));
    const named = { response, challengeId: second.body["challengeId"], name: "On the keyring" };
    const created = await person.call("POST", "/factors/webauthn", { token, json: named });
    expect(created).toMatchObject({ status: 201, body: { recoveryCodes: [] } });
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ name: "Passkey", backedUp: true }, { name: "On the keyring" }]);
  });

  test("looks at no attestation, which nobody asked for", async () => {
    const person = await borrowPerson(fountain);
    const options = await person.call("POST", "/factors/webauthn/options");
    const attestation = new Map([["x5c", new Uint8Array([1, 2, 3])]]);
    const response = createAuthenticator().create({ ...asked(options), attestation });
    expect(await person.call("POST", "/factors/webauthn", { json: { response } })).toMatchObject({ status: 201 });
  });

  test.each([
    ["of another origin", { origin: "http://localhost:8788" }],
    ["of another domain", { rpId: "example.com" }],
    ["with another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
    ["from a frame of another page", { crossOrigin: true }],
    ["of another ceremony", { type: "webauthn.get" }],
    ["that nobody touched", { isPresent: false }],
  ])("refuses an answer %s", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const options = await person.call("POST", "/factors/webauthn/options");
    const response = createAuthenticator().create({ ...asked(options), ...wrong });
    const refused = await person.call("POST", "/factors/webauthn", { json: { response } });
    expect([401, 404]).toContain(refused.status);
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ confirmedAt: null }]);
  });

  test("takes an answer once, and not in the name of somebody else", async () => {
    const [person, other] = [await borrowPerson(fountain), await borrowPerson(fountain)];
    const options = await person.call("POST", "/factors/webauthn/options");
    const json = { response: createAuthenticator().create(asked(options)) };
    expect(await other.call("POST", "/factors/webauthn", { json })).toMatchObject({ status: 404 });
    const answers = await atOnce(5, () => person.call("POST", "/factors/webauthn", { json }));
    expect(tally(answers)[201]).toBe(1);
    expect(await rowsOf(fountain, "SELECT 1 FROM passkeys WHERE user_id = ?", person.id)).toHaveLength(1);
  });

  test("refuses a credential that is somebody's already", async () => {
    const [person, other] = [await borrowPerson(fountain), await borrowPerson(fountain)];
    const { authenticator } = await register(person);
    const options = await other.call("POST", "/factors/webauthn/options");
    const thief = createAuthenticator({ credentialId: authenticator.credentialId });
    const json = { response: thief.create(asked(options)) };
    expect(await other.call("POST", "/factors/webauthn", { json })).toMatchObject(REFUSED);
    expect(await rowsOf(fountain, "SELECT 1 FROM recovery_codes WHERE user_id = ?", other.id)).toHaveLength(0);
    expect(await pass(person, authenticator)).toMatchObject({ status: 200 });
  });

  test("of a further passkey needs a second factor just passed", async () => {
    const person = await borrowPerson(fountain);
    const totp = await enrol(person);
    const refused = await person.call("POST", "/factors/webauthn/options");
    expect(refused).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    const token = await stepUp(fountain, person, totp);
    const { recoveryCodes } = await register(person, createAuthenticator(), { token });
    expect(recoveryCodes).toEqual([]);
  });

  test("refuses what is no answer of a browser: 422 with pointers, 400", async () => {
    const person = await borrowPerson(fountain);
    const wrong = await person.call("POST", "/factors/webauthn", { json: { response: { id: "!" } } });
    expect(wrong.status).toBe(422);
    expect(await person.call("POST", "/factors/webauthn/options", { json: { name: "" } })).toMatchObject({
      status: 422,
    });
  });
});

describe("step-up", () => {
  test("raises the session, once for each challenge", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await challenge(person);
    const response = authenticator.get(asked(options));
    const json = { challengeId: options.body["challengeId"], response };
    const answers = await atOnce(10, () => person.call("POST", "/auth/verify", { json }));
    expect(tally(answers)[200]).toBe(1);
    const raised = answers.find(({ status }) => status === 200);
    expect(raised && claimsOf(raised)).toMatchObject({
      acr: "aal2",
      amr: expect.arrayContaining(["pwd", "hwk", "user", "mfa"]),
    });
  });

  test.each([
    ["of another origin", { origin: "https://localhost:8787" }],
    ["of another domain", { rpId: "example.com" }],
    ["to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
    ["from a frame of another page", { crossOrigin: true }],
    ["that nobody touched", { isPresent: false }],
    ["that names another user", { userHandle: "c29tZWJvZHk" }],
  ])("refuses an answer %s", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    expect(await pass(person, authenticator, wrong)).toMatchObject(REFUSED);
  });

  test("refuses a challenge that has expired", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await challenge(person);
    await fountain.databases["twofa"]?.execute({
      sql: "UPDATE challenges SET expires_at = ? WHERE id = ?",
      args: [Date.now() - 1, String(options.body["challengeId"])],
    });
    const response = authenticator.get(asked(options));
    expect(await person.call("POST", "/auth/verify", { json: { response } })).toMatchObject(REFUSED);
  });

  test("refuses another user's credential, and another session's challenge", async () => {
    const [person, other] = [await borrowPerson(fountain), await borrowPerson(fountain)];
    const [mine, his] = [await register(person), await register(other)];
    expect(await pass(person, his.authenticator)).toMatchObject(REFUSED);
    const options = await challenge(person);
    const response = mine.authenticator.get(asked(options));
    expect(await other.call("POST", "/auth/verify", { json: { response } })).toMatchObject(REFUSED);
    expect(await person.call("POST", "/auth/verify", { json: { response } })).toMatchObject({ status: 200 });
  });

  test("refuses a signature of another key, and the right one after its challenge is used up", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await challenge(person);
    const forged = createAuthenticator({ credentialId: authenticator.credentialId }).get(asked(options));
    expect(await person.call("POST", "/auth/verify", { json: { response: forged } })).toMatchObject(REFUSED);
    const late = authenticator.get(asked(options));
    expect(await person.call("POST", "/auth/verify", { json: { response: late } })).toMatchObject(REFUSED);
  });

  test("refuses an authenticator whose counter went back, and takes neither of the two from then on", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator, recoveryCodes, factorId } = await register(person, createAuthenticator(), { counter: 1 });
    expect(await pass(person, authenticator, { counter: 5 })).toMatchObject({ status: 200 });
    expect(await pass(person, authenticator, { counter: 5 })).toMatchObject(REFUSED);
    const noneLeft = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
    expect(noneLeft).toMatchObject({ status: 409 });
    expect(await logIn(person, authenticator, { counter: 9 })).toMatchObject({ status: 401 });
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ factorId, disabledAt: expect.any(String) }]);
    expect(fountain.logs.some((line) => line.includes("passkey.cloned") && line.includes(factorId))).toBe(true);
    const told = await fountain.databases["kms"]?.execute({
      sql: "SELECT reason FROM audit_entries WHERE action = 'factor.disable' AND target = ?",
      args: [factorId],
    });
    expect(told?.rows).toMatchObject([{ reason: "counter-went-back" }]);

    const [recoveryCode] = recoveryCodes;
    const raised = await person.call("POST", "/auth/verify", { json: { recoveryCode } });
    const token = String(raised.body["access_token"]);
    expect(await person.call("DELETE", `/factors/${factorId}`, { token })).toMatchObject({ status: 204 });
    expect(await rowsOf(fountain, "SELECT 1 FROM passkeys WHERE factor_id = ?", factorId)).toEqual([]);
  });

  test("of an authenticator that does not count goes on", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    expect(await pass(person, authenticator)).toMatchObject({ status: 200 });
    expect(await pass(person, authenticator)).toMatchObject({ status: 200 });
  });

  test("counts failures together with those of codes", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    for (let failures = 0; failures < 5; failures += 1)
      await pass(person, authenticator, { origin: "https://evil.example" });
    expect(await pass(person, authenticator)).toMatchObject({ status: 429 });
    const recovery = { recoveryCode: "aaaaa-aaaaa" };
    expect(await person.call("POST", "/auth/verify", { json: recovery })).toMatchObject({ status: 429 });
    await endLock(fountain, person);
    expect(await pass(person, authenticator)).toMatchObject({ status: 200 });
  });

  test("says what a caller without a passkey can do", async () => {
    const person = await borrowPerson(fountain);
    const refused = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("/twofa/factors/webauthn") },
    });
  });
});

describe("login without a password", () => {
  test("opens a session of two factors", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const opened = await logIn(person, authenticator);
    expect(opened).toMatchObject({
      status: 200,
      body: { token_type: "Bearer", refresh_token: expect.any(String), scope: "sequence:read search:read" },
    });
    expect(opened.headers.get("cache-control")).toBe("no-store");
    expect(claimsOf(opened)).toMatchObject({ sub: person.id, acr: "aal2", amr: ["hwk", "user", "mfa"] });
    const token = String(opened.body["access_token"]);
    expect(await person.call("POST", "/recovery-codes", { token })).toMatchObject({ status: 200 });
    const told = await fountain.databases["kms"]?.execute({
      sql: "SELECT outcome FROM audit_entries WHERE action = 'login.passkey' AND actor = ?",
      args: [person.id],
    });
    expect(told?.rows).toMatchObject([{ outcome: "success" }]);
  });

  test("is not done when the audit trail cannot be told", async () => {
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
    const refused = await logIn(person, authenticator);
    await kms?.execute("DROP TRIGGER no_login");
    expect(refused.status).toBe(503);
    expect(await sessions()).toBe(before);
    expect(await logIn(person, authenticator)).toMatchObject({ status: 200 });
  });

  test("takes an answer once", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const options = await send(fountain, "POST", "/kms/login/passkey/options");
    expect(options.body).toMatchObject({ allowCredentials: [], userVerification: "required", rpId: "localhost" });
    const response = authenticator.get({ ...asked(options), userHandle: handleOf(person) });
    const json = { challengeId: options.body["challengeId"], response };
    const answers = await atOnce(5, () => send(fountain, "POST", "/kms/login/passkey", { json }));
    expect(tally(answers)[200]).toBe(1);
    const elsewhere = await person.call("POST", "/auth/verify", { json: { response } });
    expect(elsewhere).toMatchObject(REFUSED);
  });

  test.each([
    ["that recognised nobody", { isVerified: false }],
    ["that nobody touched", { isPresent: false }],
    ["of another origin", { origin: "https://evil.example" }],
    ["of another domain", { rpId: "evil.example" }],
    ["to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
    ["that names nobody", { userHandle: "" }],
    ["that names somebody else", { userHandle: "c29tZWJvZHk" }],
  ])("refuses an answer %s, with one dull answer", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const refused = await logIn(person, authenticator, wrong);
    expect(refused).toMatchObject({
      status: 401,
      body: { code: "login-refused", detail: "The passkey was not accepted: ask for new options, and try again." },
    });
  });

  test("refuses a challenge that has expired, or was not given by us", async () => {
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

  test("refuses a locked user, and lets nobody lock a user who has no passkey of his", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const forger = createAuthenticator({ credentialId: authenticator.credentialId });
    for (let failures = 0; failures < 6; failures += 1)
      expect(await logIn(person, forger)).toMatchObject({ status: 401 });
    expect(await logIn(person, authenticator)).toMatchObject({ status: 200 });

    await fountain.databases["kms"]?.execute({
      sql: "UPDATE users SET locked_at = ? WHERE id = ?",
      args: [Date.now(), person.id],
    });
    expect(await logIn(person, authenticator)).toMatchObject({ status: 401, body: { code: "login-refused" } });
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
      expect(await logIn(person, authenticator, {}, there)).toMatchObject({ status: 200 });
      expect(await logIn(person, authenticator, { origin: "https://evil.example" }, there)).toMatchObject({
        status: 401,
      });
    }
    const json = { username: `nobody-${crypto.randomUUID()}`, password: "wrong password" };
    for (let failures = 3; failures < 5; failures += 1)
      expect(await send(fountain, "POST", "/kms/login", { json, ...there })).toMatchObject({ status: 401 });
    const blocked = await logIn(person, authenticator, {}, there);
    expect(blocked).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await logIn(person, authenticator, {}, from("192.0.2.15"))).toMatchObject({ status: 200 });
  });

  test("waits while the user is locked for wrong codes", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    for (let failures = 0; failures < 5; failures += 1)
      await pass(person, authenticator, { origin: "https://evil.example" });
    const locked = await logIn(person, authenticator);
    expect(locked).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("of a user who was erased is refused", async () => {
    const person = await newPerson(fountain);
    const { authenticator } = await register(person);
    const token = String((await pass(person, authenticator)).body["access_token"]);
    expect(await send(fountain, "DELETE", "/kms/me", { token })).toMatchObject({ status: 204 });
    expect(await logIn(person, authenticator)).toMatchObject({ status: 401, body: { code: "login-refused" } });
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

  test("refuses what is no answer of a browser: 422 with pointers", async () => {
    const refused = await send(fountain, "POST", "/kms/login/passkey", { json: { challengeId: "x" } });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/response" }] } });
  });
});
