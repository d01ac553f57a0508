/**
 * Every page of the gateway but the console in a real Chromium, in the states that people meet it in: axe finds no violation, light and dark, on a
 * narrow and a wide screen, and nothing has to be scrolled sideways (WCAG 2.2 §1.4.10). Skipped, and said so, where there is no
 * Chromium.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GATEWAY_ROUTES } from "../../shared/policy/gateway-routes.ts";
import { PAGE } from "../../shared/policy/policy.ts";
import { clientAt, type DocumentServer, describing, startDocumentServer } from "../oidc/document-server.ts";
import { type Application, newVerifier, type Provider, requestTo, startProvider } from "../oidc/provider.ts";
import { send } from "../support/call.ts";
import { beginDevice } from "../support/gateway/application.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { TERMS_SETTINGS, TERMS_VERSION } from "../support/kms/consents.ts";
import { storeSignUp } from "../support/kms/links.ts";
import { type Account, codeOf, enrol, forgetTimeSteps } from "../support/twofa.ts";
import { faultsOfPage } from "./axe.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { heading, linkStates, press, type Visit } from "./link-states.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: no page is looked at by axe.");

const DESCRIBED = "/client.json";
const ON_DEVICE = "http://127.0.0.1/callback";
let site: DocumentServer;
let provider: Provider;
/** The same, where one signs up by mail. */
let byMail: Fountain;
let secret: string;
let application: Application;
let device: Application;
/** Has not agreed to the terms. */
const NEWCOMER = { username: "mara-who-has-not-agreed", password: "a password for tests: lantern" };

type Credentials = Pick<Account, "username" | "password">;

const open = (page: Page, path: string) => page.goto(`${provider.issuer}${path}`);

const typePassword = async (page: Page, { username, password }: Credentials = provider.other) => {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Log in");
};
const agree = (token: string) =>
  send(provider.fountain, "PUT", "/kms/me/consents/terms", { token, json: { version: TERMS_VERSION } });
/** Logs in someone without a second factor, and leads to that page. */
const asMember = async (page: Page, path: string) => {
  await open(page, `/account/login?${new URLSearchParams({ next: path })}`);
  await typePassword(page);
  await page.waitForURL(`${provider.issuer}${path}`);
};
const toSecondFactor = async (page: Page) => {
  await open(page, "/account/login?next=/account/security");
  await typePassword(page, provider.person);
  await heading(page, "Second factor");
};
const toConsent = async (page: Page, asking: Application, more: Record<string, string> = {}) => {
  await page.goto(requestTo(provider, asking, newVerifier(), { scope: "openid email search:read", ...more }));
  await typePassword(page);
  await heading(page, /asks for access/);
};
const askByDevice = async (page: Page) => {
  const { link } = await beginDevice(provider.fountain, device.clientId, { scope: "openid email search:read" });
  await asMember(page, link);
  await press(page, "Continue");
  await heading(page, /asks for access/);
};

/** By row of the route table, and state. */
const STATES: Readonly<Record<string, Record<string, Visit>>> = {
  "GET /": { "as it is": (page) => open(page, "/") },
  "GET /docs": {
    "as it is": async (page) => {
      await open(page, "/docs");
      await page.getByText("/kms/login/passkey/options").first().waitFor();
    },
  },
  "GET /oauth/authorize": {
    consent: (page) => toConsent(page, application),
    "consent to one that describes itself": (page) =>
      toConsent(
        page,
        { clientId: clientAt(DESCRIBED), clientSecret: "" },
        { redirect_uri: ON_DEVICE, scope: "openid" },
      ),
    "of an application that no one knows": (page) => open(page, "/oauth/authorize?client_id=client_unknown"),
  },
  "GET /oauth/device": {
    "with a code of a link": (page) => asMember(page, "/oauth/device?user_code=BDWP-HQPK"),
    "with a code that is wrong": async (page) => {
      await asMember(page, "/oauth/device?user_code=BDWP-HQPK");
      await press(page, "Continue");
      await page.getByText("No device waits with this code.").waitFor();
    },
    "with a device that asks": async (page) => {
      await askByDevice(page);
      await page.getByText("search:read").waitFor();
    },
    "with the command line, which has full access": async (page) => {
      const { link } = await beginDevice(provider.fountain, "fountain");
      await asMember(page, link);
      await press(page, "Continue");
      await heading(page, "The command line asks for full access");
    },
    "once the device is let in": async (page) => {
      await askByDevice(page);
      await press(page, "Allow");
      await page.getByText("The device is connected.").waitFor();
    },
    "in German": (page) => asMember(page, "/oauth/device?lang=de"),
  },
  "GET /oauth/logout": {
    "with someone logged in": async (page) => {
      await asMember(page, "/account");
      await open(page, "/oauth/logout");
      await heading(page, "Log out?");
    },
    "with no one logged in": (page) => open(page, "/oauth/logout"),
  },
  "GET /account/login": {
    "as it is": (page) => open(page, "/account/login"),
    "with a wrong password": async (page) => {
      await open(page, "/account/login");
      await typePassword(page, { ...provider.other, password: "not the password" });
      await page.getByText("The username or the password is wrong.").waitFor();
    },
    "in German": (page) => open(page, "/account/login?lang=de"),
  },
  "GET /account/second-factor": {
    "as it is": toSecondFactor,
    "with a wrong code": async (page) => {
      await toSecondFactor(page);
      await page.locator('input[name="code"]').first().fill("000000");
      await page.locator('form:has(input[name="code"]) button').first().click();
      await page.locator("[aria-invalid], .notice.bad").first().waitFor();
    },
  },
  "GET /account/sign-up": {
    "as it is": (page) => open(page, "/account/sign-up"),
    "with faults": async (page) => {
      await open(page, "/account/sign-up");
      await page.getByLabel("Username").fill("mara-who-is-new");
      await page.getByLabel("Password", { exact: true }).fill("password1");
      await page.getByRole("checkbox").check();
      await press(page, "Create account");
      await page.locator("[aria-invalid]").first().waitFor();
    },
    "by mail": (page) => page.goto(`${byMail.url}/account/sign-up`),
    "by mail, once asked": async (page) => {
      await page.goto(`${byMail.url}/account/sign-up`);
      await page.getByLabel("Email address").fill(`somebody-with-a-long-name-${crypto.randomUUID()}@people.example`);
      await press(page, "Send");
      await heading(page, "Look at your mail");
    },
    "by a link": async (page) => {
      await open(page, `/account/sign-up?token=${(await storeSignUp(provider.fountain)).token}`);
      await page.getByRole("button", { name: "Create account" }).waitFor();
    },
    "by a link that is wrong": (page) => open(page, "/account/sign-up?token=wrong"),
  },
  "GET /account": {
    "as it is": (page) => asMember(page, "/account"),
    "with a wrong password": async (page) => {
      await asMember(page, "/account");
      await page.getByLabel("Current password").fill("not the password");
      await page.getByLabel("New password").fill("lantern harbour otter violin");
      await press(page, "Change password");
      await page.locator("[aria-invalid], .notice.bad").first().waitFor();
    },
  },
  ...linkStates(() => provider.fountain, { open, asMember, userId: () => provider.person.id }),
  "GET /account/security": {
    "without a factor": (page) => asMember(page, "/account/security"),
    "with a QR code to scan": async (page) => {
      await asMember(page, "/account/security");
      await press(page, "Add: Authenticator app");
      await page.locator(".qr").waitFor();
    },
    "with factors": async (page) => {
      await toSecondFactor(page);
      await forgetTimeSteps(provider.fountain, provider.person);
      await page.locator('input[name="code"]').first().fill(codeOf(secret));
      await page.locator('form:has(input[name="code"]) button').first().click();
      await heading(page, "Security");
    },
  },
  "GET /account/sessions": { "as it is": (page) => asMember(page, "/account/sessions") },
  "GET /account/applications": {
    "with one that is connected": async (page) => {
      await toConsent(page, application);
      await page.route("https://app.example/**", (route) => route.fulfill({ body: "The application is at work." }));
      await press(page, "Allow");
      await page.getByText("The application is at work.").waitFor();
      await open(page, "/account/applications");
      await page.getByRole("button", { name: "Disconnect" }).first().waitFor();
    },
  },
  "GET /account/terms": {
    "to agree": async (page) => {
      await open(page, "/account/login");
      await typePassword(page, NEWCOMER);
      await heading(page, "Terms and privacy");
      await page.locator('input[type="checkbox"]').waitFor();
    },
    "agreed to": (page) => asMember(page, "/account/terms"),
  },
  "GET /account/data": { "as it is": (page) => asMember(page, "/account/data") },
};

const pagesIn = (routes: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(routes).filter((key) => routes[key] === PAGE && !key.startsWith("GET /console"));

test("every page is looked at", () => {
  expect(Object.keys(STATES).toSorted()).toEqual(pagesIn(GATEWAY_ROUTES).toSorted());
});

describe.skipIf(CHROMIUM === undefined)("axe finds nothing on", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startChromium(CHROMIUM ?? "");
    site = await startDocumentServer();
    site.serve(DESCRIBED, describing(DESCRIBED, { redirect_uris: [ON_DEVICE], client_name: "N".repeat(80) }));
    const legal = { ...TERMS_SETTINGS, PRIVACY_URL: "https://people.example/privacy" };
    provider = await startProvider({ REGISTRATION: "open", CIMD: "open", ...legal }, { internet: site.internet });
    const webhook = { MESSAGE_WEBHOOK_URL: "https://push.invalid", MESSAGE_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` };
    byMail = await startFountain({
      beside: provider.fountain,
      settings: { REGISTRATION: "email", ...TERMS_SETTINGS, ...webhook },
    });
    for (const { token } of [provider.person, provider.other]) await agree(token);
    await send(provider.fountain, "POST", "/kms/register", { json: NEWCOMER });
    // The administrator's second factor counts for five minutes, which all the visits may take.
    application = await provider.register();
    device = await provider.register({ public: true });
    ({ secret } = await enrol(provider.person));
  });
  afterAll(async () => {
    await browser?.close();
    await byMail?.stop();
    await provider?.fountain.stop();
    await site?.stop();
  });

  const cases = Object.entries(STATES).flatMap(([row, states]) =>
    Object.entries(states).map(([state, visit]) => ({ name: `${row} ${state}`, visit })),
  );
  test.each(cases)("$name", async ({ visit }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await visit(page);
    expect(await faultsOfPage(page)).toEqual([]);
    await context.close();
  });
});
