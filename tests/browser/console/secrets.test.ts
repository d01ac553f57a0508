/** Secrets, transit keys, signing keys and the root key in the console, in a real Chromium. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

/** What a secret may be. */
const CANARY = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
const READER = { username: "reader", password: "a password for tests: harbour" };

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;
  let administrator: Awaited<ReturnType<OpenConsole["enrol"]>>;

  beforeAll(async () => {
    opened = await startConsole();
    administrator = await opened.enrol(opened.administrator);
    ({ page } = await opened.open(administrator));
  });
  afterAll(() => opened?.stop());

  const { press, dialog, row } = partsOf(() => page);
  const value = () => page.locator("pre");
  /** Presses what asks, and then what it is about. */
  const confirm = async (label: string, question: string | RegExp) => {
    await dialog(question).getByRole("button", { name: label }).click();
    await dialog(question).waitFor({ state: "detached" });
  };

  test("someone stores a secret, whose value is shown after a second factor only, and not for long", async () => {
    await page.clock.install();
    await page.getByRole("link", { name: "Secrets" }).click();
    await page.getByText("No secret yet.").waitFor();
    await press("New secret");
    await page.getByLabel("Path", { exact: true }).fill("mail/password");
    await page.getByLabel("Value").fill(`first\nsame\n${CANARY}`);
    await press("Store");
    await row(/readable.*latest/).waitFor();
    expect(await page.content()).not.toContain("onerror");

    await opened.age();
    await page.getByRole("button", { name: "Show" }).click();
    const proof = dialog("Confirm that it is you");
    await proof.getByText("Use a recovery code").click();
    expect(await value().count()).toBe(0);
    await proof.getByLabel("Recovery code").fill(administrator.recoveryCodes.pop() ?? "");
    await proof.getByRole("button", { name: "Confirm" }).last().click();
    await value().waitFor();
    expect(await value().innerText()).toBe(`first\nsame\n${CANARY}`);
    expect(await faultsOfPage(page)).toEqual([]);
    await page.clock.fastForward("01:01");
    await value().waitFor({ state: "detached" });
    expect(opened.complaints).toEqual([]);
  });

  test("someone compares its versions, and restores one", async () => {
    await press("New version");
    await page.getByLabel("Value").fill("second\nsame");
    await press("Store");
    await row(/^2/).waitFor();
    await press("Compare");
    await value().waitFor();
    expect(await page.locator("pre .removed").allInnerTexts()).toEqual(["− first\n", `− ${CANARY}\n`]);
    expect(await page.locator("pre .added").allInnerTexts()).toEqual(["+ second\n"]);
    expect(await faultsOfPage(page)).toEqual([]);
    await row(/^1/).getByRole("button", { name: "Restore" }).click();
    await confirm("Restore", /Store version 1/);
    await row(/^3/).getByRole("button", { name: "Show" }).click();
    await value().getByText("first").waitFor();
    await page.getByRole("link", { name: "Transit keys" }).click();
    await value().waitFor({ state: "detached" });
    expect(await page.content()).not.toContain("onerror");
    expect(opened.complaints).toEqual([]);
  });

  test("someone deletes a secret, and brings it back", async () => {
    await page.getByRole("link", { name: "Secrets" }).first().click();
    await page.getByLabel("Path begins with").fill("mail/");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "password" }).click();
    await page.waitForURL(/\/mail\/password\?q=mail%2F$/);
    await press("Delete");
    await confirm("Delete", "Delete mail/password?");
    await page.getByText("No path begins like this.").waitFor();
    await row("deleted").getByRole("button", { name: "Undelete" }).click();
    await confirm("Undelete", /Undelete version 3/);
    await page.getByRole("link", { name: "password" }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("someone makes a transit key, tries it, rotates and deletes it", async () => {
    await page.getByRole("link", { name: "Transit keys" }).click();
    await press("New transit key");
    await page.getByLabel("Name").fill("orders");
    await press("Create key");
    await page.getByLabel("Text", { exact: true }).fill(CANARY);
    await press("Encrypt");
    const ciphertext = await page.getByLabel("Ciphertext", { exact: true }).innerText();
    await row("orders").getByRole("button", { name: "Rotate" }).click();
    await confirm("Rotate", "Rotate orders?");
    await row("orders").getByText("version 2").waitFor();
    await page.getByLabel("Ciphertext to decrypt").fill(ciphertext);
    await press("Decrypt");
    await value().waitFor();
    expect(await value().innerText()).toBe(CANARY);
    expect(await faultsOfPage(page)).toEqual([]);
    await row("orders").getByRole("button", { name: "Delete" }).click();
    await confirm("Delete", "Delete orders for good?");
    await page.getByText("No transit key yet.").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("someone rotates the signing key and the root key", async () => {
    await page.getByRole("link", { name: "Signing and root keys" }).click();
    await row("current").waitFor();
    await press("Rotate the key of access tokens");
    await confirm("Rotate", "Rotate the key that signs access tokens?");
    await row("retiring").waitFor();
    await press("Rotate the root key");
    await confirm("Rotate", "Rotate the root key?");
    await page.getByText("complete").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("who may only read is offered nothing else", async () => {
    const form = JSON.parse((await page.locator("#console-data").textContent()) ?? "").form;
    const send = (method: string, path: string, body: unknown): Promise<number> =>
      page.evaluate(async (sent) => (await fetch("/console/call", sent)).status, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          form,
          method,
          path,
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      });
    expect(await send("PUT", "/kms/roles/reader", { permissions: ["secrets:read"] })).toBeLessThan(300);
    expect(await send("POST", "/kms/users", { ...READER, roles: ["reader"] })).toBe(201);
    const { page: theirs } = await opened.open(READER);
    await theirs.getByRole("link", { name: "Secrets" }).click();
    await theirs.getByRole("link", { name: "password" }).click();
    await theirs.getByRole("button", { name: "Show" }).first().waitFor();
    const offered = new Set(await theirs.locator("main").getByRole("button").allInnerTexts());
    expect([...offered].toSorted()).toEqual(["Compare", "Show"]);
    expect(await theirs.getByRole("link", { name: /Transit|Signing|Services/ }).count()).toBe(0);
    await theirs.getByRole("button", { name: "Show" }).first().click();
    await theirs.locator("pre").waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
