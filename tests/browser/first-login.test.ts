/**
 * The first minute of an installation in a real Chromium: `npm start` on a terminal, its link, and the page behind it. Skipped, and
 * said so, where there is no Chromium.
 */
import { rmSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OnTerminal, startOnTerminal } from "../support/cli/terminal.ts";
import { createTemporaryHome } from "../support/workerd.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the first login is not tried in one.");

const PASSWORD = "kestrel meadow copper thimble";

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  const home = createTemporaryHome();
  let started: OnTerminal;
  let browser: Browser;

  beforeAll(async () => {
    started = await startOnTerminal({ FOUNTAIN_HOME: home });
    browser = await startChromium(CHROMIUM ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await started?.interrupt();
    rmSync(home, { recursive: true });
  });

  test("the link on the terminal leads to a password of one's own, and in; to others it is worth nothing then", async () => {
    const link = started.link() ?? "";
    const { origin } = new URL(link);
    const page = await browser.newPage();
    await page.goto(link);
    await page.getByRole("heading", { name: "Welcome to Fountain", level: 1 }).waitFor();
    expect(await page.getByLabel("Username").inputValue()).toBe("admin");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/console");
    await page.goto(`${origin}/account`);
    await page.getByRole("heading", { name: "Profile", level: 1 }).waitFor();
    await page.goto(link);
    await page.waitForURL((url) => url.pathname === "/console");

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.getByRole("heading", { name: "This link has expired", level: 1 }).waitFor();
    await stranger.getByRole("link", { name: "Log in" }).click();
    await stranger.getByLabel("Username").fill("admin");
    await stranger.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await stranger.keyboard.press("Enter");
    await stranger.getByRole("heading", { name: "Profile", level: 1 }).waitFor();
  }, 120_000);
});
