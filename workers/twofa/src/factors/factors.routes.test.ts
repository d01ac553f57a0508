import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { borrowPerson, codeOf, enrol, rowsOf, stepUp, textsOf } from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const recoveryCodesOf = (userId: string) =>
  rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", userId);

describe("the list", () => {
  test("shows the caller's own factors, oldest first, and no secret", async () => {
    const person = await borrowPerson(fountain);
    await enrol(await borrowPerson(fountain));
    const first = await enrol(person);
    const later = await enrol(person, await stepUp(fountain, person, first));
    const { status, body } = await person.call("GET", "/factors");
    expect(status).toBe(200);
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const shown = {
      type: "totp",
      name: "Authenticator app",
      createdAt: instant,
      confirmedAt: instant,
      lastUsedAt: instant,
    };
    expect(body).toEqual({
      items: [
        { factorId: first.factorId, ...shown },
        { factorId: later.factorId, ...shown },
      ],
      next: null,
    });
  });

  test("comes in pages that hold every factor once", async () => {
    const { call } = await borrowPerson(fountain);
    const created: unknown[] = [];
    for (let count = 0; count < 5; count += 1) created.push((await call("POST", "/factors/totp")).body["factorId"]);
    const seen: unknown[] = [];
    let after = "";
    do {
      const { body } = await call("GET", `/factors?limit=2${after && `&after=${after}`}`);
      if (Array.isArray(body["items"])) seen.push(...body["items"].map((item: { factorId: string }) => item.factorId));
      after = body["next"] === null ? "" : String(body["next"]);
    } while (after !== "");
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(created));
  });

  test("refuses a limit or a cursor of no sense", async () => {
    const { call } = await borrowPerson(fountain);
    for (const query of ["limit=0", "limit=201", "after=%21%21"])
      expect((await call("GET", `/factors?${query}`)).status).toBe(422);
  });
});

describe("removing a factor", () => {
  test("needs a second factor", async () => {
    const person = await borrowPerson(fountain);
    const { factorId } = await enrol(person);
    expect(await person.call("DELETE", `/factors/${factorId}`)).toMatchObject({
      status: 401,
      body: { code: "step-up-required" },
    });
  });

  test("takes its codes out of use, and with the last one the recovery codes", async () => {
    const person = await borrowPerson(fountain);
    const first = await enrol(person);
    const token = await stepUp(fountain, person, first);
    const later = await enrol(person, token);

    expect((await person.call("DELETE", `/factors/${first.factorId}`, { token })).status).toBe(204);
    expect((await person.call("POST", "/auth/verify", { json: { code: codeOf(first.secret, 1) } })).status).toBe(401);
    expect(await recoveryCodesOf(person.id)).toHaveLength(10);

    expect((await person.call("DELETE", `/factors/${later.factorId}`, { token })).status).toBe(204);
    expect(await recoveryCodesOf(person.id)).toEqual([]);
    expect((await person.call("GET", "/factors")).body).toEqual({ items: [], next: null });
    expect((await person.call("POST", "/recovery-codes", { token })).status).toBe(409);
    expect((await enrol(person)).recoveryCodes).toHaveLength(10);
  });

  test("finds only the caller's own", async () => {
    const owner = await borrowPerson(fountain);
    const { factorId } = await enrol(owner);
    const other = await borrowPerson(fountain);
    const token = await stepUp(fountain, other, await enrol(other));
    expect((await other.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(404);
    expect((await other.call("DELETE", "/factors/none", { token })).status).toBe(404);
    expect((await owner.call("GET", "/factors")).body["items"]).toHaveLength(1);
    expect(await recoveryCodesOf(other.id)).toHaveLength(10);
  });
});

describe("new recovery codes", () => {
  test("need a second factor", async () => {
    const person = await borrowPerson(fountain);
    await enrol(person);
    expect((await person.call("POST", "/recovery-codes")).status).toBe(401);
  });

  test("are ten, and the old ones die", async () => {
    const person = await borrowPerson(fountain);
    const factor = await enrol(person);
    const token = await stepUp(fountain, person, factor);
    const { status, headers, body } = await person.call("POST", "/recovery-codes", { token });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    const fresh = textsOf(body["recoveryCodes"]);
    expect(new Set(fresh).size).toBe(10);
    const verify = (recoveryCode: string | undefined) =>
      person.call("POST", "/auth/verify", { json: { recoveryCode } });
    expect((await verify(factor.recoveryCodes[0])).status).toBe(401);
    expect((await verify(fresh[0])).status).toBe(200);
  });
});
