/** The page at /docs in a real Chromium, for the tests of what is on it. */
import type { Browser, Page } from "playwright-core";

const PATIENCE_MS = 20_000;

export interface DocsPage {
  page: Page;
  /** What the browser refused, and errors of the script; empty when nothing is wrong. */
  complaints: string[];
}

export const openDocs = async (browser: Browser, origin: string): Promise<DocsPage> => {
  const context = await browser.newContext();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${origin}/docs`);
  await page.locator("details.operation").first().waitFor();
  return { page, complaints };
};

/** Leads to an operation by its address, and returns it open. */
export const openOperation = async (page: Page, operationId: string) => {
  await page.evaluate(`location.hash = ${JSON.stringify(`#${operationId}`)}`);
  const operation = page.locator(`details.operation[open][data-text$=" ${operationId.toLowerCase()}"]`);
  await operation.getByRole("button", { name: "Send" }).waitFor();
  return operation;
};

export const logInByForm = async (page: Page, username: string, password: string): Promise<void> => {
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Username").fill(username);
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Log in", exact: true }).click();
};
