/** People and roles in the console, in a real Chromium: what an administrator does there, and what others are not offered. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { successOf } from "../../security/callers.ts";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

const PASSWORD = "seven quiet lanterns drift";
const PAYLOADS = ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>'];

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;

  const call = (method: "POST" | "PUT", path: string, token: string | undefined, json: unknown) =>
    successOf(send({ url: opened.fountain.url }, method, path, { json, ...(token !== undefined && { token }) }));
  const logIn = (username: string, agent?: string) =>
    fetch(`${opened.fountain.url}/kms/login`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(agent !== undefined && { "user-agent": agent }) },
      body: JSON.stringify({ username, password: PASSWORD }),
    });

  beforeAll(async () => {
    opened = await startConsole();
    const token = String((await call("POST", "/kms/login", undefined, opened.administrator))["access_token"]);
    const people = { mara: ["user"], theo: ["editor", "user"], gone: ["user"], hana: ["user"] };
    for (const [username, roles] of Object.entries(people)) {
      const account = { username, roles, password: PASSWORD, email: `${username}@example.org` };
      await call("POST", "/kms/users", token, account);
    }
    for (const payload of PAYLOADS) await logIn("mara", payload);
    const administrator = await opened.enrol(opened.administrator);
    await opened.enrol({ username: "theo", password: PASSWORD });
    ({ page } = await opened.open(administrator));
  });
  afterAll(() => opened?.stop());

  const { press, row, dialog } = partsOf(() => page);
  const goTo = async (username: string, seenBy = page): Promise<void> => {
    await seenBy.getByRole("link", { name: "People", exact: true }).click();
    await seenBy.locator("main").getByRole("link", { name: username, exact: true }).click();
    await seenBy.getByRole("heading", { name: username, exact: true }).waitFor();
  };
  const expectNoFaults = async (): Promise<void> => {
    expect(await faultsOfPage(page)).toEqual([]);
    await page.setViewportSize({ width: 1_280, height: 900 });
  };

  test("someone is found by what is typed, which stays in the address", async () => {
    await page.getByRole("link", { name: "People", exact: true }).click();
    await row("theo").waitFor();
    await page.getByLabel("Search").fill("mar");
    await row("theo").waitFor({ state: "detached" });
    await page.getByLabel("State").selectOption("Active");
    await page.waitForURL(/\?q=mar&locked=no$/);
    await page.reload();
    await row("mara").waitFor();
    expect(await row("theo").count()).toBe(0);
    for (const payload of PAYLOADS) {
      await page.getByLabel("Search").fill(payload);
      await page.getByText(payload).waitFor();
    }
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Role").selectOption("editor");
    await row("mara").waitFor({ state: "detached" });
    await row("theo").waitFor();
    await expectNoFaults();
    expect(opened.complaints).toEqual([]);
  });

  test("one is invited by mail, and another gets an account with a password that is shown once", async () => {
    await press("Add a person");
    await page.getByLabel("Email").fill("olga@example.org");
    await press("Send the invitation");
    await row("olga@example.org").getByRole("button", { name: "Withdraw" }).click();
    await dialog("Withdraw the invitation of olga@example.org?").getByRole("button", { name: "Withdraw" }).click();
    await row("olga@example.org").waitFor({ state: "detached" });

    await press("Add a person");
    await page.getByLabel("How").selectOption("password");
    await page.getByLabel("Name", { exact: true }).fill("petra");
    await press("Create the account");
    const password = (await page.getByRole("status", { name: "Password" }).textContent()) ?? "";
    await expectNoFaults();
    expect((await call("POST", "/kms/login", undefined, { username: "petra", password }))["access_token"]).toBeTruthy();
    await page.getByRole("link", { name: "Go to petra" }).click();
    await page.getByRole("heading", { name: "petra", exact: true }).waitFor();
    expect(await page.content()).not.toContain(password);
    expect(opened.complaints).toEqual([]);
  });

  test("an administrator changes someone's roles, ends their sessions, makes a reset link, locks and unlocks them", async () => {
    await goTo("mara");
    for (const payload of PAYLOADS) await row(payload).waitFor();
    await page.getByText("mara has none: the password alone lets them in.").waitFor();
    await row(PAYLOADS[0] ?? "")
      .getByRole("button", { name: "End" })
      .click();
    await dialog("End this session?").getByRole("button", { name: "End" }).click();
    await row(PAYLOADS[0] ?? "").waitFor({ state: "detached" });
    await row(PAYLOADS[1] ?? "").waitFor();
    await press("Change roles");
    await dialog("Roles of mara").getByLabel("auditor").check();
    await press("Save");
    await page.getByText("audit:read").waitFor();
    await press("Make a reset link");
    await press("Make the link");
    expect(await page.getByLabel("Reset link").textContent()).toContain("/account/reset?token=ftl_");
    await expectNoFaults();
    await press("End all");
    await dialog("End all sessions of mara?").getByRole("button", { name: "End all" }).click();
    await page.getByText("mara is logged in nowhere.").waitFor();
    await press("Lock");
    await dialog("Lock mara?").getByRole("button", { name: "Lock" }).click();
    await page.getByRole("button", { name: "Unlock", exact: true }).waitFor();
    expect((await logIn("mara")).status).not.toBe(200);
    await press("Unlock");
    await dialog("Unlock mara?").getByRole("button", { name: "Unlock" }).click();
    await page.getByRole("button", { name: "Lock", exact: true }).waitFor();
    expect((await logIn("mara")).status).toBe(200);
    expect(opened.complaints).toEqual([]);
  });

  test("an administrator removes the second factors of someone who has lost their device", async () => {
    await goTo("theo");
    await row("Authenticator app").waitFor();
    await press("Remove all");
    await dialog("Remove the second factors of theo?").getByRole("button", { name: "Remove all" }).click();
    await page.getByText("theo has none").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a person is erased only after their name is typed", async () => {
    await goTo("gone");
    await press("Erase this person");
    const question = dialog("Erase gone?");
    const erase = question.getByRole("button", { name: "Erase for good" });
    expect(await erase.isDisabled()).toBe(true);
    await question.getByLabel("Type gone to go on").fill("gone");
    await erase.click();
    await row("theo").waitFor();
    expect(await row("gone").count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  test("who may look after people is offered nothing that is refused to them", async () => {
    await page.getByRole("link", { name: "Roles", exact: true }).click();
    await press("New role");
    await page.getByLabel("Name").fill("desk");
    for (const scope of ["users:admin", "search:read", "sequence:read"]) await page.getByLabel(scope).check();
    await press("Save");
    await row("desk").waitFor();
    await expectNoFaults();
    await goTo("hana");
    await press("Change roles");
    await dialog("Roles of hana").getByLabel("desk").check();
    await press("Save");
    await page.getByText("users:admin").waitFor();

    const hana = await opened.open({ username: "hana", password: PASSWORD });
    const refused: string[] = [];
    hana.page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.request().postData()}`);
    });
    await goTo(opened.administrator.username, hana.page);
    await hana.page.getByText("you can look, but change nothing here").waitFor();
    const offered = await hana.page.locator("main").getByRole("button").allTextContents();
    expect(offered).toEqual([]);
    await hana.page.getByRole("link", { name: "Roles", exact: true }).click();
    await hana.page.getByText("allows more than you may").first().waitFor();
    expect(refused).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await hana.context.close();
  });
});
