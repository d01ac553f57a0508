/** Forms of the pages that succeed, each sent from its page. */
import { bearer, createBeginner, type Stack, successOf } from "../../security/callers.ts";
import { beginDevice, CALLBACK, connect, registerApplication } from "../../support/gateway/application.ts";
import { cookieHeader, FROM_HERE, openVisitor, type Visitor } from "../../support/gateway/visitor.ts";
import { TERMS_VERSION } from "../../support/kms/consents.ts";
import { makeAdministrator, storeInvitation, storeLink, verifyAddress } from "../../support/kms/links.ts";
import { codeOf, enrol, forgetTimeSteps, personWith } from "../../support/twofa.ts";
import type { Prepared, Setting } from "./setting.ts";

type Example = (setting: Setting) => Promise<Prepared>;

/** The form of the page that is open, filled in. */
const filled = (visitor: Visitor, path: string, fields: Record<string, string>, which?: string): Prepared => ({
  headers: { ...FROM_HERE, cookie: cookieHeader(visitor) },
  sent: [path, undefined, { form: { ...visitor.formOf(path, which), ...fields } }],
});

/** What the script of the console's page sends. */
const fromConsole = async (visitor: Visitor, path: string, sent: object): Promise<Prepared> => {
  const { html } = await visitor.get("/console");
  const [, data = "{}"] = /id="console-data">([^<]*)</.exec(html) ?? [];
  const { form } = JSON.parse(data);
  return { headers: { ...FROM_HERE, cookie: cookieHeader(visitor) }, sent: [path, { form, ...sent }] };
};

const AGREED = { terms: TERMS_VERSION };

/** Someone without a factor who has agreed to the terms, unless they have yet to, and logged in by the page. */
const enter = async (stack: Stack, hasAgreed = true) => {
  const { account, credential } = await createBeginner(stack);
  const agreement = { version: TERMS_VERSION };
  if (hasAgreed) await successOf(stack.call("PUT", "/kms/me/consents/terms", bearer(credential), agreement));
  const visitor = openVisitor(stack.fountain);
  await visitor.logIn(account);
  return { account, visitor, person: personWith(stack.fountain, credential) };
};

export const PAGE_EXAMPLES: Record<string, Example> = {
  "POST /console/call": async ({ stack }) => {
    const { visitor } = await enter(stack);
    return fromConsole(visitor, "/console/call", { method: "GET", path: "/kms/me" });
  },
  "POST /console/verify": async ({ stack }) => {
    const { account, visitor } = await enter(stack);
    return fromConsole(visitor, "/console/verify", { proof: account });
  },
  "POST /account/login": async ({ stack }) => {
    const { account } = await createBeginner(stack);
    const visitor = openVisitor(stack.fountain);
    await visitor.get("/account/login");
    return filled(visitor, "/account/login", account, 'name="password"');
  },
  "POST /account/second-factor": async ({ stack }) => {
    const { visitor, person } = await enter(stack);
    const { secret } = await enrol(person);
    await forgetTimeSteps(stack.fountain, person);
    await visitor.get("/account/second-factor");
    return filled(visitor, "/account/second-factor", { code: codeOf(secret) }, 'name="code"');
  },
  "POST /account/sign-up": async ({ stack }) => {
    const visitor = openVisitor(stack.fountain);
    await visitor.get("/account/sign-up");
    const username = `visitor-${crypto.randomUUID()}`;
    return filled(visitor, "/account/sign-up", { username, password: "a password for tests: lantern", ...AGREED });
  },
  "POST /account/logout": async ({ stack }) => {
    const { visitor } = await enter(stack);
    await visitor.get("/account");
    return filled(visitor, "/account/logout", {});
  },
  "POST /account/forgot": async ({ stack, caller }) => {
    const username = `visitor-${crypto.randomUUID()}`;
    const account = { username, password: "a password for tests: lantern", email: `${username}@example.org` };
    const { id } = await successOf(stack.call("POST", "/kms/users", caller.headers, account));
    await verifyAddress(stack.fountain, String(id));
    const visitor = openVisitor(stack.fountain);
    await visitor.get("/account/forgot");
    return filled(visitor, "/account/forgot", { login: username });
  },
  "POST /account/reset": async ({ stack }) => {
    const { person } = await enter(stack);
    const { token } = await storeLink(stack.fountain, { purpose: "password-reset", userId: person.id });
    const visitor = openVisitor(stack.fountain);
    await visitor.get(`/account/reset?token=${token}`);
    return filled(visitor, "/account/reset", { newPassword: "a password for tests: lantern" });
  },
  "POST /account/first-login": async ({ stack }) => {
    const { person } = await enter(stack);
    const { token } = await storeLink(stack.fountain, { purpose: "first-login", userId: person.id });
    const visitor = openVisitor(stack.fountain);
    await visitor.get(`/account/first-login?token=${token}`);
    return filled(visitor, "/account/first-login", { newPassword: "a password for tests: lantern" });
  },
  "POST /account/recover": async ({ stack }) => {
    const { person } = await enter(stack);
    await makeAdministrator(stack.fountain, person.id);
    const { token } = await storeLink(stack.fountain, { purpose: "recovery", userId: person.id });
    const visitor = openVisitor(stack.fountain);
    await visitor.get(`/account/recover?token=${token}`);
    return filled(visitor, "/account/recover", { newPassword: "a password for tests: lantern" });
  },
  "POST /account/invitation": async ({ stack }) => {
    const { token } = await storeInvitation(stack.fountain);
    const visitor = openVisitor(stack.fountain);
    await visitor.get(`/account/invitation?token=${token}`);
    const username = `visitor-${crypto.randomUUID()}`;
    return filled(visitor, "/account/invitation", { username, password: "a password for tests: lantern", ...AGREED });
  },
  "POST /account/verify-email": async ({ stack }) => {
    const { visitor, person } = await enter(stack);
    const payload = { email: `${crypto.randomUUID()}@example.org` };
    const { token } = await storeLink(stack.fountain, { purpose: "email-verification", userId: person.id, payload });
    await visitor.get(`/account/verify-email?token=${token}`);
    return filled(visitor, "/account/verify-email", {}, "token");
  },
  "POST /account/security": async ({ stack }) => {
    const { visitor } = await enter(stack);
    await visitor.get("/account/security");
    return filled(visitor, "/account/security", {}, "add-totp");
  },
  "POST /account/sessions": async ({ stack }) => {
    const { visitor } = await enter(stack);
    await visitor.get("/account/sessions");
    return filled(visitor, "/account/sessions", {}, 'name="session"');
  },
  "POST /account/applications": async ({ stack, caller }) => {
    const { visitor } = await enter(stack);
    await connect(stack.fountain, visitor, await registerApplication(stack.fountain, caller.headers));
    await visitor.get("/account/applications");
    return filled(visitor, "/account/applications", {});
  },
  "POST /account/terms": async ({ stack }) => {
    const { visitor } = await enter(stack, false);
    await visitor.get("/account/terms");
    return filled(visitor, "/account/terms", AGREED);
  },
  "POST /account/data": async ({ stack }) => {
    const { visitor } = await enter(stack);
    await visitor.get("/account/data");
    return filled(visitor, "/account/data", {}, "export");
  },
  "POST /oauth/authorize": async (setting) => {
    const { visitor } = await enter(setting.stack);
    const { stack, caller } = setting;
    const clientId = await registerApplication(stack.fountain, caller.headers);
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: "openid",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    });
    await visitor.get(`/oauth/authorize?${query}`);
    return filled(visitor, "/oauth/authorize", { decision: "allow" });
  },
  "POST /oauth/device": async ({ stack, caller }) => {
    const { visitor } = await enter(stack);
    const clientId = await registerApplication(stack.fountain, caller.headers);
    const { userCode } = await beginDevice(stack.fountain, clientId);
    await visitor.get("/oauth/device");
    return filled(visitor, "/oauth/device", { userCode, decision: "allow" });
  },
  "POST /oauth/logout": async ({ stack }) => {
    const { visitor } = await enter(stack);
    await visitor.get("/oauth/logout");
    return filled(visitor, "/oauth/logout", {});
  },
  "POST /account": async ({ stack }) => {
    const { visitor, account } = await enter(stack);
    await visitor.get("/account");
    const passwords = { currentPassword: account.password, newPassword: "a password for tests: lantern" };
    return filled(visitor, "/account", passwords);
  },
};
