/** Signing up by mail, as the pages take it, without a script. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { storeSignUp, verifyAddress } from "../support/kms/links.ts";
import { newPerson } from "../support/twofa.ts";

const PASSWORD = "a password for tests: lantern";
const PATH = "/account/sign-up";

let fountain: Fountain;
beforeAll(async () => {
  // Where no one takes mails: what is in them is known here otherwise.
  const webhook = { MESSAGE_WEBHOOK_URL: "https://push.invalid", MESSAGE_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` };
  fountain = await startFountain({ settings: { REGISTRATION: "email", ...webhook } });
});
afterAll(() => fountain?.stop());

const newAddress = (): string => `${crypto.randomUUID()}@example.org`;
const newName = (): string => `visitor-${crypto.randomUUID()}`;
const linkPage = ({ token }: { token: string }): string => `${PATH}?${new URLSearchParams({ token })}`;

test("who signs up is asked for an address alone, and sees the same whether an account has it or not", async () => {
  const [known, fresh] = [newAddress(), newAddress()];
  await verifyAddress(fountain, (await newPerson(fountain, known)).id);
  const pages = [];
  for (const email of [known, fresh]) {
    const visitor = openVisitor(fountain);
    expect((await visitor.get("/account/login")).html).toContain(`href="${PATH}"`);
    await visitor.get(PATH);
    expect(Object.keys(visitor.formOf(PATH))).toEqual(["form", "email"]);
    const { status, html, text, headers } = await visitor.submit(PATH, { email });
    expect(text).toContain(`A mail is on its way to ${email}.`);
    pages.push({ status, html: html.replaceAll(email, "EMAIL"), headers: [...headers.keys()] });
  }
  expect(pages[0]).toEqual(pages[1]);
});

test("an address that is none is refused at its field", async () => {
  const visitor = openVisitor(fountain);
  await visitor.get(PATH);
  const refused = await visitor.submit(PATH, { email: "ann" });
  expect([refused.status, refused.html.includes('id="email-error"')]).toEqual([422, true]);
});

test("by a link that scanners have opened one account is made, once its name is free, and logged in to", async () => {
  const link = await storeSignUp(fountain);
  for (const method of ["HEAD", "GET", "GET"]) await fountain.fetch(linkPage(link), { method });
  const [visitor, other] = [openVisitor(fountain), openVisitor(fountain)];
  for (const each of [visitor, other]) await each.get(linkPage(link));
  const account = { username: newName(), password: PASSWORD };
  const weak = await visitor.submit(PATH, { ...account, password: "short" });
  expect([weak.status, weak.html.includes('id="password-error"')]).toEqual([422, true]);
  const taken = await visitor.submit(PATH, { ...account, username: fountain.adminUsername });
  expect([taken.status, taken.text.includes("This username is taken.")]).toEqual([409, true]);
  expect((await visitor.submit(PATH, account)).location).toBe("/account");
  expect((await visitor.get("/account")).text).toMatch(/example\.org verified/);

  const late = await other.submit(PATH, { username: newName(), password: PASSWORD });
  expect(late.status).toBe(403);
  for (const { text, html } of [late, await other.get(linkPage(link))]) {
    expect(text).toContain("This link is wrong, expired or already used");
    expect(html).not.toContain('name="password"');
  }
});

test("both pages speak German", async () => {
  const visitor = openVisitor(fountain);
  expect((await visitor.get(`${PATH}?lang=de`)).text).toContain("Ein Link, mit dem Sie Ihr Konto anlegen");
  expect((await visitor.submit(PATH, { email: newAddress() })).text).toContain("Öffnen Sie den Link darin");
  expect((await visitor.get(linkPage(await storeSignUp(fountain)))).text).toContain("Wählen Sie einen Benutzernamen");
});
