/** What people can get wrong by typing: every German page says it, and not in English. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { openVisitor, type Visitor } from "../support/gateway/visitor.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { TERMS_SETTINGS, TERMS_VERSION } from "../support/kms/consents.ts";
import { storeInvitation, storeLink } from "../support/kms/links.ts";
import { type Account, enrol, newPerson, wrongCodeOf } from "../support/twofa.ts";

let fountain: Fountain;
let member: Account;
let newcomer: Account;
let holder: Account;
let secret: string;

beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open", ...TERMS_SETTINGS } });
  [member, newcomer, holder] = [await newPerson(fountain), await newPerson(fountain), await newPerson(fountain)];
  ({ secret } = await enrol(holder));
  for (const { token } of [member, holder])
    await send(fountain, "PUT", "/kms/me/consents/terms", { token, json: { version: TERMS_VERSION } });
});
afterAll(() => fountain?.stop());

type Lead = (visitor: Visitor) => Promise<unknown>;

/** What is typed into which form: its path, its fields, and a field by which it is told from others of the page. */
interface Typing {
  open: (visitor: Visitor) => Promise<string>;
  action: string;
  fields: Record<string, string>;
  which?: string;
  as?: () => Account;
}

const at = (path: string) => async (): Promise<string> => path;
const AGREED = { terms: TERMS_VERSION };
const WEAK = "password1234";
const asMember = { as: () => member };
const resetByLink = async (): Promise<string> => {
  const { token } = await storeLink(fountain, { purpose: "password-reset", userId: member.id });
  return `/account/reset?token=${token}`;
};
const invitation = async (): Promise<string> => `/account/invitation?token=${(await storeInvitation(fountain)).token}`;
const enrolling: Lead = async (visitor) => {
  await visitor.get("/account/security");
  await visitor.submit("/account/security", {}, "add-totp");
};

const security = { open: at("/account/security"), action: "/account/security", ...asMember };
const signUp = { open: at("/account/sign-up"), action: "/account/sign-up" };
const email = { open: at("/account/verify-email?done=sent"), action: "/account/verify-email", ...asMember };
const profile = { open: at("/account"), action: "/account", ...asMember };
const factor = { open: at("/account/second-factor"), action: "/account/second-factor", as: () => holder };

const TYPINGS: Readonly<Record<string, Typing>> = {
  "signing up with nothing that fits": {
    ...signUp,
    fields: { username: "no blanks", email: "no-address", password: WEAK, ...AGREED },
  },
  "signing up with a short password": {
    ...signUp,
    fields: { username: "someone-new", email: "", password: "short", ...AGREED },
  },
  "signing up with a username that is taken": {
    ...signUp,
    get fields() {
      return { username: member.username, email: "", password: "lantern harbour otter violin", ...AGREED };
    },
  },
  "signing up without agreeing to the terms": {
    ...signUp,
    fields: { username: "someone-new", email: "", password: WEAK, terms: "" },
  },
  "logging in with a wrong password": {
    open: at("/account/login"),
    action: "/account/login",
    which: 'name="password"',
    get fields() {
      return { username: member.username, password: "not the password" };
    },
  },
  "logging in without a password": {
    open: at("/account/login"),
    action: "/account/login",
    which: 'name="password"',
    fields: { username: "", password: "" },
  },
  "asking for a new password without a name": {
    open: at("/account/forgot"),
    action: "/account/forgot",
    fields: { login: "" },
  },
  "resetting by a wrong code": {
    open: at("/account/reset"),
    action: "/account/reset",
    fields: { login: "no-one", code: "00000000", newPassword: "lantern harbour otter violin" },
  },
  "resetting by nothing": {
    open: at("/account/reset"),
    action: "/account/reset",
    fields: { login: "", code: "", newPassword: "" },
  },
  "resetting to a weak password": { open: resetByLink, action: "/account/reset", fields: { newPassword: WEAK } },
  "accepting an invitation with nothing that fits": {
    open: invitation,
    action: "/account/invitation",
    fields: { username: "no blanks", password: WEAK, ...AGREED },
  },
  "changing the password with a wrong one": {
    ...profile,
    fields: { currentPassword: "not the password", newPassword: "lantern harbour otter violin" },
  },
  "changing the password to a weak one": {
    ...profile,
    get fields() {
      return { currentPassword: member.password, newPassword: WEAK };
    },
  },
  "giving what is no address": { ...email, which: 'name="email"', fields: { email: "no-address" } },
  "verifying by a wrong code": { ...email, which: 'name="code"', fields: { code: "00000000" } },
  "verifying by no code": { ...email, which: 'name="code"', fields: { code: "" } },
  "adding what is no address": { ...security, which: "add-email", fields: { address: "no-address" } },
  "adding what is no phone number": { ...security, which: "add-sms", fields: { phone: "12" } },
  "a second factor with a wrong code": {
    ...factor,
    which: 'name="code"',
    get fields() {
      return { code: wrongCodeOf(secret) };
    },
  },
  "a second factor with what is no code": { ...factor, which: 'name="code"', fields: { code: "" } },
  "a recovery code that is none": { ...factor, which: 'name="recoveryCode"', fields: { recoveryCode: "abc" } },
  "confirming an authenticator app with what is no code": {
    ...asMember,
    open: async (visitor) => {
      await enrolling(visitor);
      return "";
    },
    action: "/account/security",
    which: 'name="code"',
    fields: { code: "abc" },
  },
  "deleting the account with another name": {
    ...asMember,
    open: at("/account/data"),
    action: "/account/data",
    which: 'name="username"',
    fields: { username: "no-one" },
  },
  "not agreeing to the terms": {
    open: at("/account/terms"),
    action: "/account/terms",
    fields: { terms: "" },
    as: () => newcomer,
  },
};

/** What the page says that is wrong. */
const faultsIn = (html: string): string[] =>
  [...html.matchAll(/<p class="(?:error|notice bad)"[^>]*>(.*?)<\/p>/gs)].flatMap(([paragraph, text = ""]) =>
    paragraph.includes("hidden") ? [] : [text.replace(/<[^>]+>/g, "").trim()],
  );

const faultsOf = async ({ open, action, fields, which, as }: Typing, lang: string): Promise<string[]> => {
  const visitor = openVisitor(fountain);
  await visitor.get(`/account/login?lang=${lang}`);
  if (as) await visitor.logIn(as());
  const path = await open(visitor);
  if (path !== "") await visitor.get(path);
  const { status, html } = await visitor.submit(action, fields, which);
  expect(status, html).toBeGreaterThanOrEqual(400);
  return faultsIn(html);
};

/** Words of English sentences that no German one has. */
const ENGLISH = /\b(?:the|must|is|are|have|has|not|your|with|that|this|required|least|most|invalid|wrong)\b/i;

describe("in German it is said of", () => {
  test.each(Object.entries(TYPINGS))("%s", async (_, typing) => {
    const english = await faultsOf(typing, "en");
    const german = await faultsOf(typing, "de");
    expect(english).not.toEqual([]);
    expect(german).toHaveLength(english.length);
    expect(german.filter((text) => ENGLISH.test(text) || english.includes(text))).toEqual([]);
  });
});
