/** Scripts in a real Chromium: imported, read, put in another order by pointer and keyboard, compared, exported. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

const PASSWORD = "a password for tests: lighthouse";
const PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

const SCREENPLAY = `Title: The Red Buoy

INT. HARBOUR - NIGHT

Rain on the quay. ${PAYLOAD}

MARA
It rang again.

EXT. BUOY - DAWN

The bell, close by.

INT. KITCHEN - DAY

JON
${PAYLOAD}
`;

const HEADINGS = ["INT. HARBOUR - NIGHT", "EXT. BUOY - DAWN", "INT. KITCHEN - DAY"];

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;
  let token: string;

  const call = (method: "POST", path: string, json: unknown) =>
    send({ url: opened.fountain.url }, method, path, { token, json });
  const { press } = partsOf(() => page);
  const headings = () => page.getByRole("article", { name: "Screenplay" }).locator("h3").allTextContents();
  const isOrder = (order: readonly string[]) =>
    vi.waitFor(async () => expect((await headings()).map((text) => text.trim())).toEqual(order), { timeout: 20_000 });

  beforeAll(async () => {
    opened = await startConsole();
    const login = await send({ url: opened.fountain.url }, "POST", "/kms/login", { json: opened.administrator });
    token = String(login.body["access_token"]);
    for (const [username, role] of [
      ["vera", "auditor"],
      ["ned", "editor"],
    ])
      await call("POST", "/kms/users", { username, password: PASSWORD, roles: [role] });
    ({ page } = await opened.open(await opened.enrol({ username: "ned", password: PASSWORD })));
  });
  afterAll(() => opened?.stop());

  test("an editor imports a screenplay from a file, and reads it as it is laid out", async () => {
    await page.getByRole("link", { name: "Scripts", exact: true }).click();
    await page.getByText("No script yet").waitFor();
    expect(await page.getByRole("link", { name: "Dead letters" }).count()).toBe(0);
    await press("Import");
    await page
      .getByLabel("File")
      .setInputFiles({ name: "buoy.fountain", mimeType: "text/plain", buffer: Buffer.from(SCREENPLAY) });
    await vi.waitFor(async () => expect(await page.getByLabel("Or its text").inputValue()).toContain("It rang again."));
    await page.getByRole("dialog").getByRole("button", { name: "Import", exact: true }).click();
    await page.getByRole("heading", { name: "The Red Buoy" }).waitFor();
    await isOrder(HEADINGS);
    expect(await page.locator(".script .cue").first().textContent()).toContain("MARA");
    expect(await page.locator(".script .dialogue").last().textContent()).toContain(PAYLOAD);
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("scenes are dragged and moved into a new order, with all that belongs to them", async () => {
    await page.setViewportSize({ width: 1_280, height: 900 });
    const items = page.locator(".order li");
    await items.nth(2).dragTo(items.nth(0));
    await vi.waitFor(async () => expect(await items.first().textContent()).toContain("KITCHEN"));
    await page.getByRole("button", { name: "Move EXT. BUOY - DAWN up" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("EXT. BUOY - DAWN is now number 2 of 3.").waitFor();
    await press("Save the order");
    await isOrder(["INT. KITCHEN - DAY", "EXT. BUOY - DAWN", "INT. HARBOUR - NIGHT"]);
    const scenes = await page.getByRole("article", { name: "Screenplay" }).locator("section").allTextContents();
    expect(scenes[0]).toContain("JON");
    expect(scenes[2]).toContain("It rang again.");
    const download = page.waitForEvent("download");
    await press("Export");
    const text = readFileSync(await (await download).path(), "utf8");
    const places = [...HEADINGS].reverse().map((heading) => text.indexOf(heading));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  test("two versions of an element are compared line by line", async () => {
    const { body } = await send({ url: opened.fountain.url }, "GET", "/service-a/elements?elementType=spokenWord", {
      token,
    });
    const [{ elementId }] = JSON.parse(JSON.stringify(body["items"]));
    await call("POST", "/service-a/sequence/version", {
      elementType: "spokenWord",
      elementId,
      newVersionData: `It rang twice. ${PAYLOAD}`,
      comment: PAYLOAD,
    });
    await page.reload();
    await page.getByRole("link", { name: "2 versions" }).click();
    await page.locator("pre .removed", { hasText: "It rang again." }).waitFor();
    await page.locator("pre .added", { hasText: "It rang twice." }).waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("an administrator sees what search refused, and has it delivered again", async () => {
    const { page: other } = await opened.open(await opened.enrol(opened.administrator));
    other.on("dialog", (dialog) => opened.complaints.push(dialog.message()));
    await opened.fountain.databases["service-a"]?.execute({
      sql: `INSERT INTO outbox (element_type, element_id, attempts, refusal, next_attempt_at, created_at)
        VALUES ('action', 1, 1000, ?, 0, 0)`,
      args: [PAYLOAD],
    });
    await other.goto(`${opened.origin}/console/scripts/dead-letters`);
    await other.getByText(PAYLOAD).waitFor();
    expect(await faultsOfPage(other)).toEqual([]);
    await other.getByRole("button", { name: "Deliver all again" }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Deliver all again" }).click();
    await other.getByText("None: search has taken every change.").waitFor();
    await other.goto(`${opened.origin}/console/scripts`);
    await other.getByRole("link", { name: "The Red Buoy" }).waitFor();
    expect(await faultsOfPage(other)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("an auditor has no scripts in the console, and the console says so at its address", async () => {
    const { page: other } = await opened.open({ username: "vera", password: PASSWORD });
    await other.goto(`${opened.origin}/console/scripts`);
    await other.getByText("There is no such page").waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
