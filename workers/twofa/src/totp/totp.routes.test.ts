import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  atOnce,
  borrowPerson,
  codeOf,
  enrol,
  forgetTimeSteps,
  newPerson,
  type Person,
  pointersOf,
  rowsOf,
  stepUp,
  tally,
  textsOf,
  wrongCodeOf,
} from "../../../../tests/support/twofa.ts";

const RECOVERY_CODE = /^[0-9a-z]{5}-[0-9a-z]{5}$/;
const hasOathtool = spawnSync("oathtool", ["--version"]).status === 0;

let fountain: Fountain;
/** Has no factor, and gets none. */
let newcomer: Person;
beforeAll(async () => {
  fountain = await startFountain();
  newcomer = await newPerson(fountain);
});
afterAll(() => fountain?.stop());

const confirmedFactors = (userId: string) =>
  rowsOf(fountain, "SELECT id FROM factors WHERE user_id = ? AND confirmed_at IS NOT NULL", userId);
const storedRecoveryCodes = (userId: string) =>
  rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", userId);

describe("enrolling", () => {
  test("issues a secret of 160 bits, its URI and its QR code, and lets no cache keep a copy", async () => {
    const { status, headers, body } = await newcomer.call("POST", "/factors/totp");
    expect(status).toBe(201);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body["secret"]).toMatch(/^[A-Z2-7]{32}$/);
    expect(body["uri"]).toMatch(/^otpauth:\/\/totp\/Fountain:/);
    expect(new URL(String(body["uri"])).searchParams.get("secret")).toBe(body["secret"]);
    expect(body["qrSvg"]).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/);
    expect(Object.keys(body).sort()).toEqual(["factorId", "qrSvg", "secret", "uri"]);
  });

  test.skipIf(!hasOathtool)(
    "issues a secret from which oathtool generates the right codes (skipped without oathtool)",
    async () => {
      const { call } = await borrowPerson(fountain);
      const { body } = await call("POST", "/factors/totp");
      const code = execFileSync("oathtool", ["--totp", "--base32", String(body["secret"])], {
        encoding: "utf8",
      }).trim();
      const json = { factorId: body["factorId"], code };
      expect((await call("POST", "/factors/totp/confirm", { json })).status).toBe(200);
    },
  );

  test.each([
    ["no body", {}],
    ["an empty body of any type", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["an empty JSON body", { headers: { "content-type": "application/json" } }],
    ["an empty object", { json: {} }],
  ])("takes %s, and names the factor itself", async (_, sent) => {
    const { status, body } = await newcomer.call("POST", "/factors/totp", sent);
    expect(status).toBe(201);
    const shown = expect.objectContaining({ factorId: body["factorId"], name: "Authenticator app" });
    expect((await newcomer.call("GET", "/factors")).body["items"]).toContainEqual(shown);
  });

  test("keeps the name it is given", async () => {
    await newcomer.call("POST", "/factors/totp", { json: { name: "Old phone" } });
    const shown = expect.objectContaining({ name: "Old phone", confirmedAt: null });
    expect((await newcomer.call("GET", "/factors")).body["items"]).toContainEqual(shown);
  });

  test.each([[{ name: "" }], [{ name: 5 }], [{ name: "x".repeat(65) }]])(
    "refuses %j, pointing at the name",
    async (json) => {
      const refused = await newcomer.call("POST", "/factors/totp", { json });
      expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
      expect(pointersOf(refused)).toEqual(["#/name"]);
    },
  );

  test.each(["half\ud800", "two\u0000", "lines\r\n.", "turned\u202e"])("refuses %j for a name", async (name) => {
    const { call } = await borrowPerson(fountain);
    for (const [path, json] of [
      ["/factors/totp", { name }],
      ["/factors/webauthn/options", { name }],
      ["/factors/email", { address: "ann@example.org", name }],
      ["/factors/sms", { phone: "+4915112345678", name }],
    ] as const) {
      const refused = await call("POST", path, { json });
      expect(refused.status, path).toBe(422);
      expect(pointersOf(refused), path).toEqual(["#/name"]);
    }
  });

  test("refuses ids that are no Unicode text, and takes them for no outage", async () => {
    const person = await borrowPerson(fountain);
    await enrol(person);
    for (const [path, json, pointer] of [
      ["/factors/totp/confirm", { factorId: "\ud800", code: "123456" }, "#/factorId"],
      ["/auth/verify", { challengeId: "\ud800", code: "12345678" }, "#/challengeId"],
    ] as const) {
      const refused = await person.call("POST", path, { json });
      expect(refused.status, path).toBe(422);
      expect(pointersOf(refused), path).toEqual([pointer]);
    }
  });

  test("refuses JSON that does not parse", async () => {
    const response = await fountain.fetch("/twofa/factors/totp", {
      method: "POST",
      headers: { authorization: `Bearer ${newcomer.token}`, "content-type": "application/json" },
      body: "{",
    });
    expect(response.status).toBe(400);
  });

  test("keeps no more than five unconfirmed factors, the newest ones", async () => {
    const { id, call } = await borrowPerson(fountain);
    for (let count = 0; count < 7; count += 1) await call("POST", "/factors/totp", { json: { name: `${count}` } });
    const rows = await rowsOf(fountain, "SELECT name FROM factors WHERE user_id = ? ORDER BY created_at, id", id);
    expect(new Set(rows.map((row) => row["name"]))).toEqual(new Set(["2", "3", "4", "5", "6"]));
  });

  test("refuses an eleventh confirmed factor", async () => {
    const person = await borrowPerson(fountain);
    const first = await enrol(person);
    const token = await stepUp(fountain, person, first);
    await fountain.databases["twofa"]?.execute({
      sql: `INSERT INTO factors (id, user_id, type, name, sealed_secret, created_at, confirmed_at)
            SELECT user_id || copy.value, user_id, factors.type, name, sealed_secret, created_at, confirmed_at
            FROM factors, json_each('[1,2,3,4,5,6,7,8,9]') AS copy WHERE user_id = ?`,
      args: [person.id],
    });
    expect(await person.call("POST", "/factors/totp", { token })).toMatchObject({ status: 409 });
  });
});

describe("a second factor of one's own", () => {
  test("cannot be added without passing the first one", async () => {
    const person = await borrowPerson(fountain);
    const first = await enrol(person);
    const refused = await person.call("POST", "/factors/totp");
    expect(refused).toMatchObject({ status: 401, body: { code: "step-up-required" } });
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    const later = await enrol(person, await stepUp(fountain, person, first));
    expect(later.recoveryCodes).toEqual([]);
    expect(await confirmedFactors(person.id)).toHaveLength(2);
    expect(await storedRecoveryCodes(person.id)).toHaveLength(10);
  });

  test("can be added with a code sent along", async () => {
    const person = await borrowPerson(fountain);
    const { secret } = await enrol(person);
    await forgetTimeSteps(fountain, person);
    const headers = { "x-otp": codeOf(secret) };
    expect((await person.call("POST", "/factors/totp", { headers })).status).toBe(201);
    expect((await person.call("POST", "/factors/totp")).status).toBe(401);
  });

  test("enrolled before the first was confirmed, is not confirmed without passing that one", async () => {
    const person = await borrowPerson(fountain);
    const early = await person.call("POST", "/factors/totp");
    await enrol(person);
    const json = { factorId: early.body["factorId"], code: codeOf(String(early.body["secret"])) };
    expect(await person.call("POST", "/factors/totp/confirm", { json })).toMatchObject({
      status: 401,
      body: { code: "step-up-required" },
    });
  });
});

describe("confirming", () => {
  test("makes the factor active and shows ten recovery codes", async () => {
    const { call } = await borrowPerson(fountain);
    const { body } = await call("POST", "/factors/totp");
    const json = { factorId: body["factorId"], code: codeOf(String(body["secret"])) };
    const confirmed = await call("POST", "/factors/totp/confirm", { json });
    expect(confirmed.status).toBe(200);
    expect(confirmed.headers.get("cache-control")).toBe("no-store");
    expect(confirmed.body["factorId"]).toBe(body["factorId"]);
    const codes = textsOf(confirmed.body["recoveryCodes"]);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(RECOVERY_CODE);
    expect((await call("GET", "/factors")).body["items"]).toMatchObject([
      { confirmedAt: confirmed.body["confirmedAt"] },
    ]);
  });

  test("is done once, even by a user who has stepped up", async () => {
    const person = await borrowPerson(fountain);
    const factor = await enrol(person);
    const token = await stepUp(fountain, person, factor);
    await forgetTimeSteps(fountain, person);
    const json = { factorId: factor.factorId, code: codeOf(factor.secret) };
    expect(await person.call("POST", "/factors/totp/confirm", { token, json })).toMatchObject({ status: 409 });
  });

  test("refuses a wrong code, and leaves the factor without power", async () => {
    const { id, call } = await borrowPerson(fountain);
    const { body } = await call("POST", "/factors/totp");
    const secret = String(body["secret"]);
    const json = { factorId: body["factorId"], code: wrongCodeOf(secret) };
    expect(await call("POST", "/factors/totp/confirm", { json })).toMatchObject({
      status: 401,
      body: { code: "code-refused" },
    });
    expect((await call("POST", "/auth/verify", { json: { code: codeOf(secret) } })).status).toBe(401);
    expect(await confirmedFactors(id)).toEqual([]);
    expect(await storedRecoveryCodes(id)).toEqual([]);
  });

  test("uses up the code's time step", async () => {
    const { call } = await borrowPerson(fountain);
    const { body } = await call("POST", "/factors/totp");
    const code = codeOf(String(body["secret"]));
    expect((await call("POST", "/factors/totp/confirm", { json: { factorId: body["factorId"], code } })).status).toBe(
      200,
    );
    expect(await call("POST", "/auth/verify", { json: { code } })).toMatchObject({
      status: 401,
      body: { code: "code-refused" },
    });
  });

  test("of one factor many times at once succeeds once, with ten recovery codes", async () => {
    const { id, call } = await borrowPerson(fountain);
    const { body } = await call("POST", "/factors/totp");
    const json = { factorId: body["factorId"], code: codeOf(String(body["secret"])) };
    const responses = await atOnce(20, () => call("POST", "/factors/totp/confirm", { json }));
    expect(tally(responses)[200]).toBe(1);
    const codes = textsOf(responses.find(({ status }) => status === 200)?.body["recoveryCodes"]);
    expect(await storedRecoveryCodes(id)).toHaveLength(10);
    expect((await call("POST", "/auth/verify", { json: { recoveryCode: codes[0] } })).status).toBe(200);
  });

  test("of two first factors at once makes one of them active", async () => {
    const { id, call } = await borrowPerson(fountain);
    const begun = [await call("POST", "/factors/totp"), await call("POST", "/factors/totp")];
    const responses = await Promise.all(
      begun.map(({ body }) => {
        const json = { factorId: body["factorId"], code: codeOf(String(body["secret"])) };
        return call("POST", "/factors/totp/confirm", { json });
      }),
    );
    expect(tally(responses)).toEqual({ 200: 1, 401: 1 });
    expect(await confirmedFactors(id)).toHaveLength(1);
    expect(await storedRecoveryCodes(id)).toHaveLength(10);
  });

  test("of another user's factor finds nothing", async () => {
    const owner = await borrowPerson(fountain);
    const other = await borrowPerson(fountain);
    const { body } = await owner.call("POST", "/factors/totp");
    const json = { factorId: body["factorId"], code: codeOf(String(body["secret"])) };
    expect((await other.call("POST", "/factors/totp/confirm", { json })).status).toBe(404);
    expect(await confirmedFactors(owner.id)).toEqual([]);
  });

  test("is refused after an hour, and maintenance deletes unconfirmed enrolments", async () => {
    const person = await borrowPerson(fountain);
    const kept = await enrol(person);
    const token = await stepUp(fountain, person, kept);
    const { body } = await person.call("POST", "/factors/totp", { token });
    const sql = "UPDATE factors SET created_at = created_at - 3600000 WHERE user_id = ?";
    await fountain.databases["twofa"]?.execute({ sql, args: [person.id] });
    const json = { factorId: body["factorId"], code: codeOf(String(body["secret"])) };
    expect((await person.call("POST", "/factors/totp/confirm", { token, json })).status).toBe(404);
    expect((await person.call("GET", "/factors")).body["items"]).toMatchObject([{ factorId: kept.factorId }]);
    await fountain.runScheduled("twofa");
    expect(await rowsOf(fountain, "SELECT id FROM factors WHERE user_id = ?", person.id)).toEqual([
      { id: kept.factorId },
    ]);
  });

  test.each([
    [{ factorId: "f" }, "#/code"],
    [{ code: "123456" }, "#/factorId"],
    [{ factorId: "f", code: 123456 }, "#/code"],
    [{ factorId: "f", code: "12345" }, "#/code"],
  ])("refuses %j, pointing at the field", async (json, pointer) => {
    const refused = await newcomer.call("POST", "/factors/totp/confirm", { json });
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual([pointer]);
  });
});
