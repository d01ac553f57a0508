/**
 * An application elsewhere sends a person to log in, in a real Chromium, which holds redirects after a form to the policy of its
 * page. Skipped, and said so, where there is no Chromium.
 */
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { createCertificate } from "../support/certificate.ts";
import { beginDevice, pollDevice } from "../support/gateway/application.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { type Account, newPerson } from "../support/twofa.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined)
  console.warn("There is no Chromium on this machine: applications are not tried in a browser.");

const CALLBACK = "https://app.example/callback";
const GOODBYE = "https://app.example/goodbye";

describe.skipIf(CHROMIUM === undefined)("an application", () => {
  let fountain: Fountain;
  let browser: Browser;
  let page: Page;
  let application: Server;
  let origin: string;
  let person: Account;
  let clientId: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const [port = 0, other = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    const elsewhere = [`--host-resolver-rules=MAP app.example 127.0.0.1:${other}`, "--ignore-certificate-errors"];
    browser = await startChromium(CHROMIUM ?? "", elsewhere);
    const serve: RequestListener = (_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`The application is at work.
        <form method="post" action="${origin}/oauth/logout"><input type="hidden" name="client_id" value="${clientId}">
        <input type="hidden" name="post_logout_redirect_uri" value="${GOODBYE}">
        <input type="hidden" name="state" value="of the application"><button>Leave</button></form>`);
    };
    application = createServer(createCertificate("app.example"), serve).listen(other, "127.0.0.1");
    fountain = await startFountain({ port, settings: { PUBLIC_URL: origin } });
    person = await newPerson(fountain);
    administrator = await logInAndStepUp(fountain);
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(8_000);
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    application?.close();
    await fountain?.stop();
  });

  let administrator: Record<string, string>;
  const register = async (): Promise<string> => {
    const response = await fountain.fetch("/kms/clients", {
      method: "POST",
      headers: { "content-type": "application/json", ...administrator },
      body: JSON.stringify({
        name: "Storyboards",
        redirectUris: [CALLBACK],
        postLogoutRedirectUris: [GOODBYE],
        public: true,
        scopes: ["search:read"],
      }),
    });
    expect(response.status).toBe(201);
    const { clientId } = Object(await response.json());
    return String(clientId);
  };

  const requestOf = (clientId: string, more: Record<string, string> = {}): string =>
    `${origin}/oauth/authorize?${new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: "openid search:read",
      state: "of the application",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
      ...more,
    })}`;
  const logIn = async () => {
    await page.getByLabel("Username").fill(person.username);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
  };
  const arrival = async (): Promise<URLSearchParams> => {
    await page.getByText("The application is at work.").waitFor();
    return new URL(page.url()).searchParams;
  };

  test("has people log in and asks them for their consent, and gets a code", async () => {
    clientId = await register();
    await page.goto(requestOf(clientId));
    await logIn();
    await page.getByRole("heading", { name: "Storyboards asks for access" }).waitFor();
    expect(await page.getByText("recognise you when you log in").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    const sent = await arrival();
    expect([sent.get("state"), sent.get("iss"), sent.get("error")]).toEqual(["of the application", origin, null]);
    expect(sent.get("code")).toBeTruthy();
  });

  test("is asked about no more by those who have consented, whether they have to log in first or not", async () => {
    await page.goto(requestOf(clientId));
    expect((await arrival()).get("code")).toBeTruthy();
    await page.context().clearCookies();
    await page.goto(requestOf(clientId));
    await logIn();
    expect((await arrival()).get("code")).toBeTruthy();
  });

  test("can have someone who is logged in log in again", async () => {
    await page.goto(requestOf(clientId, { prompt: "login" }));
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await logIn();
    expect((await arrival()).get("code")).toBeTruthy();
  });

  test("learns that someone does not want it", async () => {
    await page.goto(requestOf(await register()));
    await page.getByRole("button", { name: "Do not allow" }).click();
    expect((await arrival()).get("error")).toBe("access_denied");
  });

  test("can have people log out, by a form of its own, who are asked and come back to it", async () => {
    await page.goto(requestOf(clientId));
    await arrival();
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByText("Storyboards asks you to log out").waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    expect([(await arrival()).get("state"), page.url().startsWith(GOODBYE)]).toEqual(["of the application", true]);
    await page.goto(`${origin}/account`);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await logIn();
  });

  test("is disconnected by people who no longer want it, and has to ask them again", async () => {
    await page.getByRole("link", { name: "Applications" }).click();
    await page.getByRole("button", { name: "Disconnect: Storyboards" }).click();
    await page.getByText("The application is disconnected.").waitFor();
    await page.goto(requestOf(clientId));
    await page.getByRole("heading", { name: "Storyboards asks for access" }).waitFor();
  });

  test("on a device without a browser is let in by the code that it shows, after a login", async () => {
    const { deviceCode, userCode, link } = await beginDevice(fountain, clientId, { scope: "openid" });
    await page.context().clearCookies();
    await page.goto(origin + link);
    await logIn();
    await page.getByText("Continue only if your device shows exactly this code.").waitFor();
    expect(await page.getByLabel("Code").inputValue()).toBe(userCode);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Storyboards asks for access" }).waitFor();
    expect(await page.getByText(userCode).isVisible()).toBe(true);
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.getByText("The device is connected.").waitFor();
    expect((await pollDevice(fountain, clientId, deviceCode)).status).toBe(200);
  });

  test("that is not known sends no one anywhere", async () => {
    await page.goto(requestOf("client_unknown"));
    await page.getByText("The application that sent you here is not known.").waitFor();
    expect(new URL(page.url()).origin).toBe(origin);
  });

  test("meets no policy of a page that stops it", () => {
    expect(complaints).toEqual([]);
  });
});
