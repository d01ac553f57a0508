/** Links and codes of mails, as their pages take them, without a script. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { storeInvitation, storeLink, verifyAddress } from "../support/kms/links.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPerson } from "../support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
});
afterAll(() => fountain?.stop());

const NEW_PASSWORD = "a password for tests: lantern";

const mailedReset = (person: Account) => storeLink(fountain, { purpose: "password-reset", userId: person.id });
const resetPage = ({ token }: { token: string }): string => `/account/reset?${new URLSearchParams({ token })}`;

/** As programs do that scan mail: more than once, without a cookie, and with HEAD first. */
const scan = async (path: string): Promise<void> => {
  await fountain.fetch(path, { method: "HEAD" });
  for (let times = 0; times < 3; times += 1) expect((await openVisitor(fountain).get(path)).status).toBeLessThan(400);
};

/** Opens the link, and sends its form. */
const reset = async (visitor: Visitor, link: { token: string }, newPassword = NEW_PASSWORD) => {
  await visitor.get(resetPage(link));
  return visitor.submit("/account/reset", { newPassword });
};

describe("a new password", () => {
  test("is set by a link that scanners have opened, ends all sessions and opens none", async () => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    await visitor.logIn(person);
    const link = await mailedReset(person);
    await scan(resetPage(link));
    const set = await reset(visitor, link);
    expect([set.status, set.location]).toEqual([303, "/account/login?done=reset"]);
    expect((await visitor.get("/account")).location).toBe("/account/login?next=%2Faccount");
    expect((await visitor.get(set.location ?? "")).text).toContain("Your new password is set");
    expect((await visitor.logIn(person)).status).toBe(422);
    expect((await visitor.logIn({ username: person.username, password: NEW_PASSWORD })).location).toBe("/account");
  });

  test("leads nowhere past a second factor", async () => {
    const person = await newPerson(fountain);
    const { secret } = await enrol(person);
    await forgetTimeSteps(fountain, person);
    const visitor = openVisitor(fountain);
    await reset(visitor, await mailedReset(person));
    await visitor.logIn({ username: person.username, password: NEW_PASSWORD });
    const asked = await visitor.get("/account");
    expect(asked.location).toBe("/account/second-factor?next=%2Faccount");
    await visitor.get(asked.location ?? "");
    await visitor.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
    expect((await visitor.get("/account")).status).toBe(200);
  });

  test("that is too weak is refused at its field, and the link still works", async () => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    const link = await mailedReset(person);
    const weak = await reset(visitor, link, "short");
    expect([weak.status, weak.html.includes('id="newPassword-error"')]).toEqual([422, true]);
    expect((await visitor.submit("/account/reset", { newPassword: NEW_PASSWORD })).status).toBe(303);
  });

  test.each([
    ["used", async (link: { token: string }) => void (await reset(openVisitor(fountain), link, `${NEW_PASSWORD} 2`))],
    [
      "expired",
      async ({ id }: { id: string }) =>
        void (await fountain.databases["kms"]?.execute({
          sql: "UPDATE links SET expires_at = 1 WHERE id = ?",
          args: [id],
        })),
    ],
  ])("by a link that is %s is refused, with what to do", async (_, spoil) => {
    const person = await newPerson(fountain);
    const link = await mailedReset(person);
    await spoil(link);
    const refused = await reset(openVisitor(fountain), link);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("This link is wrong, expired or already used. Nothing was changed.");
    expect(refused.html).toContain('href="/account/forgot"');
    expect(refused.html).not.toContain('name="newPassword"');
  });

  test("is set by the code, where it was asked for, and not by a wrong one", async () => {
    const person = await newPerson(fountain);
    const { code } = await mailedReset(person);
    const visitor = openVisitor(fountain);
    await visitor.get("/account/forgot");
    const asked = await visitor.submit("/account/forgot", { login: person.username });
    expect(asked.text).toContain("If there is such an account with a verified address, a mail is on its way.");
    const wrong = await visitor.submit("/account/reset", { code: "00000000", newPassword: NEW_PASSWORD });
    expect([wrong.status, wrong.text.includes("This code is wrong")]).toEqual([403, true]);
    const set = await visitor.submit("/account/reset", { code, newPassword: NEW_PASSWORD });
    expect(set.location).toBe("/account/login?done=reset");
  });
});

test("who asks for a new password sees the same, whether there is such a user or not", async () => {
  const person = await newPerson(fountain, `${crypto.randomUUID()}@example.org`);
  await verifyAddress(fountain, person.id);
  const pages = [person.username, `nobody-${crypto.randomUUID()}`].map(async (login) => {
    const visitor = openVisitor(fountain);
    await visitor.get("/account/forgot");
    const { status, html } = await visitor.submit("/account/forgot", { login });
    return [status, html.replaceAll(login, "LOGIN").replace(/name="form" value="[^"]*"/g, "")];
  });
  const [known, unknown] = await Promise.all(pages);
  expect(known).toEqual(unknown);
});

describe("an address", () => {
  const mailedTo = (person: Account, email: string) =>
    storeLink(fountain, { purpose: "email-verification", userId: person.id, payload: { email } });
  const addressPage = ({ token }: { token: string }): string => `/account/verify-email?token=${token}`;

  test("is confirmed by a link that scanners have opened, once its owner has logged in", async () => {
    const person = await newPerson(fountain);
    const email = `${crypto.randomUUID()}@example.org`;
    const link = await mailedTo(person, email);
    await scan(addressPage(link));
    const visitor = openVisitor(fountain);
    const { location } = await visitor.get(addressPage(link));
    expect(location).toMatch(/^\/account\/login\?next=/);
    await visitor.get(location ?? "");
    const { username, password } = person;
    const entered = await visitor.submit("/account/login", { username, password }, 'name="password"');
    await visitor.get(entered.location ?? "");
    const confirmed = await visitor.submit("/account/verify-email", {}, "token");
    expect(confirmed.location).toBe("/account?done=email");
    const { text } = await visitor.get(confirmed.location ?? "");
    expect(text).toContain("Your email address is verified.");
    expect(text).toContain(`${email} verified`);
    await visitor.get(addressPage(link));
    expect((await visitor.submit("/account/verify-email", {}, "token")).text).toContain(
      "wrong, expired, already used, or for another account",
    );
  });

  test("is not confirmed for the account of another", async () => {
    const [owner, other] = [await newPerson(fountain), await newPerson(fountain)];
    const email = `${crypto.randomUUID()}@example.org`;
    const link = await mailedTo(owner, email);
    const visitor = openVisitor(fountain);
    await visitor.logIn(other);
    await visitor.get(addressPage(link));
    expect((await visitor.submit("/account/verify-email", {}, "token")).status).toBe(403);
    expect((await visitor.get("/account")).text).not.toContain(email);
  });

  test("is changed, and confirmed by the code", async () => {
    const person = await newPerson(fountain);
    const visitor = openVisitor(fountain);
    await visitor.logIn(person);
    await visitor.get("/account/verify-email");
    const email = `${crypto.randomUUID()}@example.org`;
    const sent = await visitor.submit("/account/verify-email", { email }, 'name="email"');
    expect(sent.location).toBe("/account/verify-email?done=sent");
    await visitor.get(sent.location ?? "");
    const { code } = await mailedTo(person, email);
    const confirmed = await visitor.submit("/account/verify-email", { code }, 'name="code"');
    expect(confirmed.location).toBe("/account?done=email");
  });
});

describe("an invitation", () => {
  const invitationPage = ({ token }: { token: string }): string => `/account/invitation?token=${token}`;

  test("whose link scanners have opened lets one person in, with the roles in it, and then no one", async () => {
    const link = await storeInvitation(fountain);
    await scan(invitationPage(link));
    const visitor = openVisitor(fountain);
    const other = openVisitor(fountain);
    for (const each of [visitor, other]) await each.get(invitationPage(link));
    const account = { username: `guest-${crypto.randomUUID()}`, password: NEW_PASSWORD };
    const weak = await visitor.submit("/account/invitation", { ...account, password: "short" });
    expect([weak.status, weak.html.includes('id="password-error"')]).toEqual([422, true]);
    expect((await visitor.submit("/account/invitation", account)).location).toBe("/account");
    expect((await visitor.get("/account")).text).toContain(account.username);
    const late = await other.submit("/account/invitation", { ...account, username: `guest-${crypto.randomUUID()}` });
    expect([late.status, late.text.includes("Ask the person who invited you for a new one.")]).toEqual([403, true]);
    expect((await other.get(invitationPage(link))).text).toContain("Ask the person who invited you for a new one.");
  });

  test("shows the username that it comes with to who has its link, and to no one else", async () => {
    const username = `guest-${crypto.randomUUID()}`;
    const link = await storeInvitation(fountain, { username });
    const visitor = openVisitor(fountain);
    await scan(invitationPage(link));
    await visitor.get(invitationPage(link));
    expect(visitor.formOf("/account/invitation")["username"]).toBe(username);
    const { html } = await openVisitor(fountain).get(invitationPage({ token: `${link.token.slice(0, -8)}AAAAAAAA` }));
    expect([html.includes(username), html.includes('name="username"')]).toEqual([false, false]);
    const chosen = `other-${crypto.randomUUID()}`;
    await visitor.submit("/account/invitation", { username: chosen, password: NEW_PASSWORD });
    expect((await visitor.get("/account")).text).toContain(chosen);
  });
});

test("no page tells another its address, and no token of a link is logged", async () => {
  const person = await newPerson(fountain);
  const link = await mailedReset(person);
  const visitor = openVisitor(fountain);
  const { headers } = await visitor.get(resetPage(link));
  expect(headers.get("referrer-policy")).toBe("strict-origin");
  await visitor.submit("/account/reset", { newPassword: NEW_PASSWORD });
  await visitor.get(`/account/verify-email?token=${link.token}`);
  const lines = fountain.logs.join("\n");
  expect(lines).toContain("/account/reset");
  expect(lines).not.toContain(link.token);
});
