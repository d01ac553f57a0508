/** A user's own account by the pages, without a script: factors, sessions, data. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { codeIn, MAIL_PASSWORD, MAIL_USER, type MailServer, startMailServer } from "../support/mail-server.ts";
import { type Account, codeOf, forgetTimeSteps, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
let mail: MailServer;
beforeAll(async () => {
  mail = await startMailServer();
  const smtp = `smtp://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${mail.port}`;
  fountain = await startFountain({
    trustedCertificates: [mail.certificate.cert],
    settings: { SMTP_URL: smtp, MAIL_FROM: "Fountain <codes@fountain.example>" },
  });
});
afterAll(async () => {
  await fountain?.stop();
  await mail?.stop();
});

const SECURITY = "/account/security";
const FACTOR = "/account/second-factor";

const enter = async (): Promise<{ visitor: Visitor; person: Account }> => {
  const person = await newPerson(fountain);
  const visitor = openVisitor(fountain);
  await visitor.logIn(person);
  return { visitor, person };
};

/** Enrols an authenticator app by the page, and passes it once. */
const enterWithFactor = async () => {
  const { visitor, person } = await enter();
  await visitor.get(SECURITY);
  await visitor.submit(SECURITY, {}, "add-totp");
  const { secret = "" } = visitor.formOf(SECURITY, "confirm-totp");
  const shown = await visitor.submit(SECURITY, { code: codeOf(secret) }, "confirm-totp");
  const pass = async (path: string) => {
    await forgetTimeSteps(fountain, person);
    if (path !== "") await visitor.get(path);
    return visitor.submit(FACTOR, { code: codeOf(secret) }, 'name="code"');
  };
  await pass(FACTOR);
  return { visitor, person, shown, pass };
};

/** As if the visitor had authenticated too long ago. */
const age = ({ id }: Account) =>
  fountain.databases["kms"]?.execute({
    sql: "UPDATE sessions SET authenticated_at = ? WHERE user_id = ?",
    args: [Date.now() - 301_000, id],
  });

describe("second factors", () => {
  test("are enrolled in two steps, the first with recovery codes to keep, and removed", async () => {
    const { visitor, shown, pass, person } = await enterWithFactor();
    expect(shown.html.match(/<li>[\w]{5}-[\w]{5}<\/li>/g)).toHaveLength(10);
    expect(shown.html).toContain('download="recovery-codes.txt"');
    expect((await visitor.get(SECURITY)).text).toContain("Authenticator app");

    await age(person);
    const asked = await visitor.submit(SECURITY, {}, 'value="remove"');
    expect(asked.text).toContain("This needs your second factor.");
    const removed = await pass("");
    expect([removed.status, removed.location]).toEqual([303, `${SECURITY}?done=removed`]);
    expect((await visitor.get(SECURITY)).text).toContain("You have none.");
  });

  test("say what is wrong with a code, and can be tried again", async () => {
    const { visitor } = await enter();
    await visitor.get(SECURITY);
    await visitor.submit(SECURITY, {}, "add-totp");
    const { secret = "" } = visitor.formOf(SECURITY, "confirm-totp");
    for (const code of ["000000", "12"]) {
      const wrong = await visitor.submit(SECURITY, { code }, "confirm-totp");
      expect(wrong.status).toBe(422);
    }
    expect((await visitor.submit(SECURITY, { code: codeOf(secret) }, "confirm-totp")).text).toContain("Recovery codes");
  });

  test("by email are confirmed by the code that was sent, and used by another one", async () => {
    const { visitor, person } = await enter();
    const address = `${crypto.randomUUID()}@example.org`;
    const sentCode = () => codeIn(mail.mails.findLast(({ to }) => to.includes(address))?.raw ?? "");
    await visitor.get(SECURITY);
    const begun = await visitor.submit(SECURITY, { address }, 'name="address"');
    expect(begun.text).toContain("A code is on its way to");
    await visitor.submit(SECURITY, { code: sentCode() }, "confirm-code");
    await visitor.get(FACTOR);
    await visitor.submit(FACTOR, {}, 'value="email"');
    const first = sentCode();
    const passed = await visitor.submit(FACTOR, { code: first }, 'name="code"');
    expect([passed.status, passed.location]).toEqual([303, "/account"]);
    expect((await visitor.get("/account")).text).toContain(person.username);
  });

  test("begin with a fresh login, which the page asks for in place", async () => {
    const { visitor, person } = await enter();
    await age(person);
    await visitor.get(SECURITY);
    const asked = await visitor.submit(SECURITY, {}, "add-totp");
    expect(asked.text).toContain("Log in again");
    const other = await newPerson(fountain);
    const { username, password } = other;
    const foreign = await visitor.submit("/account/login", { username, password }, 'name="password"');
    expect(foreign.text).toContain("That was another account.");
    const typed = { username: person.username, password: person.password };
    const done = await visitor.submit("/account/login", typed, 'name="password"');
    expect(done.text).toContain("Scan this code");
  });
});

describe("sessions", () => {
  test("are listed with their device and ended, one or all others", async () => {
    const { visitor, person } = await enter();
    const others = await Promise.all(
      [1, 2].map(async () => {
        const other = openVisitor(fountain);
        await other.logIn(person);
        return other;
      }),
    );
    const isIn = async (each: Visitor) => (await each.get("/account")).status === 200;
    const firefox = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
    const sent = await openVisitor(fountain).get("/account/login", firefox);
    expect(sent.status).toBe(200);
    const { text } = await visitor.get("/account/sessions");
    expect(text.match(/This one/g)).toHaveLength(1);
    expect(text).toContain("127.0.0.1");
    await visitor.submit("/account/sessions", {}, 'name="session"');
    await visitor.get("/account/sessions?done=ended");
    await visitor.submit("/account/sessions", {}, "End all others");
    expect(await Promise.all(others.map(isIn))).toEqual([false, false]);
    expect(await isIn(visitor)).toBe(true);
  });
});

describe("the data of a user", () => {
  test("is downloaded as a file", async () => {
    const { visitor, person } = await enter();
    await visitor.get("/account/data");
    const { headers, html } = await visitor.submit("/account/data", {}, "export");
    expect(headers.get("content-disposition")).toBe('attachment; filename="my-data.json"');
    expect(JSON.parse(html)).toMatchObject({ document: { account: { username: person.username } } });
  });

  test("stays what it is on a form that asks for neither", async () => {
    const { visitor } = await enter();
    await visitor.get("/account/data");
    expect((await visitor.submit("/account/data", { action: "rubbish" }, "export")).status).toBe(400);
  });

  test("is deleted by those who type their name and pass a factor, and by no one else", async () => {
    const { visitor, person, pass } = await enterWithFactor();
    await visitor.get("/account/data");
    const mistyped = await visitor.submit("/account/data", { username: "someone" }, "delete");
    expect([mistyped.status, mistyped.text]).toEqual([422, expect.stringContaining("That is not your username.")]);
    await age(person);
    await visitor.submit("/account/data", { username: person.username }, "delete");
    const deleted = await pass("");
    expect(deleted.location).toBe("/account/login?done=deleted");
    expect((await visitor.get(deleted.location ?? "")).text).toContain("Your account is deleted.");
    expect((await visitor.logIn(person)).status).toBe(422);
  });
});

test("a form that waits is of no use to another user", async () => {
  const { visitor, person } = await enterWithFactor();
  await age(person);
  await visitor.get(SECURITY);
  await visitor.submit(SECURITY, {}, 'value="remove"');
  const { pending = "" } = visitor.formOf(FACTOR, 'name="code"');
  const thief = await enterWithFactor();
  await age(thief.person);
  await thief.visitor.get(SECURITY);
  await thief.visitor.submit(SECURITY, {}, 'value="remove"');
  const own = thief.visitor.formOf(FACTOR, 'name="code"');
  await forgetTimeSteps(fountain, thief.person);
  expect(own["pending"]).not.toBe(pending);
  const refused = await thief.visitor.post(FACTOR, { ...own, pending, recoveryCode: "00000-00000" });
  expect(refused.status).toBe(422);
  expect((await visitor.get(SECURITY)).text).toContain("Authenticator app");
});
