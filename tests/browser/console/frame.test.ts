/** The console's frame in a real Chromium: login, step-up in place, and who may call by its path. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addAuthenticator } from "../chromium.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

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

  const { press, row } = partsOf(() => page);

  /** Tabs on to what has this label or text. */
  const tabTo = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(
        "document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent",
      );
      if (String(label).trim() === name) return;
    }
    throw new Error(`the keyboard does not lead to ${name}`);
  };

  test("someone comes from the login to the page that they wanted, and makes a role", async () => {
    await page.getByRole("link", { name: "Roles" }).click();
    await press("New role");
    await page.getByLabel("Name").fill("librarian");
    await page.getByLabel("search:read").check();
    await press("Save");
    await row("librarian").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a call that needs a step-up asks for the second factor in place, and is repeated", async () => {
    await opened.age();
    await row("librarian").getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog", { name: "Delete the role librarian?" });
    await question.getByRole("button", { name: "Delete" }).click();
    const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
    const code = proof.getByLabel("Recovery code");
    await proof.getByText("Use a recovery code").click();
    await code.fill("not-one-of-them");
    await proof.getByRole("button", { name: "Confirm" }).last().click();
    await proof.getByRole("alert").waitFor();
    await code.fill(administrator.recoveryCodes.pop() ?? "");
    await proof.getByRole("button", { name: "Confirm" }).last().click();
    await row("librarian").waitFor({ state: "detached" });
    await page.reload();
    await row("auditor").waitFor();
    expect(await row("librarian").count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  test("a question that is asked again says nothing of the failure before", async () => {
    await page.getByRole("button", { name: "New role" }).click();
    await page.getByLabel("Name").fill("passing");
    await press("Save");
    await row("passing").getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog", { name: "Delete the role passing?" });
    await page.route("**/console/call", (route) => route.fulfill({ status: 418, json: { title: "Not today" } }));
    await question.getByRole("button", { name: "Delete" }).click();
    await question.getByRole("alert").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await page.unroute("**/console/call");
    await row("passing").getByRole("button", { name: "Delete" }).click();
    expect(await question.getByRole("alert").count()).toBe(0);
    await question.getByRole("button", { name: "Delete" }).click();
    await row("passing").waitFor({ state: "detached" });
    expect(opened.complaints).toEqual([]);
  });

  test("a passkey passes the step-up, too, and giving up leaves everything as it was", async () => {
    await addAuthenticator(page);
    await page.goto(`${opened.origin}/account/security`);
    await press("Add: Passkey or security key");
    await page.getByLabel("Name").fill("My laptop");
    await press("Create passkey");
    await page.getByText("The factor is active.").waitFor();
    await page.goto(`${opened.origin}/console/roles`);
    await opened.age();
    await press("New role");
    await page.getByLabel("Name").fill("passkey-made");
    await press("Save");
    const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
    await proof.getByRole("button", { name: "Use a passkey" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "New role" }).getByRole("alert").waitFor();
    expect(await row("passkey-made").count()).toBe(0);
    await press("Save");
    await proof.getByRole("button", { name: "Use a passkey" }).click();
    await row("passkey-made").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("everything can be done by the keyboard alone, and the focus is where one expects it", async () => {
    await page.goto(`${opened.origin}/console/roles`);
    await row("auditor").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await tabTo("New role");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "New role" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await page.locator(":focus").textContent()).toBe("New role");
    await page.keyboard.press("Enter");
    await tabTo("Name");
    await page.keyboard.type("night-watch");
    await tabTo("audit:read");
    await page.keyboard.press("Space");
    await tabTo("Save");
    await page.keyboard.press("Enter");
    await row("night-watch").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("no other page of this host can call by its path", async () => {
    await page.reload();
    const data = await page.locator("#console-data").textContent();
    const statuses = await page.evaluate(
      async (form) => {
        const send = async (token: string): Promise<number> => {
          const body = JSON.stringify({ form: token, method: "GET", path: "/kms/users" });
          return (
            await fetch("/console/call", { method: "POST", headers: { "content-type": "application/json" }, body })
          ).status;
        };
        return [await send(form), await send(""), await send(`${form.slice(1)}A`)];
      },
      JSON.parse(data ?? "").form,
    );
    expect(statuses).toEqual([200, 403, 403]);
  });

  test("without a factor the password is asked for, and the page continues with the new session until it is logged out", async () => {
    const account = { username: "petra", password: "a password for tests: harbour" };
    await opened.fountain.databases["twofa"]?.execute("DELETE FROM factors");
    await opened.fountain.databases["twofa"]?.execute("DELETE FROM recovery_codes");
    const theirs = (await opened.open(opened.administrator)).page;
    await theirs.getByRole("link", { name: "People" }).click();
    await opened.age();
    await theirs.getByRole("button", { name: "Add a person" }).click();
    await theirs.getByLabel("How").selectOption("password");
    await theirs.getByLabel("Name", { exact: true }).fill(account.username);
    await theirs.getByRole("button", { name: "Create the account" }).click();
    const proof = theirs.getByRole("dialog", { name: "Confirm that it is you" });
    await proof.getByLabel("Password").fill(opened.administrator.password);
    await proof.getByRole("button", { name: "Confirm" }).click();
    await theirs.getByRole("link", { name: `Go to ${account.username}` }).waitFor();
    await theirs.keyboard.press("Escape");
    await theirs.getByRole("button", { name: "Log out" }).click();
    await theirs.getByText("You are logged out.").waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
