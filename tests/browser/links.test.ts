/**
 * Mails and the pages that their links lead to, in a real Chromium and with a real mail server, where a program opens every link
 * before its reader does. Skipped, and said so, where there is no Chromium.
 */
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { send } from "../support/call.ts";
import { createCertificate } from "../support/certificate.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { linkIn, MAIL_PASSWORD, MAIL_USER, type MailServer, startMailServer } from "../support/mail-server.ts";
import { enrol, logIn, personWith, stepUp } from "../support/twofa.ts";
import { addAuthenticator, findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: links of mails are not tried.");

const PASSWORD = "lantern harbour otter violin";
const NEW_PASSWORD = "kestrel meadow copper thimble";

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let fountain: Fountain;
  /** The same, where one signs up by mail. */
  let byMail: Fountain;
  let mail: MailServer;
  let browser: Browser;
  let page: Page;
  let devices: CDPSession;
  let authenticatorId: string;
  let origin: string;
  const username = `mara-${crypto.randomUUID().slice(0, 8)}`;
  const email = `${username}@example.org`;

  beforeAll(async () => {
    browser = await startChromium(CHROMIUM ?? "");
    const certificate = createCertificate("localhost");
    mail = await startMailServer({ certificate });
    const [port = 0, otherPort = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    const start = (REGISTRATION: string, at: number, beside?: Fountain) =>
      startFountain({
        ...{ port: at, trustedCertificates: [certificate.cert], ...(beside && { beside }) },
        settings: {
          ...{ REGISTRATION, PUBLIC_URL: `http://localhost:${at}`, MAIL_FROM: "Films <films@example.org>" },
          SMTP_URL: `smtp://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${mail.port}`,
        },
      });
    fountain = await start("open", port);
    byMail = await start("email", otherPort, fountain);
    const context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(8_000);
    ({ devices, authenticatorId } = await addAuthenticator(page));
  });
  afterAll(async () => {
    await browser?.close();
    await byMail?.stop();
    await fountain?.stop();
    await mail?.stop();
  });

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const heading = (name: string) => page.getByRole("heading", { name, level: 1 }).waitFor();

  /** The link of the mail with this subject, which a scanner has opened by then. */
  const linkOf = async (subject: string): Promise<string> => {
    const link = await vi.waitFor(() => {
      const arrived = mail.mails.find(({ raw }) => raw.includes(subject));
      return linkIn(arrived?.raw ?? "");
    }, 10_000);
    for (const method of ["HEAD", "GET"]) await fetch(link, { method });
    return link;
  };

  test("someone signs up, and confirms their address by the link in the mail", async () => {
    await page.goto(`${origin}/account/sign-up`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Email address").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await press("Create account");
    await heading("Email address");
    expect(await page.getByText("not verified").isVisible()).toBe(true);
    await page.goto(await linkOf("Confirm your email address"));
    await press("Confirm the address");
    await heading("Profile");
    expect(await page.getByRole("status").innerText()).toBe("Your email address is verified.");
  });

  test("a forgotten password is replaced by the link in the mail, and the second factor is still asked for", async () => {
    await page.goto(`${origin}/account/security`);
    await press("Add: Passkey or security key");
    await page.getByLabel("Name").fill("My laptop");
    await press("Create passkey");
    await heading("Recovery codes");
    await page.goto(`${origin}/account/security`);
    await heading("Second factor");
    await press("Use a passkey");
    await heading("Security");
    await devices.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
    await press("Log out");
    await heading("Log in");
    await page.getByRole("link", { name: "Forgotten your password?" }).click();
    await page.getByLabel("Username or email address").fill(email);
    await press("Send");
    await heading("Look at your mail");
    await page.goto(await linkOf("Choose a new"));
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await press("Set the password");
    await heading("Log in");
    expect(await page.getByRole("status").innerText()).toContain("Your new password is set");
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(NEW_PASSWORD);
    await press("Log in");
    await heading("Second factor");
    await devices.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: true });
    await press("Use a passkey");
    await heading("Profile");
    await vi.waitFor(
      () => expect(mail.mails.some(({ raw }) => raw.includes("password was changed"))).toBe(true),
      10_000,
    );
  });

  test("someone who is invited arrives with the role that the invitation is for", async () => {
    const guest = `guest-${crypto.randomUUID().slice(0, 8)}`;
    const json = { email: `${guest}@example.org`, roles: ["editor"] };
    const administrator = personWith(fountain, (await logIn(fountain)).token);
    const token = await stepUp(fountain, administrator, await enrol(administrator));
    expect((await send(fountain, "POST", "/kms/invitations", { token, json })).status).toBe(201);
    const link = await linkOf("You are invited");
    await press("Log out");
    await page.goto(link);
    await page.getByLabel("Username").fill(guest);
    await page.getByLabel("Password").fill(PASSWORD);
    await press("Create account");
    await heading("Profile");
    expect(await page.locator("dl").innerText()).toMatch(/example\.org verified.*editor/s);
  });

  test("someone signs up by mail, chooses a name behind the link, and is told by mail alone that they have an account", async () => {
    const name = `nora-${crypto.randomUUID().slice(0, 8)}`;
    const address = `${name}@example.org`;
    const ask = async () => {
      const context = await browser.newContext({ locale: "de-DE" });
      const stranger = await context.newPage();
      stranger.setDefaultTimeout(8_000);
      await stranger.goto(`http://localhost:${new URL(byMail.url).port}/account/login`);
      await stranger.getByRole("link", { name: "Registrieren" }).click();
      await stranger.getByLabel("E-Mail-Adresse").fill(address);
      await stranger.getByRole("button", { name: "Senden" }).click();
      const seen = await stranger.locator("main").innerText();
      return { context, stranger, seen };
    };
    const first = await ask();
    await first.stranger.goto(await linkOf("Ihr Konto bei Fountain anlegen"));
    await first.stranger.getByLabel("Benutzername").fill(username);
    await first.stranger.getByLabel("Passwort").fill(PASSWORD);
    await first.stranger.getByRole("button", { name: "Konto anlegen" }).click();
    await first.stranger.getByText("Dieser Benutzername ist vergeben.").waitFor();
    await first.stranger.getByLabel("Benutzername").fill(name);
    await first.stranger.getByLabel("Passwort").fill(PASSWORD);
    await first.stranger.getByRole("button", { name: "Konto anlegen" }).click();
    await first.stranger.getByRole("heading", { name: "Profil", level: 1 }).waitFor();
    expect(await first.stranger.locator("dl").innerText()).toContain(`${address} bestätigt`);
    await first.context.close();

    const second = await ask();
    expect(second.seen).toBe(first.seen);
    await second.context.close();
    const told = () => mail.mails.filter(({ raw }) => raw.includes("Sie haben schon ein Konto bei Fountain"));
    await vi.waitFor(() => expect(told().map(({ to }) => to)).toEqual([[address]]), 10_000);
  });

  test("the link of a mail is of no use once it was used, and its page says what to do", async () => {
    await page.goto(await linkOf("Choose a new"));
    await page.getByLabel("New password").fill(PASSWORD);
    await press("Set the password");
    await page.getByText("This link is wrong, expired or already used.").waitFor();
    await page.getByRole("link", { name: "Have a new link sent" }).click();
    await heading("Forgotten password");
  });
});
