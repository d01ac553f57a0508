/**
 * The example page in a real Chromium: InstantSearch with Typesense's adapter, both as npm has them, from another origin
 * than the gateway's, with a scoped key, on the embedded engine. Skipped, and said so, where there is no Chromium.
 */
import type { Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startExample } from "../../examples/instantsearch/server.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { store } from "../clients/documents.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { findChromium, startChromium } from "./chromium.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the page is not tried in a browser.");

const SCRIPT = { script_id: 1, version_number: 1, comment: "", updated_at: 1_700_000_000, service_name: "service-a" };
const DOCUMENTS = Array.from({ length: 30 }, (_, index) => ({
  ...SCRIPT,
  id: `e${index + 1}`,
  element_id: index + 1,
  element_type: index % 3 === 0 ? "spokenWord" : "action",
  sequence_number: index + 1,
  text: index < 25 ? `The lighthouse, seen <b>for</b> time ${index + 1}` : "A harbour & its boats",
}));
const OF_ANOTHER_SCRIPT = { ...DOCUMENTS[0], id: "other", script_id: 2, element_type: "section", text: "lighthouse" };

describe.skipIf(CHROMIUM === undefined)("a page of another origin", () => {
  let fountain: Fountain;
  let example: Server;
  let browser: Browser;
  let page: Page;
  let origin: string;
  const complaints: string[] = [];
  const requests: { url: string; method: string; key: string | undefined; type: string | undefined }[] = [];

  beforeAll(async () => {
    const [port = 0] = await freePorts();
    origin = `http://localhost:${port}`;
    fountain = await startFountain({ settings: { CORS_ORIGINS: origin } });
    const administrator = await logIn(fountain);
    const reader = await registerService(fountain, administrator, "site", ["search:read"]);
    await store(fountain, administrator, [...DOCUMENTS, OF_ANOTHER_SCRIPT]);
    const apiKey = reader["x-api-key"] ?? "";
    example = await startExample({ port, gateway: fountain.url, apiKey, filter: "script_id:=1" });
    browser = await startChromium(CHROMIUM ?? "");
    page = await browser.newPage();
    page.setDefaultTimeout(5_000);
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      const headers = request.headers();
      const [key, type] = [headers["x-typesense-api-key"], headers["content-type"]];
      if (request.url().startsWith(fountain.url))
        requests.push({ url: request.url(), method: request.method(), key, type });
    });
    await page.goto(origin);
  });
  afterAll(async () => {
    await browser?.close();
    example?.close();
    await fountain?.stop();
  });

  const says = (selector: string, text: string | RegExp) =>
    page.locator(selector).filter({ hasText: text }).first().waitFor();
  const hits = () => page.locator("article").evaluateAll((found) => found.map((hit) => hit.getAttribute("data-id")));

  test("shows what the scoped key may see, and counts it", async () => {
    await says("#stats", /^30 results/);
    await says("#kinds", /action\s*20/);
    expect(await page.locator("#kinds li").allInnerTexts()).toEqual([
      expect.stringMatching(/action/),
      expect.stringMatching(/spokenWord/),
    ]);
    expect(await hits()).toHaveLength(10);
  });

  test("searches as one types, and marks what was found without taking its text for HTML", async () => {
    await page.locator("input[type=search]").fill("lighth");
    await says("#stats", /^25 results/);
    const first = page.locator("article").first();
    expect(await first.locator("mark").allInnerTexts()).toEqual(["lighth"]);
    expect(await first.innerText()).toContain("<b>for</b>");
    expect(await first.locator("b").count()).toBe(0);
  });

  test("refines by a facet, and keeps the other counts", async () => {
    await page.locator("#kinds input[value=spokenWord]").check();
    await says("#stats", /^9 results/);
    await says("#kinds", /action\s*16/);
    expect(await page.locator("article small").allInnerTexts()).toEqual(
      Array.from({ length: 9 }, () => expect.stringContaining("spokenWord")),
    );
    await page.locator("#kinds input[value=spokenWord]").uncheck();
    await says("#stats", /^25 results/);
  });

  test("goes from page to page", async () => {
    const before = await hits();
    await page.locator("#pagination").getByText("3", { exact: true }).click();
    await page.locator(".ais-Pagination-item--selected", { hasText: "3" }).waitFor();
    await expect.poll(() => page.locator("article").count()).toBe(5);
    const after = await hits();
    expect(new Set([...before, ...after]).size).toBe(15);
  });

  test("filters by a range", async () => {
    await page.locator("#places input.ais-RangeInput-input--min").fill("10");
    await page.locator("#places input.ais-RangeInput-input--max").fill("12");
    await page.locator("#places button").click();
    await says("#stats", /^3 results/);
    expect((await hits()).sort()).toEqual(["e10", "e11", "e12"]);
  });

  test("sends its key in a header, and nothing goes wrong on the way", () => {
    expect(complaints).toEqual([]);
    const searches = requests.filter(({ method }) => method === "POST");
    expect(searches.length).toBeGreaterThanOrEqual(5);
    for (const { url, key, type } of searches) {
      expect(url).toBe(`${fountain.url}/search/multi_search`);
      expect(key).toMatch(/^eyJ/);
      expect(type).toBe("text/plain");
    }
  });

  test("is refused by the browser when the operator has not named its origin", async () => {
    const [port = 0] = await freePorts();
    const elsewhere = await startExample({ port, gateway: fountain.url, apiKey: "ftn_none", filter: "script_id:=1" });
    const stranger = await browser.newPage();
    await stranger.goto(`http://localhost:${port}/page.js`);
    const outcome = await stranger.evaluate(
      (url) =>
        fetch(url).then(
          (response) => response.status,
          (error: unknown) => String(error),
        ),
      `${fountain.url}/health`,
    );
    elsewhere.close();
    expect(outcome).toContain("TypeError");
  });
});
