/** The console's frame in a real Chromium: login, step-up in place, and who may call by its path. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

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

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const row = (text: string) => page.getByRole("row").filter({ hasText: text });

  test("someone comes from the login to the page that they wanted, and makes a role", async () => {
    await page.getByRole("link", { name: "Roles" }).click();
    await press("New role");
    await page.getByLabel("Name").fill("librarian");
    await page.getByLabel("search:read").check();
    await press("Save");
    await row("librarian").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("what needs to know who it is asks in place, and is done then", async () => {
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
});
