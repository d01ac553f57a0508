import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  atOnce,
  codeOf,
  endLock,
  enrol,
  forgetTimeSteps,
  newPerson,
  rowsOf,
  stepUp,
  tally,
  wrongCodeOf,
} from "../../../../tests/support/twofa.ts";

const WRONG_CODES = 1_000;
const AT_ONCE = 50;
const ALLOWED = 5;
/** Shorter than the first lock, after whose end one more code is checked. */
const GUESSING_MS = 25_000;

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

test("of 1,000 wrong codes, 50 at a time, exactly five are checked; the right one waits for the lock to end", async () => {
  const person = await newPerson(fountain);
  const bystander = await newPerson(fountain);
  const factor = await enrol(person);
  const bystanders = await enrol(bystander);
  const code = wrongCodeOf(factor.secret);
  const guess = (): Promise<Answer> => person.call("POST", "/auth/verify", { json: { code } });

  const responses: Answer[] = [];
  const endsAtMs = Date.now() + GUESSING_MS;
  while (responses.length < WRONG_CODES && Date.now() < endsAtMs) responses.push(...(await atOnce(AT_ONCE, guess)));
  expect(tally(responses)).toEqual({ 401: ALLOWED, 429: responses.length - ALLOWED });
  const [counted] = await rowsOf(fountain, "SELECT failures FROM attempts WHERE user_id = ?", person.id);
  expect(counted).toEqual({ failures: ALLOWED });

  await forgetTimeSteps(fountain, person);
  const right = { json: { code: codeOf(factor.secret) } };
  const refused = await person.call("POST", "/auth/verify", right);
  expect(refused).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const sentAlong = await person.call("POST", "/recovery-codes", { headers: { "x-otp": codeOf(factor.secret) } });
  expect(sentAlong.status).toBe(429);

  // Neither the password nor any other user is locked.
  const login = await fountain.fetch("/kms/me", { headers: { authorization: `Bearer ${person.token}` } });
  expect(login.status).toBe(200);
  await stepUp(fountain, bystander, bystanders);

  await endLock(fountain, person);
  expect((await person.call("POST", "/auth/verify", { json: { code: codeOf(factor.secret) } })).status).toBe(200);
}, 120_000);

test("wrong codes of a confirmation and of X-OTP count towards the same lock", async () => {
  const person = await newPerson(fountain);
  const factor = await enrol(person);
  const token = await stepUp(fountain, person, factor);
  const { body } = await person.call("POST", "/factors/totp", { token });
  const wrong = wrongCodeOf(factor.secret, String(body["secret"]));
  const confirm = (code: string) =>
    person.call("POST", "/factors/totp/confirm", { token, json: { factorId: body["factorId"], code } });
  for (let tried = 0; tried < 3; tried += 1) expect((await confirm(wrong)).status).toBe(401);
  for (let tried = 0; tried < 2; tried += 1)
    expect((await person.call("POST", "/recovery-codes", { headers: { "x-otp": wrong } })).status).toBe(401);
  expect((await confirm(codeOf(String(body["secret"])))).status).toBe(429);
  expect((await person.call("POST", "/auth/verify", { json: { recoveryCode: factor.recoveryCodes[0] } })).status).toBe(
    429,
  );
  await endLock(fountain, person);
  expect((await confirm(codeOf(String(body["secret"])))).status).toBe(200);
});
