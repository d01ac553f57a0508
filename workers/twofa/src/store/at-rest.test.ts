import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/harness.ts";
import { borrowPerson, codeOf, enrol, rowsOf, wrongCodeOf } from "../testing.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

describe("at rest", () => {
  test("a copy of the database shows neither a seed nor a recovery code", async () => {
    const person = await borrowPerson(fountain);
    const { secret, recoveryCodes } = await enrol(person);
    const tables = ["factors", "recovery_codes", "attempts"];
    const copy = JSON.stringify(await Promise.all(tables.map((table) => rowsOf(fountain, `SELECT * FROM ${table}`))));
    expect(copy).toContain(person.id);
    expect(recoveryCodes).toHaveLength(10);
    for (const shown of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replace("-", ""))]) {
      for (const encoding of ["utf8", "base64url", "hex"] as const)
        expect(copy).not.toContain(Buffer.from(shown).toString(encoding));
    }
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
