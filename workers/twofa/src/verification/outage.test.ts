import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { codeOf, enrol, forgetTimeSteps, newPerson } from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ ownSqld: true });
});
afterAll(() => fountain?.stop());

test("without its database twofa takes no code, uses up none, and takes it when the database is back", async () => {
  const person = await newPerson(fountain);
  const { secret } = await enrol(person);
  await forgetTimeSteps(fountain, person);
  const code = codeOf(secret);
  const verify = () => person.call("POST", "/auth/verify", { json: { code } });

  await fountain.killSqld();
  const unavailable = { status: 503, body: { code: "unavailable" } };
  expect(await verify()).toMatchObject(unavailable);
  expect(await person.call("POST", "/recovery-codes", { headers: { "x-otp": code } })).toMatchObject(unavailable);

  await fountain.restartSqld();
  await expect.poll(async () => (await verify()).status, { timeout: 10_000 }).toBe(200);
});
