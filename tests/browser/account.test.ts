/**
 * The pages in a real Chromium, with an authenticator that Chromium plays (CDP, WebAuthn domain): sign up, enrol a passkey, log
 * in with it by a press and by the suggestions for the username, and confirm an action in place. Skipped, and said so, where
 * there is no Chromium.
 */
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { addAuthenticator, findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the account's pages are not tried.");

const PASSWORD = "lantern harbour otter violin";

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let fountain: Fountain;
  let browser: Browser;
  let page: Page;
  let devices: CDPSession;
  let authenticatorId: string;
  let origin: string;
  const username = `mara-${crypto.randomUUID().slice(0, 8)}`;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await startChromium(CHROMIUM ?? "");
    const [port = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    fountain = await startFountain({ port, settings: { REGISTRATION: "open", PUBLIC_URL: origin } });
    const context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(8_000);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // Forms that are refused come back with a status of 4xx.
      if (message.type() === "error" && !message.text().includes("status of 4")) complaints.push(message.text());
    });
    // The suggestions of a page that is asked for like this would be quicker than any press.
    await page.addInitScript({
      content: `if (location.search.includes("suggest=no"))
        PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);`,
    });
    ({ devices, authenticatorId } = await addAuthenticator(page));
  });
  afterAll(async () => {
    await browser?.close();
    await fountain?.stop();
  });

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const heading = (name: string) => page.getByRole("heading", { name, level: 1 }).waitFor();
  /** Suggestions are taken at once by an authenticator that simulates presence. */
  const simulatePresence = (enabled: boolean) =>
    devices.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  /** As if every factor had been passed more than five minutes ago. */
  const loseFactor = () =>
    fountain.databases["kms"]?.execute({
      sql: "UPDATE sessions SET authenticated_at = ?",
      args: [Date.now() - 301_000],
    });
  const logOut = async () => {
    await simulatePresence(false);
    await press("Log out");
    await heading("Log in");
  };

  test("someone signs up, enrols a passkey, and keeps recovery codes", async () => {
    await page.goto(`${origin}/account/sign-up`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(PASSWORD);
    await press("Create account");
    await heading("Profile");
    await page.getByRole("link", { name: "Security" }).click();
    await press("Add: Passkey or security key");
    await page.getByLabel("Name").fill("My laptop");
    await press("Create passkey");
    await heading("Recovery codes");
    expect(await page.locator(".codes li").count()).toBe(10);
    expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(true);
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("recovery-codes.txt");
    await page.getByRole("link", { name: "I have stored them" }).click();
    await heading("Second factor");
    await press("Use a passkey");
    await heading("Security");
    expect(await page.getByText("My laptop").isVisible()).toBe(true);
  });

  test("a passkey logs in at a press, with no second question", async () => {
    await logOut();
    await page.goto(`${origin}/account/login?next=/account/sessions&suggest=no`);
    await simulatePresence(true);
    await press("Log in with a passkey");
    await heading("Sessions");
    expect(await page.getByText("two factors").isVisible()).toBe(true);
  });

  test("a passkey is among the suggestions for the username, and logs in when it is chosen", async () => {
    await logOut();
    await simulatePresence(true);
    await page.goto(`${origin}/account/login`);
    await heading("Profile");
    expect(await page.getByText(username).first().isVisible()).toBe(true);
  });

  test("a password leads to the second factor, and a passkey passes it", async () => {
    await logOut();
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(PASSWORD);
    await press("Log in");
    await heading("Second factor");
    await page.goto(`${origin}/account/data`);
    await heading("Second factor");
    await simulatePresence(true);
    await press("Use a passkey");
    await heading("Your data");
  });

  test("an action that needs the factor again asks for it in place, and is done then", async () => {
    await loseFactor();
    await page.goto(`${origin}/account`);
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByLabel("New password").fill(`${PASSWORD} kestrel`);
    await press("Change password");
    await heading("Second factor");
    await press("Use a passkey");
    await heading("Profile");
    expect(await page.getByRole("status").innerText()).toContain("Your password is changed");
  });

  test("an authenticator that did not recognise its owner is refused, and said so", async () => {
    await logOut();
    await page.goto(`${origin}/account/login?suggest=no`);
    await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await simulatePresence(true);
    await press("Log in with a passkey");
    await page.getByText("The passkey was not used.").waitFor();
    await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  });

  test("an account is deleted once its owner has named it and passed the factor, and logs no one in after that", async () => {
    await page.addInitScript({ content: "PublicKeyCredential.isConditionalMediationAvailable = async () => false;" });
    await page.goto(`${origin}/account/login?next=/account/data&suggest=no`);
    await press("Log in with a passkey");
    await heading("Your data");
    await page.getByLabel("Type your username to confirm").fill(`${username}-not`);
    await press("Delete my account");
    await page.getByText("That is not your username. Nothing was deleted.").waitFor();
    await loseFactor();
    await page.getByLabel("Type your username to confirm").fill(username);
    await press("Delete my account");
    await heading("Second factor");
    await press("Use a passkey");
    await page.getByText("Your account is deleted.").waitFor();
    const cookies = await page.context().cookies(origin);
    expect(cookies.find(({ name }) => name === "__Host-fountain")).toBeUndefined();
    await page.goto(`${origin}/account`);
    await heading("Log in");
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(`${PASSWORD} kestrel`);
    await press("Log in");
    await page.getByText("The username or the password is wrong.").waitFor();
    await page.goto(`${origin}/account/login?suggest=no`);
    await press("Log in with a passkey");
    await page.getByText("The passkey was not accepted.").waitFor();
  });

  test("no page complains about its own policy", () => {
    expect(complaints).toEqual([]);
  });
});
