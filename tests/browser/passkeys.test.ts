/**
 * The example page in a real Chromium, with an authenticator that Chromium plays (CDP, WebAuthn domain): a passkey is
 * registered, steps up and logs in, and a copy of it is found out. Skipped, and said so, where there is no Chromium.
 */
import type { Server } from "node:http";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startExample } from "../../examples/passkeys/server.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { newPerson } from "../support/twofa.ts";
import { addAuthenticator, findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: passkeys are not tried in a browser.");

describe.skipIf(CHROMIUM === undefined)("a passkey", () => {
  let fountain: Fountain;
  let example: Server;
  let browser: Browser;
  let page: Page;
  let devices: CDPSession;
  let authenticatorId: string;
  let origin: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const [port = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    [fountain, browser] = await Promise.all([
      startFountain({ settings: { CORS_ORIGINS: origin, WEBAUTHN_ORIGINS: origin } }),
      startChromium(CHROMIUM ?? ""),
    ]);
    example = await startExample({ port, gateway: fountain.url });
    page = await browser.newPage();
    page.setDefaultTimeout(5_000);
    page.on("pageerror", (error) => complaints.push(String(error)));
    ({ devices, authenticatorId } = await addAuthenticator(page));
    await page.goto(origin);
  });
  afterAll(async () => {
    await browser?.close();
    example?.close();
    await fountain?.stop();
  });

  const press = async (button: string): Promise<string> => {
    await page.getByRole("button", { name: button }).click();
    const status = page.locator("#status").filter({ hasText: /\w/ });
    await status.waitFor();
    return status.innerText();
  };
  const session = () => page.locator("#session").innerText();
  const credentials = async () => (await devices.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

  test("is registered by somebody who has just logged in, and kept by the authenticator", async () => {
    const person = await newPerson(fountain);
    await page.getByLabel("Username").fill(person.username);
    await page.getByLabel("Password").fill(person.password);
    expect(await press("Log in with the password")).toBe("Logged in with the password.");
    expect(await session()).toBe("aal1 (pwd)");
    expect(await press("Add a passkey")).toMatch(/10 recovery codes/);
    expect(await credentials()).toMatchObject([{ isResidentCredential: true, rpId: "localhost", signCount: 1 }]);
    const { body } = await person.call("GET", "/factors");
    expect(body["items"]).toMatchObject([{ type: "webauthn", name: "My passkey", transports: ["internal"] }]);
  });

  test("passes the second factor", async () => {
    expect(await press("Pass the second factor")).toBe("The second factor is passed.");
    expect(await session()).toBe("aal2 (pwd hwk user mfa)");
  });

  test("logs in by itself, on a page that knows nobody", async () => {
    await page.reload();
    expect(await session()).toBe("none");
    expect(await press("Log in with a passkey")).toBe("Logged in with a passkey.");
    expect(await session()).toBe("aal2 (hwk user mfa)");
  });

  test("does not log in when the authenticator has not recognised its owner", async () => {
    await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    expect(await press("Log in with a passkey")).toMatch(/^Refused: /);
    await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    expect(await press("Log in with a passkey")).toBe("Logged in with a passkey.");
  });

  test("is refused once its counter went back, and so is the one that it was copied from", async () => {
    const [original] = await credentials();
    if (!original) throw new Error("the authenticator has no credential");
    const { credentialId, signCount } = original;
    await devices.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
    await devices.send("WebAuthn.addCredential", { authenticatorId, credential: { ...original, signCount: 1 } });
    expect(await press("Log in with a passkey")).toMatch(/^Refused: 401 login-refused/);

    await devices.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
    await devices.send("WebAuthn.addCredential", {
      authenticatorId,
      credential: { ...original, signCount: signCount + 9 },
    });
    expect(await press("Log in with a passkey")).toMatch(/^Refused: 401 login-refused/);
    expect(await press("Pass the second factor")).toMatch(/^Refused: 409 conflict/);
    expect(fountain.logs.some((line) => line.includes('"action":"factor.disable"'))).toBe(true);
  });

  test("is not asked for by a page that the operator has not named", async () => {
    const [port = 0] = await freePorts();
    const elsewhere = await startExample({ port, gateway: fountain.url });
    const stranger = await browser.newPage();
    stranger.setDefaultTimeout(5_000);
    await stranger.goto(`http://localhost:${port}`);
    await stranger.getByRole("button", { name: "Log in with a passkey" }).click();
    const status = stranger.locator("#status").filter({ hasText: "Refused" });
    await status.waitFor();
    elsewhere.close();
    expect(await status.innerText()).toContain("Failed to fetch");
    expect(complaints).toEqual([]);
  });
});
