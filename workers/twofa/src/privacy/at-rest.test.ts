import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { codeIn } from "../../../../tests/support/mail-server.ts";
import { register } from "../../../../tests/support/passkeys.ts";
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, startTwilio, type Twilio } from "../../../../tests/support/twilio.ts";
import { borrowPerson, codeOf, enrol, rowsOf, stepUp, wrongCodeOf } from "../../../../tests/support/twofa.ts";

let twilio: Twilio;
let fountain: Fountain;
beforeAll(async () => {
  twilio = await startTwilio();
  fountain = await startFountain({
    settings: {
      TWILIO_URL: twilio.url,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_FROM: SENDER,
    },
  });
});
afterAll(async () => {
  await fountain?.stop();
  await twilio?.stop();
});

const lastText = (): string => new URLSearchParams(twilio.requests.at(-1)?.body).get("Body") ?? "";

describe("at rest", () => {
  test("a copy of the database shows no seed, no recovery code, no phone number and no code that was sent", async () => {
    const person = await borrowPerson(fountain);
    const factor = await enrol(person);
    const phone = "+4915199887766";
    const token = await stepUp(fountain, person, factor);
    const { body } = await person.call("POST", "/factors/sms", { token, json: { phone } });
    const enrolmentCode = codeIn(lastText());
    await person.call("POST", `/factors/${body["factorId"]}/confirm`, { token, json: { code: enrolmentCode } });
    const { status } = await person.call("POST", "/auth/generate", { json: { channel: "sms" } });
    expect(status).toBe(202);
    const sentCode = codeIn(lastText());

    const tables = await rowsOf(fountain, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    const names = tables.map(({ name }) => String(name));
    expect(names).toEqual(expect.arrayContaining(["factors", "recovery_codes", "attempts", "challenges", "sends"]));
    const copy = JSON.stringify(await Promise.all(names.map((table) => rowsOf(fountain, `SELECT * FROM "${table}"`))));
    expect(copy).toContain(person.id);
    expect(copy).toContain(String(body["factorId"]));
    const { secret, recoveryCodes } = factor;
    expect(recoveryCodes).toHaveLength(10);
    const shorter = recoveryCodes.map((code) => code.replace("-", ""));
    for (const shown of [secret, ...recoveryCodes, ...shorter, phone, phone.slice(1), enrolmentCode, sentCode]) {
      for (const encoding of ["utf8", "base64url", "hex"] as const)
        expect(copy).not.toContain(Buffer.from(shown).toString(encoding));
    }
  });

  test("a sealed phone number moved to another factor's row is no destination", async () => {
    const owner = await borrowPerson(fountain);
    const thief = await borrowPerson(fountain);
    for (const [person, phone] of [
      [owner, "+4915199000001"],
      [thief, "+4915199000002"],
    ] as const) {
      const { body } = await person.call("POST", "/factors/sms", { json: { phone } });
      const json = { code: codeIn(lastText()) };
      expect((await person.call("POST", `/factors/${body["factorId"]}/confirm`, { json })).status).toBe(200);
    }
    await fountain.databases["twofa"]?.execute({
      sql: "UPDATE factors SET sealed_secret = (SELECT sealed_secret FROM factors WHERE user_id = ?) WHERE user_id = ?",
      args: [thief.id, owner.id],
    });
    const sent = twilio.requests.length;
    expect((await owner.call("POST", "/auth/generate", { json: { channel: "sms" } })).status).toBe(500);
    expect(twilio.requests).toHaveLength(sent);
  });

  test("the phone number is in its owner's personal data", async () => {
    const person = await borrowPerson(fountain);
    const phone = "+4915199000003";
    await person.call("POST", "/factors/sms", { json: { phone, name: "Mobile" } });
    const headers = { authorization: `Bearer ${person.token}` };
    const exported: unknown = await (await fountain.fetch("/kms/me/export", { headers })).json();
    expect(JSON.stringify(exported)).toContain(phone);
  });

  test("a passkey is in its owner's personal data, without its key", async () => {
    const person = await borrowPerson(fountain);
    const { authenticator, factorId } = await register(person);
    const headers = { authorization: `Bearer ${person.token}` };
    const exported: unknown = await (await fountain.fetch("/kms/me/export", { headers })).json();
    const passkey = {
      credentialId: authenticator.credentialId,
      aaguid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      transports: ["internal"],
      counter: expect.any(Number),
      backupEligible: false,
      backedUp: false,
      disabledAt: null,
    };
    expect(exported).toMatchObject({
      document: { secondFactor: { factors: [{ factorId, type: "webauthn", passkey }] } },
    });
    expect(JSON.stringify(exported)).not.toContain("publicKey");
  });

  test("a sealed secret moved to another user's row opens nothing", async () => {
    const owner = await borrowPerson(fountain);
    const thief = await borrowPerson(fountain);
    const { secret } = await enrol(owner);
    await enrol(thief);
    await fountain.databases["twofa"]?.execute({
      sql: `UPDATE factors SET last_step = 0, sealed_secret = (SELECT sealed_secret FROM factors WHERE user_id = ?)
            WHERE user_id = ?`,
      args: [owner.id, thief.id],
    });
    expect((await thief.call("POST", "/auth/verify", { json: { code: codeOf(secret) } })).status).toBe(500);
  });

  test("no secret and no code reaches the log", async () => {
    const person = await borrowPerson(fountain);
    const { secret, recoveryCodes } = await enrol(person);
    const codes = [wrongCodeOf(secret), codeOf(secret, 1)];
    for (const code of codes) await person.call("POST", "/auth/verify", { json: { code } });
    const logs = fountain.logs.join("\n");
    expect(logs).toContain(person.id);
    for (const shown of [secret, ...recoveryCodes]) expect(logs).not.toContain(shown);
    for (const code of codes) expect(logs).not.toMatch(new RegExp(`\\b${code}\\b`));
  });
});
