import { expect, test, vi } from "vitest";
import { send } from "../../../../tests/support/call.ts";
import { signToken } from "../../../../tests/support/kms.ts";
import { newAddress, useEmail } from "../../../../tests/support/messages/email.ts";
import { codeOf, enrol, forgetTimeSteps, logIn, newPerson, rowsOf, stepUp } from "../../../../tests/support/twofa.ts";

const email = useEmail();
/** A session that ended is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

const reset = async (id: string, token?: string) =>
  send(email.fountain, "DELETE", `/twofa/users/${id}/factors`, {
    token: token ?? (await signToken(email.fountain)),
  });

const countOf = async (table: string, userId: string): Promise<number> =>
  (await rowsOf(email.fountain, `SELECT * FROM ${table} WHERE user_id = ?`, userId)).length;

const resetsOf = async (userId: string) =>
  (
    await email.fountain.databases["kms"]?.execute({
      sql: "SELECT actor, outcome FROM audit_entries WHERE action = 'user.reset-factors' AND target = ?",
      args: [userId],
    })
  )?.rows;

test("shows and removes every factor, ends the sessions, and tells the user, who then enrols anew", async () => {
  const address = newAddress();
  const person = await newPerson(email.fountain, address);
  const enrolled = await enrol(person);
  const raised = await stepUp(email.fountain, person, enrolled);
  await person.call("POST", "/factors/totp", { token: raised });
  const token = await signToken(email.fountain);
  const { body } = await send(email.fountain, "GET", `/twofa/users/${person.id}/factors`, { token });
  expect(body["items"]).toMatchObject([{ type: "totp" }, { type: "totp", confirmedAt: null }]);
  expect((await reset(person.id)).status).toBe(204);

  for (const table of ["factors", "recovery_codes", "challenges"]) expect(await countOf(table, person.id)).toBe(0);
  await vi.waitFor(async () => {
    expect((await person.call("GET", "/factors")).status).toBe(401);
    expect((await person.call("GET", "/factors", { token: raised })).status).toBe(401);
  }, KNOWN_WITHIN);
  const notices = () => email.mailsTo(address).filter(({ raw }) => raw.includes("were removed"));
  await vi.waitFor(() => expect(notices()).toHaveLength(1), KNOWN_WITHIN);
  expect(await resetsOf(person.id)).toMatchObject([{ actor: "test-administrator", outcome: "success" }]);

  const again = await logIn(email.fountain, person.username, person.password);
  const login = { ...person, token: again.token };
  await forgetTimeSteps(email.fountain, person);
  const json = { code: codeOf(enrolled.secret) };
  expect((await person.call("POST", "/auth/verify", { token: again.token, json })).status).not.toBe(200);
  expect((await enrol(login, again.token)).recoveryCodes).toHaveLength(10);
});

test("writes to the address of a factor where the account has none, and to no one when there is nothing to remove", async () => {
  const person = await newPerson(email.fountain);
  const { address } = await email.enrolEmail(person);
  const before = email.mailsTo(address).length;
  for (let round = 0; round < 2; round += 1) expect((await reset(person.id)).status).toBe(204);
  await vi.waitFor(() => expect(email.mailsTo(address)).toHaveLength(before + 1), KNOWN_WITHIN);
  expect(await resetsOf(person.id)).toHaveLength(1);
});

test("completes what failed on the way: sessions end even when the factors are gone already", async () => {
  const person = await newPerson(email.fountain);
  expect((await reset(person.id)).status).toBe(204);
  await vi.waitFor(async () => expect((await person.call("GET", "/factors")).status).toBe(401), KNOWN_WITHIN);
});

test("touches no user who may do more than the caller, nor one who does not exist", async () => {
  const person = await newPerson(email.fountain);
  await enrol(person);
  const sql = "UPDATE users SET roles = '[\"admin\"]' WHERE id = ?";
  await email.fountain.databases["kms"]?.execute({ sql, args: [person.id] });
  const narrow = await signToken(email.fountain, { scopes: ["users:admin", "search:read"] });
  expect((await reset(person.id, narrow)).status).toBe(403);
  expect(await countOf("factors", person.id)).toBe(1);
  expect((await person.call("GET", "/factors")).status).toBe(200);
  expect((await reset("nobody")).status).toBe(404);
  expect((await reset(person.id)).status).toBe(204);
});

test("demands a second factor that was just passed, in person", async () => {
  const person = await newPerson(email.fountain);
  await enrol(person);
  const callers = [
    { acr: "aal1", amr: ["pwd"] },
    { authenticatedAt: new Date(Date.now() - 301_000) },
    { narrowed: true },
    { clientId: "films", actor: { subject: "service:films", sessionId: "a-key" } },
    { scopes: ["keys:write"] },
  ] as const;
  for (const caller of callers) {
    const { amr, scopes, ...grant } = { amr: ["pwd", "otp", "mfa"], scopes: undefined, ...caller };
    const token = await signToken(email.fountain, { ...grant, amr: [...amr], ...(scopes && { scopes: [...scopes] }) });
    expect([401, 403], JSON.stringify(caller)).toContain((await reset(person.id, token)).status);
  }
  expect(await countOf("factors", person.id)).toBe(1);
});
