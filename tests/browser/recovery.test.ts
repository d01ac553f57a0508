/**
 * The way back of a locked-out administrator in a real Chromium: `npm run recover`, its link, and the page behind it, on an
 * installation as operators run it. Skipped, and said so, where there is no Chromium.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stopProcess } from "../../runtime/local/process.ts";
import { createTemporaryHome, type StartedProcess, spawnStart } from "../support/workerd.ts";
import { addAuthenticator, findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the recovery is not tried in one.");

const ROOT = path.join(import.meta.dirname, "..", "..");
const COMMAND = path.join(ROOT, "runtime", "recover", "recover.ts");
const FORGOTTEN = "lantern harbour otter violin";
const NEW_PASSWORD = "kestrel meadow copper thimble";

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  const home = createTemporaryHome();
  let started: StartedProcess;
  let browser: Browser;
  let page: Page;
  let devices: CDPSession;
  let authenticatorId: string;
  let origin: string;

  beforeAll(async () => {
    started = await spawnStart({ FOUNTAIN_HOME: home, ADMIN_PASSWORD: FORGOTTEN });
    await started.readyOrEnded();
    origin = `http://localhost:${started.port}`;
    browser = await startChromium(CHROMIUM ?? "");
    page = await browser.newPage();
    ({ devices, authenticatorId } = await addAuthenticator(page));
  });
  afterAll(async () => {
    await browser?.close();
    if (started) await stopProcess(started.child);
    rmSync(home, { recursive: true });
  });

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const heading = (name: string) => page.getByRole("heading", { name, level: 1 }).waitFor();

  const logIn = async (password: string): Promise<void> => {
    await page.goto(`${origin}/account/login`);
    await page.getByLabel("Username").fill("admin");
    await page.getByLabel("Password").fill(password);
    await press("Log in");
  };

  test("an administrator without password and passkey gets the account back, and enrols a new passkey", async () => {
    await logIn(FORGOTTEN);
    await page.goto(`${origin}/account/security`);
    await press("Add: Passkey or security key");
    await page.getByLabel("Name").fill("A laptop that was lost");
    await press("Create passkey");
    await heading("Recovery codes");
    await devices.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });

    const env = { PATH: process.env["PATH"], FOUNTAIN_HOME: home };
    const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, "admin"], { cwd: ROOT, env });
    const link = stdout.trim();
    for (const method of ["HEAD", "GET"]) await fetch(link, { method });
    await page.goto(link);
    await heading("Recover your account");
    await page.getByLabel("New password").fill(NEW_PASSWORD);
    await press("Recover the account");
    await heading("Log in");
    expect(await page.getByRole("status").innerText()).toContain("your second factors are removed");

    await logIn(NEW_PASSWORD);
    await heading("Profile");
    await page.goto(`${origin}/account/security`);
    expect(await page.getByText("A laptop that was lost").count()).toBe(0);
    await addAuthenticator(page);
    await press("Add: Passkey or security key");
    await page.getByLabel("Name").fill("A new laptop");
    await press("Create passkey");
    await heading("Recovery codes");

    await page.goto(link);
    await page.getByLabel("New password").fill(FORGOTTEN);
    await press("Recover the account");
    await page.getByText("This link is wrong, expired or already used.").waitFor();
  });
});
