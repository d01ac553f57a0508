/** How much a registered user can write to the database. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { newPerson, rowsOf } from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

/** More than the budget and what grows back meanwhile. */
const MOST_CALLS = 300;
/** As in the kms's audit budget. */
const BURST = 60;

const countEntries = async (actor: string): Promise<number> => {
  const sql = "SELECT 1 FROM audit_entries WHERE action = 'factor.enrol' AND actor = ?";
  const found = await fountain.databases["kms"]?.execute({ sql, args: [actor] });
  return found?.rows.length ?? 0;
};

test("a user who enrols without end gets 429, leaves no entry and no factor, and can still log out", async () => {
  const person = await newPerson(fountain);
  let enrolled = 0;
  let response = await person.call("POST", "/factors/totp");
  while (response.status === 201 && enrolled < MOST_CALLS) {
    enrolled += 1;
    response = await person.call("POST", "/factors/totp");
  }
  expect(enrolled).toBeGreaterThanOrEqual(BURST);
  expect(response).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await countEntries(person.id)).toBe(enrolled);
  expect(await rowsOf(fountain, "SELECT 1 FROM factors WHERE user_id = ?", person.id)).toHaveLength(5);

  const another = await newPerson(fountain);
  expect((await another.call("POST", "/factors/totp")).status).toBe(201);
  expect((await send(fountain, "POST", "/kms/logout", { token: person.token })).status).toBe(204);
});
