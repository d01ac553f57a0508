/** Events of second factors are in the kms's audit trail; a change that cannot be recorded there is not made. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  codeOf,
  enrol,
  forgetTimeSteps,
  newPerson,
  type Person,
  rowsOf,
  stepUp,
  wrongCodeOf,
} from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const entriesOf = async ({ id }: Person): Promise<string[]> => {
  const sql =
    "SELECT action, outcome, reason FROM audit_entries WHERE actor = ? AND action LIKE 'factor.%' ORDER BY id";
  const found = await fountain.databases["kms"]?.execute({ sql, args: [id] });
  return (found?.rows ?? []).map((row) => [row["action"], row["outcome"], row["reason"]].filter(Boolean).join(" "));
};

const NO_AUDIT =
  "CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries WHEN NEW.action NOT LIKE 'token.%' BEGIN SELECT RAISE(ABORT, 'no audit'); END";

/** Does the work while no event of twofa can be recorded. */
const withoutAudit = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  await fountain.databases["kms"]?.execute(NO_AUDIT);
  try {
    return await work();
  } finally {
    await fountain.databases["kms"]?.execute("DROP TRIGGER no_audit");
  }
};

const heldBy = async ({ id }: Person): Promise<string> =>
  JSON.stringify([
    await rowsOf(fountain, "SELECT id, confirmed_at FROM factors WHERE user_id = ? ORDER BY id", id),
    await rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ? ORDER BY mac", id),
  ]);

test("records enrolment, right and wrong codes, lockouts and removal, in order", async () => {
  const person = await newPerson(fountain);
  const factor = await enrol(person);
  const token = await stepUp(fountain, person, factor);
  for (let attempt = 0; attempt < 5; attempt += 1)
    await person.call("POST", "/auth/verify", { json: { code: wrongCodeOf(factor.secret) } });
  await person.call("POST", "/auth/verify", { json: { code: wrongCodeOf(factor.secret) } });
  expect((await person.call("DELETE", `/factors/${factor.factorId}`, { token })).status).toBe(204);
  expect(await entriesOf(person)).toEqual([
    "factor.enrol success",
    "factor.confirm success",
    "factor.verify success confirmation",
    "factor.verify success totp",
    ...Array.from({ length: 5 }, () => "factor.verify failure wrong-code"),
    "factor.lock refused too-many-attempts",
    "factor.verify refused locked",
    "factor.remove success",
  ]);
});

test("makes no change of a factor or of recovery codes that cannot be recorded", async () => {
  const person = await newPerson(fountain);
  const unavailable = { status: 503, body: { code: "unavailable" } };
  const begun = await person.call("POST", "/factors/totp");
  const [factorId, secret] = [String(begun.body["factorId"]), String(begun.body["secret"])];
  const confirm = () => person.call("POST", "/factors/totp/confirm", { json: { factorId, code: codeOf(secret) } });

  let before = await heldBy(person);
  expect(await withoutAudit(() => person.call("POST", "/factors/totp"))).toMatchObject(unavailable);
  expect(await withoutAudit(confirm)).toMatchObject(unavailable);
  expect(await heldBy(person)).toBe(before);

  expect((await confirm()).status).toBe(200);
  before = await heldBy(person);
  const token = await stepUp(fountain, person, { factorId, secret, recoveryCodes: [] });
  expect(await withoutAudit(() => person.call("POST", "/recovery-codes", { token }))).toMatchObject(unavailable);
  expect(await withoutAudit(() => person.call("DELETE", `/factors/${factorId}`, { token }))).toMatchObject(unavailable);
  expect(await heldBy(person)).toBe(before);
  await forgetTimeSteps(fountain, person);
  const refused = await withoutAudit(() =>
    person.call("POST", "/auth/verify", { json: { code: wrongCodeOf(secret) } }),
  );
  expect(refused.status).toBe(401);
});
