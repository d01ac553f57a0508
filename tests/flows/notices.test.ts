/** Notices to users of what happens to their second factors: kept before it happens, and not used up by what strangers ask for. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { verifyAddress } from "../support/kms/links.ts";
import { storeMails } from "../support/messages/outbox.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const kindsOf = async (userId: string): Promise<unknown[]> => {
  const sql = "SELECT kind FROM mails WHERE user_id = ? AND kind <> 'email-verification' ORDER BY created_at, rowid";
  return (await fountain.databases["kms"]?.execute({ sql, args: [userId] }))?.rows.map((row) => row["kind"]) ?? [];
};

const stepUp = async (person: Account, proof: object): Promise<string> => {
  await forgetTimeSteps(fountain, person);
  const verified = await send(fountain, "POST", "/twofa/auth/verify", { token: person.token, json: proof });
  expect(verified.status, verified.text).toBe(200);
  return String(verified.body["access_token"]);
};

const people: Account[] = [];
beforeAll(async () => {
  for (const name of ["ann", "ben", "cleo"]) people.push(await newPerson(fountain, `${name}@example.org`));
});
const take = (): Account => {
  const person = people.pop();
  if (!person) throw new Error("no one is left");
  return person;
};

test("reports every change of factors and recovery codes to the verified address", async () => {
  const person = take();
  await verifyAddress(fountain, person.id);
  const { factorId, secret, recoveryCodes } = await enrol(person);
  const token = await stepUp(person, { recoveryCode: recoveryCodes[0] });
  expect((await person.call("POST", "/recovery-codes", { token })).status).toBe(200);
  expect((await person.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(204);
  expect(codeOf(secret)).toMatch(/^\d{6}$/);
  expect(await kindsOf(person.id)).toEqual([
    "factor-added",
    "recovery-code-used",
    "recovery-codes-replaced",
    "factor-removed",
  ]);
});

test("reports nothing to an address that is not verified, nor what did not happen", async () => {
  const person = take();
  const { recoveryCodes } = await enrol(person);
  await stepUp(person, { recoveryCode: recoveryCodes[0] });
  expect(await kindsOf(person.id)).toEqual([]);
  await verifyAddress(fountain, person.id);
  const wrong = { token: person.token, json: { recoveryCode: "00000-00000" } };
  expect((await send(fountain, "POST", "/twofa/auth/verify", wrong)).status).toBe(401);
  expect(await kindsOf(person.id)).toEqual([]);
});

test("mails that strangers have sent to a mailbox leave its owner's notices their room", async () => {
  const person = take();
  await verifyAddress(fountain, person.id);
  const destination = "ann@example.org";
  const ofStranger = {
    kind: "password-changed",
    data: { username: "other" },
    userId: "stranger",
    destination,
  } as const;
  await storeMails(fountain, Array(7).fill(ofStranger));
  const own = { ...ofStranger, userId: person.id, isOwn: true };
  await storeMails(fountain, Array(25).fill(own));
  const count = async (id: string) => (await kindsOf(id)).filter((kind) => kind === "password-changed").length;
  expect([await count("stranger"), await count(person.id)]).toEqual([5, 20]);
});
