/** The console's gateway: services behind it, limits and policies, for those who configure them and those who only look. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { successOf } from "../../security/callers.ts";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

/** Would run, were it ever markup. */
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>';
/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";
const WATCHER = { username: "watcher", password: "a password for tests: harbour" };
const CALLS = 3;

/** Each test looks at whole pages several times. */
const LONG = { timeout: 180_000 };

describe.skipIf(CHROMIUM === undefined)("in a browser", LONG, () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole();
    const call = (method: string, path: string, json: unknown, token?: string) =>
      successOf(send({ url: opened.fountain.url }, method, path, { json, ...(token !== undefined && { token }) }));
    const { username, password } = opened.administrator;
    const token = String((await call("POST", "/kms/login", { username, password }))["access_token"]);
    const administrator = await opened.enrol(opened.administrator);
    const recoveryCode = administrator.recoveryCodes.pop();
    const verified = String((await call("POST", "/twofa/auth/verify", { recoveryCode }, token))["access_token"]);
    await call("PUT", "/kms/roles/watcher", { permissions: ["gateway:read"] }, verified);
    await call("POST", "/kms/users", { ...WATCHER, roles: ["watcher"] }, verified);
    ({ page } = await opened.open(administrator));
  });
  afterAll(() => opened?.stop());

  const { press, row } = partsOf(() => page);
  const heading = (name: string) => page.getByRole("heading", { name, exact: true, level: 1 });

  test("a service is put behind the gateway, and what is wrong is said beside its field", async () => {
    await page.getByRole("link", { name: "Put a service behind the gateway" }).click();
    await page.getByLabel("Name").fill("notes");
    await page.getByLabel("Targets").fill("ftp://127.0.0.1");
    await page.getByLabel("Routes").fill("GET /public/** anyone\nGET /items/{id} notes:read");
    await page.getByLabel("Scopes").fill(`notes:read ${HOSTILE}`);
    await press("Save");
    await expect.poll(() => page.getByLabel("Targets").getAttribute("aria-invalid"), { timeout: 20_000 }).toBe("true");
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByLabel("Targets").fill(`${NOWHERE} 2`);
    await press("Save");
    await heading("notes").waitFor();
    await row(NOWHERE).waitFor();
    expect(await row("GET /public/**").innerText()).toContain("anyone");
    await page.getByText(HOSTILE, { exact: true }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a limit of it is set as JSON, and who uses it up is seen", async () => {
    await press("Change");
    await press("Edit all of it as JSON");
    const json = page.getByLabel("JSON");
    const body = JSON.parse(await json.inputValue());
    expect(body).toMatchObject({
      targets: [{ url: NOWHERE, weight: 2 }],
      routes: [{ anyone: true }, { scope: "notes:read" }],
    });
    await json.fill(JSON.stringify({ ...body, limits: [{ name: "notes-all", per: "all", limit: 100, window: "1d" }] }));
    await press("Save");
    await page.getByText("100 in 1d per all").waitFor();
    for (let made = 0; made < CALLS; made += 1) await send({ url: opened.fountain.url }, "GET", "/notes/public/x", {});
    await page.reload();
    await page.getByText(`${CALLS} of 100`).waitFor();
    expect(await row(NOWHERE).innerText()).toContain("takes no connection");
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByRole("link", { name: "Explain" }).nth(1).click();
    await page.getByText("Anyone may make this call").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a default limit is replaced, and back when that is deleted", async () => {
    await page.getByRole("link", { name: "Gateway" }).click();
    await page.getByRole("link", { name: "Limits" }).click();
    await row("default-login").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByRole("link", { name: "default-login" }).click();
    await press("Change");
    await page.getByLabel("Calls allowed").fill("77");
    await press("Save");
    await page.getByText("77 in 1m per address").waitFor();
    await press("Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await row("default-login").getByText("600 in 1m per address").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("a policy is made by the form", async () => {
    await page.getByRole("link", { name: "Policies" }).click();
    await press("New policy");
    await page.getByLabel("Name").fill("no-interns");
    await page.getByLabel("Routes").fill("* /notes/**");
    await page.getByLabel("Roles").fill(HOSTILE);
    await page.getByLabel("Addresses").fill("nowhere");
    await press("Save");
    await page.locator("small.fault").waitFor();
    await page.getByLabel("Addresses").fill("203.0.113.0/24");
    await press("Save");
    await heading("no-interns").waitFor();
    await page.getByText("roles, addresses").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("who may only look is offered nothing else", async () => {
    const { page: theirs, context } = await opened.open(WATCHER);
    await theirs.getByRole("link", { name: "Gateway" }).click();
    await theirs.getByRole("link", { name: "notes" }).click();
    await theirs.getByText("notes-all").first().waitFor();
    const buttons = async () => await theirs.getByRole("main").getByRole("button").count();
    expect(await buttons()).toBe(0);
    for (const kind of ["limits", "policies", "upstreams?new"]) {
      await theirs.goto(`${opened.origin}/console/gateway/${kind}`);
      await theirs.getByRole("table").waitFor();
      expect(await buttons()).toBe(0);
      expect(await theirs.getByRole("alert").count()).toBe(0);
    }
    await context.close();
    expect(opened.complaints).toEqual([]);
  });
});
