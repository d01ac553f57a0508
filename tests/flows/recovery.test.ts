/** An administrator who lost everything gets their account back by a link of the operator's, across gateway, kms and twofa. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { makeAdministrator, storeLink } from "../support/kms/links.ts";
import { outbox } from "../support/messages/outbox.ts";
import { logIn as logInByPasskey, register } from "../support/passkeys.ts";
import { type Account, atOnce, enrol, logIn, newPerson, personWith, rowsOf, tally } from "../support/twofa.ts";

const NEW_PASSWORD = "kestrel meadow copper thimble";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const newAdministrator = async (): Promise<Account> => {
  const person = await newPerson(fountain, `${crypto.randomUUID()}@example.org`);
  await makeAdministrator(fountain, person.id);
  return person;
};

const linkFor = async ({ id }: Account): Promise<string> =>
  (await storeLink(fountain, { purpose: "recovery", userId: id })).token;

const recover = (token: string, newPassword = NEW_PASSWORD) =>
  send(fountain, "POST", "/kms/recover", { json: { token, newPassword } });

const factorsOf = (person: Account) => rowsOf(fountain, "SELECT id FROM factors WHERE user_id = ?", person.id);
const codesOf = (person: Account) => rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", person.id);
const pendingOf = async ({ id }: Account) => {
  const found = await fountain.databases["kms"]?.execute({
    sql: "SELECT before FROM factor_removals WHERE user_id = ?",
    args: [id],
  });
  return found?.rows.map((row) => Number(row["before"]));
};

/** As a twofa whose database takes no removal. */
const whileTwofaRemovesNothing = async (work: () => Promise<void>): Promise<void> => {
  const sql = "CREATE TRIGGER stuck BEFORE DELETE ON factors BEGIN SELECT RAISE(ABORT, 'stuck'); END";
  await fountain.databases["twofa"]?.execute(sql);
  try {
    await work();
  } finally {
    await fountain.databases["twofa"]?.execute("DROP TRIGGER stuck");
  }
};

describe("a recovery", () => {
  test("sets a password, removes all factors and ends all sessions; a first factor can be enrolled at once", async () => {
    const person = await newAdministrator();
    await enrol(person);
    const before = (await outbox(fountain)).waiting;
    expect(await recover(await linkFor(person))).toMatchObject({ status: 204 });
    expect([await factorsOf(person), await codesOf(person), await pendingOf(person)]).toEqual([[], [], []]);
    expect((await outbox(fountain)).waiting).toBe(before + 1);
    expect(await logIn(fountain, person.username, person.password)).toMatchObject({ token: "undefined" });
    const { token } = await logIn(fountain, person.username, NEW_PASSWORD);
    await enrol(personWith(fountain, token));
    const ended = await fountain.databases["kms"]?.execute({
      sql: "SELECT count(*) AS open FROM sessions WHERE user_id = ? AND ended_at IS NULL",
      args: [person.id],
    });
    expect(ended?.rows[0]?.["open"]).toBe(1);
  });

  test("happens once, however many come with the link", async () => {
    const person = await newAdministrator();
    const link = await linkFor(person);
    const { 204: succeeded, 403: refused = 0, 503: busy = 0 } = tally(await atOnce(100, () => recover(link)));
    expect([succeeded, refused + busy]).toEqual([1, 99]);
    expect(await recover(link)).toMatchObject({ status: 403 });
  });

  test("lifts what delays logins and codes", async () => {
    const person = await newAdministrator();
    await enrol(person);
    const wrong = { username: person.username, password: "wrong" };
    // Five, and at an address where they are known, five more.
    for (let tries = 0; tries < 11; tries += 1) await send(fountain, "POST", "/kms/login", { json: wrong });
    for (let tries = 0; tries < 5; tries += 1) await person.call("POST", "/auth/verify", { json: { code: "000000" } });
    const right = { username: person.username, password: person.password };
    expect(await send(fountain, "POST", "/kms/login", { json: right })).toMatchObject({ status: 429 });
    expect(await person.call("POST", "/auth/verify", { json: { code: "000000" } })).toMatchObject({ status: 429 });
    await recover(await linkFor(person));
    const { token } = await logIn(fountain, person.username, NEW_PASSWORD);
    await enrol(personWith(fountain, token));
  });

  test("that twofa does not follow at once is completed later, and no passkey opens a session until then", async () => {
    const person = await newAdministrator();
    const { authenticator } = await register(person);
    await whileTwofaRemovesNothing(async () => {
      expect(await recover(await linkFor(person))).toMatchObject({ status: 204 });
      expect(await factorsOf(person)).toHaveLength(1);
      expect(await logInByPasskey(fountain, person, authenticator)).toMatchObject({ status: 401 });
    });
    await fountain.runScheduled("twofa");
    expect([await factorsOf(person), await pendingOf(person)]).toEqual([[], []]);
  });

  test("that is completed twice leaves alone what was enrolled after it", async () => {
    const person = await newAdministrator();
    await enrol(person);
    const at = Date.now();
    await recover(await linkFor(person));
    const { token } = await logIn(fountain, person.username, NEW_PASSWORD);
    await enrol(personWith(fountain, token));
    // As if twofa had ended right after the removal.
    await fountain.databases["kms"]?.execute({
      sql: "INSERT INTO factor_removals (user_id, before) VALUES (?, ?)",
      args: [person.id, at],
    });
    await fountain.runScheduled("twofa");
    expect([(await factorsOf(person)).length, (await codesOf(person)).length]).toEqual([1, 10]);
    expect(await pendingOf(person)).toEqual([]);
  });
});

describe("a link", () => {
  test("that scanners have opened still works, by its page and without a script", async () => {
    const person = await newAdministrator();
    const path = `/account/recover?token=${await linkFor(person)}`;
    await fountain.fetch(path, { method: "HEAD" });
    await openVisitor(fountain).get(path);
    const visitor = openVisitor(fountain);
    await visitor.get(path);
    const weak = await visitor.submit("/account/recover", { newPassword: "short" });
    expect([weak.status, weak.html.includes('id="newPassword-error"')]).toEqual([422, true]);
    const set = await visitor.submit("/account/recover", { newPassword: NEW_PASSWORD });
    expect(set.location).toBe("/account/login?done=recovered");
    expect((await visitor.get(set.location ?? "")).text).toContain("your second factors are removed");
    const other = openVisitor(fountain);
    await other.get(path);
    const late = await other.submit("/account/recover", { newPassword: NEW_PASSWORD });
    expect([late.status, late.text.includes("This link is wrong, expired or already used.")]).toEqual([403, true]);
  });

  test("is worth nothing for a user who was locked, or is no administrator any more", async () => {
    const [locked, deposed] = [await newAdministrator(), await newAdministrator()];
    const links = [await linkFor(locked), await linkFor(deposed)] as const;
    const kms = fountain.databases["kms"];
    await kms?.execute({ sql: "UPDATE users SET locked_at = 1 WHERE id = ?", args: [locked.id] });
    await kms?.execute({ sql: `UPDATE users SET roles = '["user"]' WHERE id = ?`, args: [deposed.id] });
    for (const link of links) expect(await recover(link)).toMatchObject({ status: 403 });
    expect((await logIn(fountain, deposed.username, deposed.password)).token).toMatch(/^ey/);
  });

  test("is worth nothing once its user was locked, even if they are not any more, or has chosen another password", async () => {
    const [locked, other] = [await newAdministrator(), await newAdministrator()];
    const links = [await linkFor(locked), await linkFor(other)] as const;
    const { token } = await logIn(fountain);
    for (const change of ["lock", "unlock"])
      expect(await send(fountain, "POST", `/kms/users/${locked.id}/${change}`, { token })).toMatchObject({
        status: 200,
      });
    const session = await logIn(fountain, other.username, other.password);
    const json = { currentPassword: other.password, newPassword: "walnut ferry lichen postcard" };
    const changed = await send(fountain, "PUT", "/kms/me/password", { token: session.token, json });
    expect(changed).toMatchObject({ status: 204 });
    for (const link of links) expect(await recover(link)).toMatchObject({ status: 403 });
  });

  test("of another purpose recovers nothing, nor does a recovery link reset a password", async () => {
    const person = await newAdministrator();
    const { token } = await storeLink(fountain, { purpose: "password-reset", userId: person.id });
    expect(await recover(token)).toMatchObject({ status: 403 });
    const json = { token: await linkFor(person), newPassword: NEW_PASSWORD };
    expect(await send(fountain, "POST", "/kms/password/reset", { json })).toMatchObject({ status: 403 });
  });
});
