/** The page at /docs in a real Chromium: under its own policy, and what is left of a session. Skipped where there is none. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: /docs is not tried in a browser.");

describe.skipIf(CHROMIUM === undefined)("the page at /docs", () => {
  let fountain: Fountain;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [fountain, browser] = await Promise.all([startFountain(), startChromium(CHROMIUM ?? "")]);
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${fountain.url}/docs`);
  });
  afterAll(async () => {
    await browser?.close();
    await fountain?.stop();
  });

  /** Sends the call of this operation, with a body if one is given, and waits for what the page then shows. */
  const call = async (operation: string, shown: string, body?: unknown): Promise<void> => {
    const details = page.locator(`details[data-text^="${operation.toLowerCase()} "]`);
    await details.locator("summary").click();
    if (body !== undefined) await details.locator("textarea").fill(JSON.stringify(body));
    await details.getByRole("button", { name: "Send" }).click();
    await page.getByText(shown).first().waitFor();
  };
  /** All that is on the page, in its fields, and kept by the browser. */
  const everything = (): Promise<string> =>
    page.evaluate<string>(`[
      document.documentElement.innerText,
      ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value),
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    ].join("\\n")`);

  test("shows the operations that the filter names, and an example of a body", async () => {
    const operations = page.locator("details.operation:visible");
    await operations.first().waitFor();
    expect(await operations.count()).toBeGreaterThan(100);
    await page.getByLabel("Filter operations").fill("POST /twofa/factors/sms");
    expect(await operations.count()).toBe(1);
    await operations.locator("summary").click();
    const example: unknown = JSON.parse(await operations.locator("textarea").inputValue());
    expect(example).toEqual({ phone: "+4915112345678", name: "Mara's phone" });
    await page.getByLabel("Filter operations").fill("");
    expect(await operations.count()).toBeGreaterThan(100);
  });

  test("keeps nothing of a session that was ended, and nothing anywhere but in itself", async () => {
    const { adminUsername: username, adminPassword: password } = fountain;
    await call("POST /kms/login", "Using the token of the last response.", { username, password });
    await call("GET /kms/me", '"acr"');
    const before = await everything();
    expect(before).toContain(password);
    expect(before).toContain('"access_token"');
    await call("POST /kms/logout", "Logged out.");
    const after = await everything();
    for (const gone of [password, "eyJ", '"access_token"', '"acr"']) expect(after).not.toContain(gone);
    expect(after).toContain('[{},{},"",');
  });

  test("works under its own policy", () => {
    expect(complaints).toEqual([]);
  });
});
