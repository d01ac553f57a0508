import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthenticator } from "../../../../tests/support/authenticator.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { asked, challenge, claimsOf, handleOf, logIn, pass, register } from "../../../../tests/support/passkeys.ts";
import {
  atOnce,
  borrowPerson,
  endLock,
  enrol,
  rowsOf,
  stepUp,
  tally,
  textsOf,
} from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain.stop());

const REFUSED = { status: 401, body: { code: "code-refused" } };

describe("registration", () => {
  test("requests a new passkey of this user, and no attestation", async () => {
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

  test("accepts the browser's response as the body itself, or within it with a name", async () => {
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

  test("ignores an attestation, which was not requested", async () => {
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
    ["without user presence", { isPresent: false }],
  ])("refuses a response %s", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const options = await person.call("POST", "/factors/webauthn/options");
    const response = createAuthenticator().create({ ...asked(options), ...wrong });
    const refused = await person.call("POST", "/factors/webauthn", { json: { response } });
    expect([401, 404]).toContain(refused.status);
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ confirmedAt: null }]);
  });

  test("accepts a response once, and not for another user", async () => {
    const [person, other] = [await borrowPerson(fountain), await borrowPerson(fountain)];
    const options = await person.call("POST", "/factors/webauthn/options");
    const json = { response: createAuthenticator().create(asked(options)) };
    expect(await other.call("POST", "/factors/webauthn", { json })).toMatchObject({ status: 404 });
    const responses = await atOnce(5, () => person.call("POST", "/factors/webauthn", { json }));
    expect(tally(responses)[201]).toBe(1);
    expect(await rowsOf(fountain, "SELECT 1 FROM passkeys WHERE user_id = ?", person.id)).toHaveLength(1);
  });

  test("refuses a credential that is already registered", async () => {
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

  test("refuses what is no response of a browser: 422 with pointers, 400", async () => {
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
    const responses = await atOnce(10, () => person.call("POST", "/auth/verify", { json }));
    expect(tally(responses)[200]).toBe(1);
    const raised = responses.find(({ status }) => status === 200);
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
    ["without user presence", { isPresent: false }],
    ["that names another user", { userHandle: "c29tZWJvZHk" }],
  ])("refuses a response %s", async (_, wrong) => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    expect(await pass(person, authenticator, wrong)).toMatchObject(REFUSED);
  });

  test("says in the log why a response was refused, and nothing that it contained", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator } = await register(person);
    const pasted = `ftn_${"a".repeat(8)}_${"b".repeat(43)}_cccccc`;
    for (const wrong of [{ origin: `https://${pasted}` }, { challenge: pasted }, { type: pasted }])
      expect(await pass(person, authenticator, wrong)).toMatchObject(REFUSED);
    const lines = () => fountain.logs.filter((line) => line.includes("passkey.refused") && line.includes(person.id));
    await expect.poll(lines).toContainEqual(expect.stringContaining('"error":"unexpected origin"'));
    expect(fountain.logs.filter((line) => line.includes(pasted))).toEqual([]);
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
    const [mine, theirs] = [await register(person), await register(other)];
    expect(await pass(person, theirs.authenticator)).toMatchObject(REFUSED);
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

  test("refuses an authenticator whose counter decreased, and accepts neither copy from then on", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator, recoveryCodes, factorId } = await register(person, createAuthenticator(), { counter: 1 });
    expect(await pass(person, authenticator, { counter: 5 })).toMatchObject({ status: 200 });
    expect(await pass(person, authenticator, { counter: 5 })).toMatchObject(REFUSED);
    const noneLeft = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
    expect(noneLeft).toMatchObject({ status: 409 });
    expect(await logIn(fountain, person, authenticator, { counter: 9 })).toMatchObject({ status: 401 });
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ factorId, disabledAt: expect.any(String) }]);
    expect(fountain.logs.some((line) => line.includes('"action":"factor.disable"') && line.includes(factorId))).toBe(
      true,
    );
    const entry = await fountain.databases["kms"]?.execute({
      sql: "SELECT reason FROM audit_entries WHERE action = 'factor.disable' AND target = ?",
      args: [factorId],
    });
    expect(entry?.rows).toMatchObject([{ reason: "counter-went-back" }]);

    const [recoveryCode] = recoveryCodes;
    const raised = await person.call("POST", "/auth/verify", { json: { recoveryCode } });
    const token = String(raised.body["access_token"]);
    expect(await person.call("DELETE", `/factors/${factorId}`, { token })).toMatchObject({ status: 204 });
    expect(await rowsOf(fountain, "SELECT 1 FROM passkeys WHERE factor_id = ?", factorId)).toEqual([]);
  });

  test("continues with an authenticator that does not count", async () => {
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
