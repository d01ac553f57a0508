/** The first administrator of an installation gets in by the link that a start shows, across gateway and kms. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type OpenFountain, startFountain } from "../support/harness.ts";
import { makeAdministrator, storeLink } from "../support/kms/links.ts";
import { logIn, newPerson } from "../support/twofa.ts";

const PATH = "/account/first-login";
const NEW_PASSWORD = "kestrel meadow copper thimble";

let fountain: OpenFountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const execute = async (sql: string, ...args: string[]) =>
  (await fountain.databases["kms"]?.execute({ sql, args }))?.rows ?? [];

const administratorId = async (): Promise<string> => {
  const [row] = await execute("SELECT id FROM users WHERE username = ?", fountain.adminUsername);
  return String(row?.["id"]);
};

let password: string;

/** As after the first start, but for the password, which the test before has chosen. */
beforeEach(async () => {
  const id = await administratorId();
  password = fountain.adminPassword;
  const { token } = await storeLink(fountain, { purpose: "password-reset", userId: id });
  await send(fountain, "POST", "/kms/password/reset", { json: { token, newPassword: password } });
  await execute("DELETE FROM sessions WHERE user_id = ?", id);
  await execute("UPDATE users SET awaits_first_login = 1, password_changed_at = NULL WHERE id = ?", id);
});

const newLink = async (): Promise<string> => {
  const link = await fountain.firstLoginLink();
  expect(link?.username).toBe(fountain.adminUsername);
  const { pathname, search } = new URL(link?.url ?? "");
  expect(pathname).toBe(PATH);
  return pathname + search;
};

const choose = async (path: string) => {
  const visitor = openVisitor(fountain);
  await visitor.get(path);
  return { visitor, answer: await visitor.submit(PATH, { newPassword: NEW_PASSWORD }) };
};

const isDead = async (path: string): Promise<boolean> =>
  (await openVisitor(fountain).get(path)).text.includes("This link has expired");

const sessions = async (): Promise<number> => {
  const [row] = await execute("SELECT count(*) AS n FROM sessions WHERE user_id = ?", await administratorId());
  return Number(row?.["n"]);
};

test("a link that scanners have opened leads in, with a password of one's own, once", async () => {
  const path = await newLink();
  await fountain.fetch(path, { method: "HEAD" });
  for (const _ of [1, 2]) expect((await openVisitor(fountain).get(path)).text).toContain("Welcome to Fountain");
  const visitor = openVisitor(fountain);
  await visitor.get(path);
  const weak = await visitor.submit(PATH, { newPassword: "short" });
  expect([weak.status, weak.html.includes('id="newPassword-error"')]).toEqual([422, true]);
  const chosen = await visitor.submit(PATH, { newPassword: NEW_PASSWORD });
  expect([chosen.status, chosen.location]).toEqual([303, "/console"]);
  expect((await visitor.get("/account")).text).toContain(fountain.adminUsername);
  expect(await sessions()).toBe(1);
  // Who opens it again is in; a stranger learns nothing.
  expect((await visitor.get(path)).location).toBe(chosen.location);
  expect(await isDead(path)).toBe(true);
  expect(await fountain.firstLoginLink()).toBeNull();
  expect(await send(fountain, "POST", "/kms/login", { json: { username: "admin", password } })).toMatchObject({
    status: 401,
  });
});

test("of many who send the form at once, one gets in", async () => {
  const path = await newLink();
  const visitor = openVisitor(fountain);
  await visitor.get(path);
  const form = visitor.formOf(PATH);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => visitor.post(PATH, { ...form, newPassword: NEW_PASSWORD })),
  );
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(await sessions()).toBe(1);
});

test("each start makes a link, and voids the one before", async () => {
  const [first, second] = [await newLink(), await newLink()];
  expect([await isDead(first), await isDead(second)]).toEqual([true, false]);
  const made = await Promise.all(Array.from({ length: 8 }, () => fountain.firstLoginLink()));
  expect(made.every((link) => link !== null)).toBe(true);
  expect(await execute("SELECT id FROM links WHERE purpose = 'first-login'")).toHaveLength(1);
  expect(await isDead(second)).toBe(true);
});

test("is void once the administrator has logged in, was locked, or has chosen a password", async () => {
  const id = await administratorId();
  const byLogin = await newLink();
  await logIn(fountain);
  expect([await isDead(byLogin), await fountain.firstLoginLink()]).toEqual([true, null]);
  // For ever, also when nothing is left of that session.
  await execute("DELETE FROM sessions WHERE user_id = ?", id);
  expect(await fountain.firstLoginLink()).toBeNull();

  const other = await newPerson(fountain);
  await makeAdministrator(fountain, other.id);
  const as = { token: (await logIn(fountain, other.username, other.password)).token };
  await execute("UPDATE users SET awaits_first_login = 1 WHERE id = ?", id);
  const byLock = await newLink();
  expect(await send(fountain, "POST", `/kms/users/${id}/lock`, as)).toMatchObject({ status: 200 });
  expect([await isDead(byLock), await fountain.firstLoginLink()]).toEqual([true, null]);
  expect(await send(fountain, "POST", `/kms/users/${id}/unlock`, as)).toMatchObject({ status: 200 });
  expect(await isDead(byLock)).toBe(true);

  const byPassword = await newLink();
  const reset = await storeLink(fountain, { purpose: "password-reset", userId: id });
  const json = { token: reset.token, newPassword: "walnut ferry lichen postcard" };
  expect(await send(fountain, "POST", "/kms/password/reset", { json })).toMatchObject({ status: 204 });
  expect([await isDead(byPassword), await fountain.firstLoginLink()]).toEqual([true, null]);
});

test("only its hash is stored, and neither log nor audit trail has it", async () => {
  const path = await newLink();
  const token = new URLSearchParams(path.split("?")[1]).get("token") ?? "";
  const { answer } = await choose(path);
  expect(answer.status).toBe(303);
  for (const table of ["links", "audit_entries", "users"])
    expect(JSON.stringify(await execute(`SELECT * FROM ${table}`))).not.toContain(token);
  expect(fountain.logs.join("\n")).not.toContain(token);
  const entries = await execute(
    "SELECT action, actor, reason FROM audit_entries WHERE target = ? ORDER BY id DESC LIMIT 2",
    await administratorId(),
  );
  expect(entries.map((entry) => ({ ...entry }))).toMatchObject([
    { action: "user.password", reason: "first-login" },
    { action: "first-login-link.create", actor: "operator:start" },
  ]);
});

test("a link of another purpose is none for the first login", async () => {
  const { token } = await storeLink(fountain, { purpose: "recovery", userId: await administratorId() });
  expect(await isDead(`${PATH}?token=${token}`)).toBe(true);
});
