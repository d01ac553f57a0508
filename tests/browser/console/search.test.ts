/** Search in a real Chromium, with the embedded engine, and the rules of a cluster. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../../support/call.ts";
import { type StandIn, startTypesense } from "../../typesense/stand-in.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

const PASSWORD = "a password for tests: lighthouse";
const PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

const documents = ["The harbour at night", `A harbour <mark>of</mark> ${PAYLOAD}`, "The kitchen"].map(
  (text, index) => ({
    id: `action-${index}`,
    element_type: index === 2 ? "spokenWord" : "action",
    element_id: index,
    sequence_number: index,
    version_number: 1,
    comment: PAYLOAD,
    text,
    script_id: 7,
  }),
);

const login = async ({ fountain, administrator }: OpenConsole): Promise<string> =>
  String((await send({ url: fountain.url }, "POST", "/kms/login", { json: administrator })).body["access_token"]);

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole();
    const token = await login(opened);
    const operations = documents.map((document) => ({ operation: "create", document }));
    await send({ url: opened.fountain.url }, "POST", "/search/documents/sync", { token, json: operations });
    const json = { username: "ursula", password: PASSWORD, roles: ["user"] };
    await send({ url: opened.fountain.url }, "POST", "/kms/users", { token, json });
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  });
  afterAll(() => opened?.stop());

  test("a query finds what it means, marked, and is narrowed down by a facet", async () => {
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.getByText("3 found").waitFor();
    await page.getByLabel("Words").fill("harbor");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText("2 found").waitFor();
    expect(await page.locator("mark").allTextContents()).toEqual(["harbour", "harbour"]);
    await page.getByText(`A harbour <mark>of</mark> ${PAYLOAD}`).waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.goto(`${opened.origin}/console/search`);
    await page.getByRole("link", { name: "spokenWord" }).click();
    await page.getByText("1 found").waitFor();
    expect(new URL(page.url()).searchParams.get("filter")).toBe("element_type:=`spokenWord`");
    await page.getByRole("link", { name: "Without the filter" }).click();
    await page.getByText("3 found").waitFor();
    await page.getByLabel("Filter").fill("nothing:=1");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByRole("alert").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("the index says how it is, and is rebuilt", async () => {
    await page.getByRole("link", { name: "Index", exact: true }).click();
    await page.getByText("documents in the collection elements").waitFor();
    await page.getByRole("button", { name: "Reindex" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reindex" }).click();
    await page.getByText("done", { exact: true }).waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByRole("link", { name: "Synonyms" }).click();
    await page.getByText("Synonyms need a Typesense cluster.").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("someone who only reads is offered nothing else", async () => {
    const { page: other } = await opened.open({ username: "ursula", password: PASSWORD });
    await other.goto(`${opened.origin}/console/search/index`);
    await other.getByText("documents in the collection elements").waitFor();
    const tabs = other.getByRole("navigation", { name: "Search" }).getByRole("link");
    expect(await tabs.allTextContents()).toEqual(["Try a query", "Index"]);
    expect(await other.getByRole("button", { name: "Reindex" }).count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("in a browser, with a cluster", () => {
  let typesense: StandIn;
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    typesense = await startTypesense();
    opened = await startConsole(typesense.settings);
    // The first document makes the collection, which rules are of.
    const json = { operation: "create", document: documents[0] };
    await send({ url: opened.fountain.url }, "POST", "/search/documents/sync", { token: await login(opened), json });
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  });
  afterAll(async () => {
    await opened?.stop();
    await typesense?.close();
  });

  const { press } = partsOf(() => page);

  test("synonyms are added, changed and deleted", async () => {
    await page.goto(`${opened.origin}/console/search/synonyms`);
    await page.getByText("None yet.").waitFor();
    await press("New synonym");
    await page.getByLabel("Id").fill("gates");
    await page.getByLabel("Words").fill(`gate\n${PAYLOAD}`);
    await press("Save");
    const row = page.getByRole("row").filter({ hasText: "gates" });
    await row.getByText(PAYLOAD).waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await row.getByRole("button", { name: "Change" }).click();
    await page.getByLabel("Words").fill("gate\ndoor");
    await press("Save");
    await row.getByText("gate, door").waitFor();
    await row.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("None yet.").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a curation is added, and what is no curation is refused beside it", async () => {
    await page.getByRole("link", { name: "Curations" }).click();
    await press("New curation");
    await page.getByLabel("Id").fill("harbour");
    await page.getByLabel("Curation", { exact: true }).fill("{");
    await press("Save");
    await page.getByText("This is not JSON.").waitFor();
    const rule = { rule: { query: PAYLOAD, match: "exact" }, excludes: [{ id: "action-7" }] };
    await page.getByLabel("Curation", { exact: true }).fill(JSON.stringify(rule));
    await press("Save");
    await page.getByRole("row").filter({ hasText: "action-7" }).waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("the key of the cluster is rotated", async () => {
    await page.getByRole("link", { name: "Index", exact: true }).click();
    await press("Rotate");
    await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
    await page.getByText(/The new key is number \d+/).waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
