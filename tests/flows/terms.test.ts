/** What people have to agree to before they get further: with a new account, and wherever they have not agreed to what is in force. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { TERMS_SETTINGS, TERMS_VERSION } from "../support/kms/consents.ts";
import { storeInvitation } from "../support/kms/links.ts";
import { newPerson } from "../support/twofa.ts";

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open", ...TERMS_SETTINGS } });
});
afterAll(() => fountain?.stop());

const PASSWORD = "a password for tests: lantern";
const AGREED = { terms: TERMS_VERSION };
const fields = () => ({ username: `visitor-${crypto.randomUUID()}`, password: PASSWORD, email: "" });

/** A form without its boxes, as a browser sends it that nothing was ticked in. */
const unticked = (visitor: Visitor, action: string, more: Record<string, string> = {}) => {
  const { terms: _, ...form } = visitor.formOf(action);
  return visitor.post(action, { ...form, ...more });
};

const waysOf = async (username: string): Promise<unknown[]> => {
  const sql = "SELECT way FROM legal_consents JOIN users ON users.id = user_id WHERE username = ?";
  const found = await fountain.databases["kms"]?.execute({ sql, args: [username] });
  return (found?.rows ?? []).map((row) => row["way"]);
};

test("the page for signing up has a box with the link, and makes no account without it", async () => {
  const visitor = openVisitor(fountain);
  const { html } = await visitor.get("/account/sign-up");
  expect(html).toMatch(
    /<label for="agree-terms">I agree to the terms of use\. <a href="https:\/\/films\.example\/terms"/,
  );
  const account = fields();
  const refused = await unticked(visitor, "/account/sign-up", account);
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("Please agree to it to continue.")]);
  expect((await visitor.submit("/account/sign-up", { ...account, ...AGREED })).location).toBe("/account");
  expect((await visitor.get("/account")).status).toBe(200);
  expect(await waysOf(account.username)).toEqual(["sign-up-page"]);
});

test("the page for invitations has it too", async () => {
  const { token } = await storeInvitation(fountain);
  const visitor = openVisitor(fountain);
  await visitor.get(`/account/invitation?token=${token}`);
  const { email: _, ...account } = fields();
  expect((await unticked(visitor, "/account/invitation", account)).status).toBe(422);
  expect((await visitor.submit("/account/invitation", { ...account, ...AGREED })).location).toBe("/account");
  expect(await waysOf(account.username)).toEqual(["invitation-page"]);
});

test("who has not agreed is led there from every page, but to their data, and comes back", async () => {
  const person = await newPerson(fountain);
  const visitor = openVisitor(fountain);
  expect((await visitor.logIn(person)).location).toBe("/account");
  const led = await visitor.get("/account/sessions?lang=en");
  expect(led.location).toBe("/account/terms?next=%2Faccount%2Fsessions%3Flang%3Den");
  await visitor.get("/oauth/authorize?client_id=any");
  expect(visitor.formOf("/account/terms")["next"]).toBe("/oauth/authorize?client_id=any");
  expect((await visitor.get("/account/data")).status).toBe(200);
  await visitor.get(led.location ?? "");
  expect((await unticked(visitor, "/account/terms")).status).toBe(422);
  expect((await visitor.submit("/account/terms", AGREED)).location).toBe("/account/sessions?lang=en");
  expect((await visitor.get("/account/sessions")).status).toBe(200);
  expect(await waysOf(person.username)).toEqual(["account-page"]);
});

test("who withdraws is asked again, and forms that wait do nothing meanwhile", async () => {
  const person = await newPerson(fountain);
  const visitor = openVisitor(fountain);
  await visitor.logIn(person);
  await visitor.get("/account/terms");
  await visitor.submit("/account/terms", AGREED);
  const { html } = await visitor.get("/account/terms");
  expect(html).toContain("Withdraw: Terms of use");
  const withdrawn = await visitor.submit("/account/terms", {}, "withdraw");
  expect((await visitor.get(withdrawn.location ?? "")).text).toContain("Your agreement is withdrawn.");
  const sent = visitor.formOf("/account/terms");
  expect((await visitor.post("/account/sessions", sent)).location).toMatch(/^\/account\/terms/);
  expect((await visitor.get("/account")).location).toMatch(/^\/account\/terms/);
});

test("tokens by API are not held up, and the export has every consent", async () => {
  const person = await newPerson(fountain);
  const headers = { authorization: `Bearer ${person.token}`, "content-type": "application/json" };
  expect((await fountain.fetch("/kms/me", { headers })).status).toBe(200);
  const body = JSON.stringify({ version: TERMS_VERSION });
  expect((await fountain.fetch("/kms/me/consents/terms", { method: "PUT", headers, body })).status).toBe(200);
  const { document } = await (await fountain.fetch("/kms/me/export", { headers })).json<{ document: object }>();
  expect(document).toMatchObject({
    consents: [{ document: "terms", version: TERMS_VERSION, way: "api", withdrawnAt: null }],
  });
});
