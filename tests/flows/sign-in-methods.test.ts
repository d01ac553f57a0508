/** What a login may begin with, as the operator sets it: on the page, and by calls that no page has made. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { createAuthenticator } from "../support/authenticator.ts";
import { send } from "../support/call.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { asked, handleOf, logIn as logInByPasskey, register } from "../support/passkeys.ts";
import { type Account, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
let person: Account;
let authenticator: ReturnType<typeof createAuthenticator>;
const others: Fountain[] = [];
beforeAll(async () => {
  fountain = await startFountain();
  person = await newPerson(fountain);
  ({ authenticator } = await register(person));
});
afterAll(async () => {
  for (const each of [...others, fountain]) await each?.stop();
});

/** The same installation, once the operator has set it. */
const startWith = async (SIGN_IN_METHODS: string): Promise<Fountain> => {
  const other = await startFountain({ beside: fountain, settings: { SIGN_IN_METHODS } });
  others.push(other);
  return other;
};

const logInByPassword = (at: Fountain) =>
  send(at, "POST", "/kms/login", { json: { username: person.username, password: person.password } });

const REFUSED = { status: 403, body: { code: "forbidden" } };

test("both are offered by default", async () => {
  const { html } = await openVisitor(fountain).get("/account/login");
  expect([html.includes('name="password"'), html.includes('data-ceremony="log-in"')]).toEqual([true, true]);
  expect((await logInByPassword(fountain)).status).toBe(200);
  expect((await logInByPasskey(fountain, person, authenticator)).status).toBe(200);
});

test("with `passkey` alone, no password logs anyone in, by whatever way", async () => {
  const strict = await startWith("passkey");
  const visitor = openVisitor(strict);
  const { html } = await visitor.get("/account/login");
  expect([html.includes('name="password"'), html.includes('data-ceremony="log-in"')]).toEqual([false, true]);
  expect(await logInByPassword(strict)).toMatchObject(REFUSED);
  const { username, password } = person;
  const { form = "" } = visitor.formOf("/account/login");
  expect((await visitor.post("/account/login", { form, username, password })).status).toBe(403);
  expect((await logInByPasskey(strict, person, authenticator)).status).toBe(200);
});

test("with `password` alone, no passkey logs anyone in, not even with options from before", async () => {
  const options = await send(fountain, "POST", "/kms/login/passkey/options");
  const strict = await startWith("password");
  const { html } = await openVisitor(strict).get("/account/login");
  expect([html.includes('name="password"'), html.includes('data-ceremony="log-in"')]).toEqual([true, false]);
  expect(await send(strict, "POST", "/kms/login/passkey/options")).toMatchObject(REFUSED);
  const response = authenticator.get({ ...asked(options), userHandle: handleOf(person) });
  const json = { challengeId: options.body["challengeId"], response };
  expect(await send(strict, "POST", "/kms/login/passkey", { json })).toMatchObject(REFUSED);
  expect((await logInByPassword(strict)).status).toBe(200);
});
