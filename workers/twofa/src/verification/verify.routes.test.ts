import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Answer } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  atOnce,
  borrowPerson,
  codeOf,
  endLock,
  enrol,
  forgetTimeSteps,
  newPerson,
  type Person,
  pointersOf,
  rowsOf,
  stepUp,
  tally,
  wrongCodeOf,
} from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const verify = (person: Person, json: unknown): Promise<Answer> => person.call("POST", "/auth/verify", { json });

/** A user with a confirmed factor, whose code of now has not been used. */
const newEnrolled = async (given?: Person) => {
  const person = given ?? (await borrowPerson(fountain));
  const factor = await enrol(person);
  await forgetTimeSteps(fountain, person);
  return { person, factor };
};

describe("a right code", () => {
  test("raises the session to aal2", async () => {
    const { person, factor } = await newEnrolled();
    const { status, headers, body } = await verify(person, { code: codeOf(factor.secret) });
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: expect.any(Number) });
    const claims = decodeJwt(String(body["access_token"]));
    expect(claims).toMatchObject({ sub: person.id, acr: "aal2", sid: decodeJwt(person.token)["sid"] });
    expect(claims["amr"]).toContain("otp");
  });

  test.each([" ", "-", "\u00a0", "\u202f", "\n", "\t", "\u200b", "\u2013"])("is taken with the gap %j", async (gap) => {
    const { person, factor } = await newEnrolled();
    const code = codeOf(factor.secret);
    expect((await verify(person, { code: `${code.slice(0, 3)}${gap}${code.slice(3)}${gap}` })).status).toBe(200);
  });

  test("is taken in full-width digits, however many marks are around them", async () => {
    const { person, factor } = await newEnrolled();
    const wide = codeOf(factor.secret).replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    expect((await verify(person, { code: `\u2066${wide.split("").join("\u200b")}\u2069` })).status).toBe(200);
    expect((await verify(person, { code: wide.padEnd(65, "\u200b") })).status).toBe(422);
  });

  test("may be one of any of the user's factors", async () => {
    const { person, factor } = await newEnrolled();
    const later = await enrol(person, await stepUp(fountain, person, factor));
    await forgetTimeSteps(fountain, person);
    expect((await verify(person, { code: codeOf(later.secret) })).status).toBe(200);
    expect((await verify(person, { code: codeOf(factor.secret) })).status).toBe(200);
  });

  test("is accepted once, and no earlier code after it", async () => {
    const { person, factor } = await newEnrolled();
    const [before, code] = [codeOf(factor.secret, -1), codeOf(factor.secret)];
    expect((await verify(person, { code })).status).toBe(200);
    for (const used of [code, before])
      expect(await verify(person, { code: used })).toMatchObject({ status: 401, body: { code: "code-refused" } });
  });

  test("sent a hundred times at once succeeds exactly once", async () => {
    const { person, factor } = await newEnrolled();
    const code = codeOf(factor.secret);
    const counts = tally(await atOnce(100, () => verify(person, { code })));
    expect(counts[200]).toBe(1);
    expect((counts[401] ?? 0) + (counts[429] ?? 0)).toBe(99);
  });

  test("sent again and again, locks no one out", async () => {
    const { person, factor } = await newEnrolled();
    const code = codeOf(factor.secret);
    expect((await verify(person, { code })).status).toBe(200);
    for (let count = 0; count < 8; count += 1) expect((await verify(person, { code })).status).toBe(401);
    expect((await verify(person, { recoveryCode: factor.recoveryCodes[0] })).status).toBe(200);
  });

  test("of another user is worth nothing", async () => {
    const { factor } = await newEnrolled();
    const { person: other } = await newEnrolled();
    expect((await verify(other, { code: codeOf(factor.secret) })).status).toBe(401);
  });

  test("is refused when the session has ended", async () => {
    const { person, factor } = await newEnrolled(await newPerson(fountain));
    const sql = "UPDATE sessions SET ended_at = 1 WHERE user_id = ?";
    await fountain.databases["kms"]?.execute({ sql, args: [person.id] });
    expect(await verify(person, { code: codeOf(factor.secret) })).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
    });
  });
});

describe("a caller without a factor", () => {
  test("gets a link to enrol one", async () => {
    const person = await borrowPerson(fountain);
    for (const json of [{ code: "123456" }, { recoveryCode: "abcde-fghjk" }]) {
      const refused = await verify(person, json);
      expect(refused).toMatchObject({ status: 401, body: { code: "code-refused" } });
      expect(refused.body["detail"]).toContain("POST /twofa/factors/totp");
    }
  });
});

describe("a recovery code", () => {
  test("raises the session, once, however it is typed", async () => {
    const { person, factor } = await newEnrolled();
    const [code = ""] = factor.recoveryCodes;
    const raised = await verify(person, { recoveryCode: ` ${code.toUpperCase().replace("-", " ")} ` });
    expect(raised.status).toBe(200);
    expect(decodeJwt(String(raised.body["access_token"]))["acr"]).toBe("aal2");
    expect((await verify(person, { recoveryCode: code })).status).toBe(401);
    expect(await rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", person.id)).toHaveLength(9);
  });

  test("sent twenty times at once succeeds exactly once", async () => {
    const { person, factor } = await newEnrolled();
    const responses = await atOnce(20, () => verify(person, { recoveryCode: factor.recoveryCodes[0] }));
    expect(tally(responses)[200]).toBe(1);
  });

  test("of another user is worth nothing", async () => {
    const { factor } = await newEnrolled();
    const { person: other } = await newEnrolled();
    expect((await verify(other, { recoveryCode: factor.recoveryCodes[0] })).status).toBe(401);
  });
});

describe("the lockout", () => {
  test("checks exactly five of fifty wrong codes sent at once, and none until it ends", async () => {
    const { person, factor } = await newEnrolled();
    const bystander = await newEnrolled();
    const wrong = wrongCodeOf(factor.secret);
    const responses = await atOnce(50, () => verify(person, { code: wrong }));
    expect(tally(responses)).toEqual({ 401: 5, 429: 45 });

    const right = { code: codeOf(factor.secret) };
    const locked = await verify(person, right);
    expect(locked).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(locked.headers.get("retry-after"))).toBeLessThanOrEqual(30);
    expect((await verify(person, { recoveryCode: factor.recoveryCodes[0] })).status).toBe(429);
    expect((await verify(bystander.person, { code: codeOf(bystander.factor.secret) })).status).toBe(200);

    await endLock(fountain, person);
    expect((await verify(person, right)).status).toBe(200);
  });

  test("counts over all factors and recovery codes together", async () => {
    const { person, factor } = await newEnrolled();
    const later = await enrol(person, await stepUp(fountain, person, factor));
    const code = wrongCodeOf(factor.secret, later.secret);
    const guesses = [{ code }, { recoveryCode: "0" }, { code }, { recoveryCode: "1" }, { code }];
    for (const guess of guesses) expect((await verify(person, guess)).status).toBe(401);
    expect((await verify(person, { recoveryCode: factor.recoveryCodes[0] })).status).toBe(429);
  });

  test("lets one attempt through after each lock and doubles the next, up to fifteen minutes", async () => {
    const { person, factor } = await newEnrolled();
    const code = wrongCodeOf(factor.secret);
    for (let count = 0; count < 5; count += 1) await verify(person, { code });
    for (const seconds of [60, 120, 240, 480, 900, 900]) {
      await endLock(fountain, person);
      expect(tally(await atOnce(5, () => verify(person, { code })))).toEqual({ 401: 1, 429: 4 });
      const retryAfter = Number((await verify(person, { code })).headers.get("retry-after"));
      expect(retryAfter).toBeGreaterThan(seconds / 2);
      expect(retryAfter).toBeLessThanOrEqual(seconds);
    }
  });

  test("forgets the failures at a success", async () => {
    const { person, factor } = await newEnrolled();
    const code = wrongCodeOf(factor.secret);
    for (let count = 0; count < 4; count += 1) await verify(person, { code });
    expect((await verify(person, { code: codeOf(factor.secret) })).status).toBe(200);
    for (let count = 0; count < 5; count += 1) expect((await verify(person, { code })).status).toBe(401);
    expect((await verify(person, { code })).status).toBe(429);
  });

  test("does not count input that cannot be a code", async () => {
    const { person, factor } = await newEnrolled();
    for (let count = 0; count < 8; count += 1) expect((await verify(person, { code: "12345" })).status).toBe(422);
    expect((await verify(person, { code: codeOf(factor.secret) })).status).toBe(200);
  });

  test("is recorded in the log", async () => {
    const { person, factor } = await newEnrolled(await newPerson(fountain));
    const code = wrongCodeOf(factor.secret);
    for (let count = 0; count < 5; count += 1) await verify(person, { code });
    const events = fountain.logs
      .filter((line) => line.includes(person.id) && line.includes('"service":"twofa"'))
      .map((line) => z.looseObject({ event: z.string() }).parse(JSON.parse(line)))
      .filter(({ event }) => event === "security")
      .map(({ action, outcome, reason, method }) => [action, outcome, reason, method].filter(Boolean).join(" "));
    expect(events).toEqual([
      "factor.enrol success",
      "factor.confirm success",
      "factor.verify success confirmation",
      ...Array.from({ length: 5 }, () => "factor.verify failure wrong-code totp"),
      "factor.lock refused too-many-attempts",
    ]);
  });
});

describe("a code sent along with one request", () => {
  const replaceCodes = (person: Person, code: string) =>
    person.call("POST", "/recovery-codes", { headers: { "x-otp": code } });

  test("is valid for that request only", async () => {
    const { person, factor } = await newEnrolled();
    const code = codeOf(factor.secret);
    expect((await person.call("POST", "/recovery-codes")).status).toBe(401);
    expect((await replaceCodes(person, code)).status).toBe(200);
    expect(await replaceCodes(person, code)).toMatchObject({ status: 401, body: { code: "code-refused" } });
    expect((await person.call("POST", "/recovery-codes")).status).toBe(401);
    expect((await verify(person, { code })).status).toBe(401);
  });

  test("sent with fifty requests at once is valid for one of them", async () => {
    const { person, factor } = await newEnrolled();
    const code = codeOf(factor.secret);
    expect(tally(await atOnce(50, () => replaceCodes(person, code)))[200]).toBe(1);
  });

  test("counts when it is wrong, and is not looked at while the user is locked", async () => {
    const { person, factor } = await newEnrolled();
    const wrong = wrongCodeOf(factor.secret);
    expect(tally(await atOnce(20, () => replaceCodes(person, wrong)))).toEqual({ 401: 5, 429: 15 });
    expect((await replaceCodes(person, codeOf(factor.secret))).status).toBe(429);
  });

  test("that cannot be a code is refused without counting", async () => {
    const { person, factor } = await newEnrolled();
    for (let count = 0; count < 8; count += 1) expect((await replaceCodes(person, "abc")).status).toBe(401);
    expect((await replaceCodes(person, codeOf(factor.secret))).status).toBe(200);
  });
});

describe("the body", () => {
  let person: Person;
  beforeAll(async () => {
    person = await newPerson(fountain);
  });

  test.each([
    [{}, ["#/code"]],
    [{ code: 123456 }, ["#/code"]],
    [{ code: "12345" }, ["#/code"]],
    [{ code: "一二三四五六" }, ["#/code"]],
    [{ recoveryCode: "" }, ["#/recoveryCode"]],
    [{ code: "123456", recoveryCode: "abcde-fghjk" }, ["#/code"]],
    [{ code: "12345678" }, ["#/code"]],
    [{ challengeId: "c" }, ["#/code"]],
    [{ challengeId: "c", code: "123456" }, ["#/code"]],
    [{ challengeId: "c", recoveryCode: "abcde-fghjk" }, ["#/code"]],
    [{ challengeId: "", code: "12345678" }, ["#/challengeId"]],
  ])("%j is refused, pointing at the field", async (json, pointers) => {
    const refused = await verify(person, json);
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(refused)).toEqual(pointers);
  });
});
