/** The page at /docs in a real Chromium: what it shows, how one finds it, and its own policy. Skipped where there is none. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { faultsOfPage } from "./axe.ts";
import { findChromium, startChromium } from "./chromium.ts";
import { openDocs, openOperation } from "./docs-page.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: /docs is not tried in a browser.");

/** What a service behind the gateway could say of itself, to be markup, or to break the page. */
const MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
const HOSTILE = {
  [`/notes/{id}/${MARKUP}`]: {
    get: {
      tags: ["notes"],
      operationId: `notes.${MARKUP}`,
      summary: MARKUP,
      description: `${MARKUP} \`${MARKUP}\``,
      security: [{ accessToken: [MARKUP] }],
      parameters: [{ name: MARKUP, in: "query", description: MARKUP, schema: { enum: [MARKUP] } }],
      requestBody: {
        content: { [MARKUP]: { example: MARKUP, schema: { properties: { [MARKUP]: { $ref: "#/x/Node" } } } } },
      },
      responses: {
        200: { description: MARKUP, headers: { [MARKUP]: {} }, content: { "text/html": { example: MARKUP } } },
      },
    },
  },
  "/notes/broken": {
    get: {
      tags: ["notes"],
      operationId: 5,
      parameters: [null],
      responses: { 200: null, x: { content: 7, headers: [] } },
    },
    post: { tags: ["notes"], requestBody: "no", responses: [], security: null, summary: { a: 1 }, parameters: {} },
  },
};
const HOSTILE_SCHEMAS = {
  Node: { type: ["object", 7], properties: { again: { $ref: "#/x/Node" }, no: null }, required: "no" },
};

describe.skipIf(CHROMIUM === undefined)("the page at /docs", () => {
  let fountain: Fountain;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [fountain, browser] = await Promise.all([startFountain(), startChromium(CHROMIUM ?? "")]);
    ({ page, complaints } = await openDocs(browser, fountain.url));
  });
  afterAll(async () => {
    await browser?.close();
    await fountain?.stop();
  });

  const operations = () => page.locator("details.operation:visible");
  const openOnes = () => page.locator("details.operation[open] > summary code").allTextContents();

  test("shows the operations that the search names, and an example of a body", async () => {
    expect(await operations().count()).toBeGreaterThan(100);
    await page.getByLabel("Search operations").fill("POST /twofa/factors/sms");
    expect(await operations().count()).toBe(1);
    await operations().locator("summary").first().click();
    const example: unknown = JSON.parse(await operations().locator("textarea").inputValue());
    expect(example).toEqual({ phone: "+4915112345678", name: "Mara's phone" });
    await page.getByLabel("Search operations").fill("");
    expect(await operations().count()).toBeGreaterThan(100);
  });

  test("is found by keyboard alone, by operationId, and its address survives reloading and going back", async () => {
    await page.keyboard.press("Escape");
    await page.locator("h1 a").focus();
    await page.keyboard.press("/");
    await page.keyboard.type("kms.createuser");
    await page.keyboard.press("Enter");
    await page.waitForURL(/#kms\.createUser$/);
    expect(await page.locator("#menu a[aria-current]").textContent()).toBe("POSTCreate a user");
    expect(await page.evaluate("document.activeElement.textContent")).toContain("/kms/users");
    await page.reload();
    await page.getByRole("button", { name: "Send" }).waitFor();
    expect(await openOnes()).toEqual(["/kms/users"]);
    await page.locator("#menu").getByText("Roles", { exact: true }).click();
    await page
      .getByRole("link", { name: "List roles" })
      .or(page.locator('#menu a[href="#kms.listRoles"]'))
      .first()
      .click();
    await page.locator('details.operation[open]:has-text("/kms/roles")').waitFor();
    await page.goBack();
    await page.waitForURL(/#kms\.createUser$/);
    expect(await page.locator("#menu a[aria-current]").textContent()).toBe("POSTCreate a user");
  });

  test("says of an operation who may call it, what it takes and what it returns", async () => {
    const operation = await openOperation(page, "kms.createUser");
    const text = await operation.innerText();
    for (const said of ["users:admin", "last 5 minutes", "X-OTP", "at most 256 characters", "array of string", "409"])
      expect(text).toContain(said);
    await operation.getByText("Conflict").click();
    await operation.getByText("requestId").first().waitFor();
  });

  test("has no fault that axe finds, with operations and the login open, and needs no scrolling sideways", {
    timeout: 120_000,
  }, async () => {
    // The list as a whole is looked at with the other pages.
    await page.getByLabel("Search operations").fill("screenplay");
    const operation = await openOperation(page, "serviceA.importScreenplay");
    await operation.getByRole("button", { name: "TypeScript" }).click();
    await operation.getByRole("button", { name: "Send" }).click();
    await operation.getByText(/^401 in/).waitFor();
    await operation.locator(".output").getByText("Header fields").click();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("Use a token or an API key").click();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 320, height: 800 });
    await page.getByRole("button", { name: "Operations" }).click();
    await page.locator("#menu").getByText("Screenplays", { exact: true }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    await page.setViewportSize({ width: 1_280, height: 800 });
  });

  test("makes no markup of what a document says, and shows the rest when one is broken", async () => {
    const hostile = await page.context().newPage();
    await hostile.route("**/openapi.json", async (route) => {
      const response = await route.fetch();
      const document = await response.json();
      Object.assign(document.paths, HOSTILE);
      Object.assign(document.components.schemas, HOSTILE_SCHEMAS);
      document.tags.push({ name: "notes", description: MARKUP });
      await route.fulfill({ response, json: document });
    });
    hostile.on("pageerror", (error) => complaints.push(String(error)));
    await hostile.goto(`${fountain.url}/docs`);
    const theirs = hostile.locator('details.operation:has(code:has-text("/notes/"))');
    await theirs.first().waitFor();
    expect(await theirs.count()).toBe(3);
    for (const summary of await theirs.locator("> summary").all()) await summary.click();
    await theirs.first().getByRole("button", { name: "Send" }).waitFor();
    for (const closed of await theirs.locator(".columns details:not([open]) > summary:visible").all())
      await closed.click();
    for (const language of ["TypeScript", "Python"])
      await theirs.first().getByRole("button", { name: language }).click();
    expect(await hostile.evaluate("document.querySelectorAll('img, main script').length")).toBe(0);
    expect(await hostile.title()).toBe("Fountain API reference");
    await hostile.goto(`${fountain.url}/docs#kms.getProfile`);
    await hostile.locator("details.operation[open]").first().waitFor();
    await hostile.close();
  });

  test("works under its own policy", () => {
    expect(complaints).toEqual([]);
  });
});
