/** Services and keys in the console, as people look after them in a real Chromium. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../../support/call.ts";
import { logIn } from "../../support/twofa.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

/** What a key may be called. */
const CANARY = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
const AUDITOR = { username: "auditor", password: "a password for tests: harbour" };

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole();
    const { token } = await logIn(opened.fountain);
    await send(opened.fountain, "POST", "/kms/users", { token, json: { ...AUDITOR, roles: ["auditor"] } });
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  });
  afterAll(() => opened?.stop());

  const { press, dialog, row } = partsOf(() => page);
  const soon = () => page.getByRole("region", { name: "Keys that are leaked or end soon" });
  /** The key that is shown this once. */
  const takeKey = async (): Promise<string> => {
    const shown = dialog("The new key of films");
    const key = await shown.getByLabel("The new key of films").innerText();
    await shown.getByRole("button", { name: "Done" }).click();
    await shown.waitFor({ state: "detached" });
    return key;
  };
  const verdictOn = async (key: string): Promise<string> => {
    await page.getByRole("link", { name: "Services and keys" }).click();
    await press("Check a key");
    await dialog("Check a key").getByLabel("Key").fill(key);
    await dialog("Check a key").getByRole("button", { name: "Check" }).click();
    const verdict = await dialog("Check a key").getByRole("status").locator(".badge").innerText();
    await dialog("Check a key").getByRole("button", { name: "Close" }).click();
    return verdict;
  };

  let key: string;

  test("someone makes a service and its first key, which works", async () => {
    await page.getByRole("link", { name: "Services and keys" }).click();
    await page.getByText("No service yet.").waitFor();
    await press("New service");
    await page.getByLabel("Name").fill("films");
    await page.getByLabel("search:read").check();
    await page.getByText("Only some secrets or transit keys").click();
    await page.getByLabel("Narrowed scopes").fill("secrets:read:mail/**");
    await press("Create service");
    await page.getByText("is not a scope").waitFor();
    await page.getByLabel("Narrowed scopes").fill("secrets:read:mail/*");
    await press("Create service");
    await page.getByRole("heading", { name: "films", level: 1 }).waitFor();
    await press("New key");
    await page.getByLabel("Name").fill(CANARY);
    await press("Create key");
    key = await takeKey();
    await row(CANARY).getByText("active").waitFor();
    expect(await verdictOn(key)).toBe("valid");
    expect(await page.content()).not.toContain(key);
    expect(opened.complaints).toEqual([]);
  });

  test("someone rotates the key from its row, with time to replace it", async () => {
    await page.getByRole("link", { name: "Keys of all services" }).click();
    await row(CANARY).first().getByRole("button", { name: "Rotate" }).click();
    await page.getByLabel("The old key works").selectOption("1 day");
    await dialog("Rotate").getByRole("button", { name: "Rotate" }).click();
    const successor = await takeKey();
    await soon().getByText("grace").waitFor();
    expect([await verdictOn(key), await verdictOn(successor)]).toEqual(["valid", "valid"]);
    key = successor;
    expect(opened.complaints).toEqual([]);
  });

  test("someone finds a leaked key, and revokes it", async () => {
    await send(opened.fountain, "POST", "/kms/keys/leaked", { json: { key } });
    await page.getByRole("link", { name: "Keys of all services" }).click();
    const leaked = soon().getByRole("row").nth(1);
    await leaked.getByText("leaked").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await leaked.getByRole("button", { name: "Revoke" }).click();
    await dialog("Revoke").getByRole("button", { name: "Revoke" }).click();
    await soon().getByText("leaked").waitFor({ state: "detached" });
    await page.getByLabel("State").selectOption("revoked");
    await row("revoked").waitFor();
    expect(await verdictOn(key)).toBe("revoked");
    await page.getByLabel("Find by name").fill("fil");
    await page.getByRole("link", { name: "films" }).click();
    await page.getByRole("heading", { name: "films", level: 1 }).waitFor();
    await row("revoked").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("who may only read sees the keys, and nothing to change them by", async () => {
    const { page: theirs } = await opened.open(AUDITOR);
    await theirs.getByRole("link", { name: "Services and keys" }).click();
    await theirs.getByRole("link", { name: "films" }).click();
    await theirs.getByText("grace").waitFor();
    expect(await theirs.locator("main").getByRole("button").allInnerTexts()).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("someone gives the service other scopes, and deletes it", async () => {
    await press("Change");
    await page.getByLabel("search:read").uncheck();
    await page.getByLabel("search:write").check();
    await press("Save");
    await dialog("Change films").waitFor({ state: "detached" });
    await page.getByText("search:write").first().waitFor();
    expect(await page.locator("dd").first().innerText()).toContain("secrets:read:mail/*");
    await press("Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No service yet.").waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
