/** Signature counters of passkeys: responses out of order are refused, copies of an authenticator are detected. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Authenticator } from "../../../../tests/support/authenticator.ts";
import { createAuthenticator } from "../../../../tests/support/authenticator.ts";
import { type Answer, send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { asked, challenge, handleOf, logIn, pass, register } from "../../../../tests/support/passkeys.ts";
import { borrowPerson, type Person, rowsOf } from "../../../../tests/support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const FIRST = 5;

const registered = async () => {
  const person = await borrowPerson(fountain);
  return { person, ...(await register(person, createAuthenticator(), { counter: FIRST })) };
};

/** What the authenticator signs at this counter, to be sent whenever it is. */
const stepUpResponse = (person: Person, authenticator: Authenticator, options: Answer, counter: number) => {
  const response = authenticator.get({ ...asked(options), counter });
  return () => person.call("POST", "/auth/verify", { json: { response } });
};

const loginResponse = (person: Person, authenticator: Authenticator, options: Answer, counter: number) => {
  const response = authenticator.get({ ...asked(options), counter, userHandle: handleOf(person) });
  const json = { challengeId: options.body["challengeId"], response };
  return () => send(fountain, "POST", "/kms/login/passkey", { json });
};

const loginOptions = (): Promise<Answer> => send(fountain, "POST", "/kms/login/passkey/options");

const passkeyRow = async (factorId: string) => {
  const [row] = await rowsOf(fountain, "SELECT counter, disabled_at FROM passkeys WHERE factor_id = ?", factorId);
  return row;
};

describe("two responses in the other order than they were signed in", () => {
  test("cost the late one, at a step-up", async () => {
    const { person, authenticator, factorId } = await registered();
    const [options, later] = [await challenge(person), await challenge(person)];
    const x = stepUpResponse(person, authenticator, options, FIRST + 1);
    const y = stepUpResponse(person, authenticator, later, FIRST + 2);
    expect(await y()).toMatchObject({ status: 200 });
    expect(await x()).toMatchObject({ status: 401, body: { code: "code-refused" } });
    expect(await x()).toMatchObject({ status: 401, body: { code: "code-refused" } });
    expect(await passkeyRow(factorId)).toEqual({ counter: FIRST + 2, disabled_at: null });
    // It was no guess either.
    expect(
      await rowsOf(fountain, "SELECT failures FROM attempts WHERE user_id = ? AND failures > 0", person.id),
    ).toEqual([]);
    expect(await pass(person, authenticator, { counter: FIRST + 3 })).toMatchObject({ status: 200 });
  });

  test("cost the late one, at a login", async () => {
    const { person, authenticator, factorId } = await registered();
    const x = loginResponse(person, authenticator, await loginOptions(), FIRST + 1);
    const y = loginResponse(person, authenticator, await loginOptions(), FIRST + 2);
    expect(await y()).toMatchObject({ status: 200 });
    expect(await x()).toMatchObject({ status: 401 });
    expect(await passkeyRow(factorId)).toEqual({ counter: FIRST + 2, disabled_at: null });
    expect(await logIn(fountain, person, authenticator, { counter: FIRST + 3 })).toMatchObject({ status: 200 });
  });

  test("cost the late one, of a login and a step-up", async () => {
    const { person, authenticator, factorId } = await registered();
    const x = stepUpResponse(person, authenticator, await challenge(person), FIRST + 1);
    const y = loginResponse(person, authenticator, await loginOptions(), FIRST + 2);
    expect(await y()).toMatchObject({ status: 200 });
    expect(await pass(person, authenticator, { counter: FIRST + 3 })).toMatchObject({ status: 200 });
    expect(await x()).toMatchObject({ status: 401 });
    expect(await passkeyRow(factorId)).toEqual({ counter: FIRST + 3, disabled_at: null });
  });

  test("disable nothing when they all come at once", async () => {
    const { person, authenticator, factorId } = await registered();
    const responses: (() => Promise<Answer>)[] = [];
    for (let tab = 1; tab <= 4; tab += 1)
      responses.push(stepUpResponse(person, authenticator, await challenge(person), FIRST + tab));
    const statuses = (await Promise.all(responses.reverse().map((respond) => respond()))).map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(await passkeyRow(factorId)).toEqual({ counter: FIRST + 4, disabled_at: null });
  });
});

describe("a copy of the authenticator", () => {
  test.each([
    ["stands still", FIRST],
    ["goes back", FIRST - 1],
    ["does not count", 0],
  ])("is detected when its counter %s", async (_how, counter) => {
    const { person, authenticator, factorId } = await registered();
    expect(await pass(person, authenticator, { counter })).toMatchObject({ status: 401 });
    expect(await passkeyRow(factorId)).toMatchObject({ counter: FIRST, disabled_at: expect.any(Number) });
  });

  test("is detected with an old challenge too, by the counter that was known when it was issued", async () => {
    const { person, authenticator, factorId } = await registered();
    const old = await challenge(person);
    expect(await pass(person, authenticator, { counter: FIRST + 1 })).toMatchObject({ status: 200 });
    expect(await pass(person, authenticator, { counter: FIRST + 2 })).toMatchObject({ status: 200 });
    expect(await stepUpResponse(person, authenticator, old, FIRST)()).toMatchObject({ status: 401 });
    expect(await passkeyRow(factorId)).toMatchObject({ counter: FIRST + 2, disabled_at: expect.any(Number) });
  });

  test("is detected when it was quicker than the owner, at the owner's next response", async () => {
    const { person, authenticator, factorId } = await registered();
    expect(await logIn(fountain, person, authenticator, { counter: FIRST + 1 })).toMatchObject({ status: 200 });
    expect(await logIn(fountain, person, authenticator, { counter: FIRST + 1 })).toMatchObject({ status: 401 });
    expect(await passkeyRow(factorId)).toMatchObject({ disabled_at: expect.any(Number) });
  });

  test("disables the passkey, and the response says so and what to do", async () => {
    const { person, authenticator, recoveryCodes, factorId } = await registered();
    await pass(person, authenticator, { counter: FIRST });
    const refused = await person.call("POST", "/auth/generate", { json: { channel: "webauthn" } });
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/disabled.*recovery code/) } });

    const [recoveryCode] = recoveryCodes;
    const raised = await person.call("POST", "/auth/verify", { json: { recoveryCode } });
    const token = String(raised.body["access_token"]);
    expect(await person.call("DELETE", `/factors/${factorId}`, { token })).toMatchObject({ status: 204 });
    await register(person, authenticator, { token, counter: FIRST + 1 });
    expect(await pass(person, authenticator, { counter: FIRST + 2 })).toMatchObject({ status: 200 });
  });
});
