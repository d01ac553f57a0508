/** The audit trail in a real Chromium: filtered and followed, read one by one, exported, and verified in the browser. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

const PASSWORD = "a password for tests: lighthouse";
const PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;
  let token: string;

  const create = (username: string, roles: string[]) =>
    send({ url: opened.fountain.url }, "POST", "/kms/users", { token, json: { username, password: PASSWORD, roles } });
  const { row } = partsOf(() => page);
  const change = (sql: string) => opened.fountain.databases["kms"]?.execute(sql);

  beforeAll(async () => {
    opened = await startConsole();
    const login = await send({ url: opened.fountain.url }, "POST", "/kms/login", { json: opened.administrator });
    token = String(login.body["access_token"]);
    await create("vera", ["auditor"]);
    ({ page } = await opened.open({ username: "vera", password: PASSWORD }));
  });
  afterAll(() => opened?.stop());

  test("an auditor filters by what was done, and the address keeps it", async () => {
    await page.getByRole("link", { name: "Audit", exact: true }).click();
    await page.getByLabel("Action").fill("user.create");
    await page.getByLabel("Outcome").selectOption("success");
    await page.getByRole("button", { name: "Filter" }).click();
    await row("created user").first().waitFor();
    await vi.waitFor(async () => expect(await row("logged in").count()).toBe(0));
    expect(new URL(page.url()).search).toBe("?action=user.create&outcome=success");
    await page.reload();
    await row("created user").first().waitFor();
    expect(await page.getByLabel("Action").inputValue()).toBe("user.create");
  });

  test("new entries appear by themselves, until that is paused", async () => {
    await page.clock.install();
    await page.reload();
    await row("created user").first().waitFor();
    const before = await row("created user").count();
    const count = (more: number) =>
      vi.waitFor(async () => expect(await row("created user").count()).toBe(before + more), { timeout: 20_000 });
    await create("ann", ["user"]);
    await count(1);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused").waitFor();
    const calls: string[] = [];
    page.on("request", (request) => calls.push(request.url()));
    await page.clock.fastForward("01:00");
    await create("bea", ["user"]);
    expect(calls).toEqual([]);
    await page.getByRole("button", { name: "Follow" }).click();
    await count(2);
  });

  test("an entry has a page with its request and what else its actor did", async () => {
    const requestId = "story-of-one-request";
    await send({ url: opened.fountain.url }, "POST", "/kms/login", {
      json: { username: "ann", password: "not that one, surely" },
      headers: { "x-request-id": requestId },
    });
    await page.goto(`${opened.origin}/console/audit?requestId=${requestId}`);
    await page
      .getByRole("link", { name: /^Entry / })
      .first()
      .click();
    await page.getByRole("heading", { name: /^Audit entry/ }).waitFor();
    await page.getByText("Someone unknown failed to log in").first().waitFor();
    await page.getByRole("region", { name: "In the same request" }).getByText("this entry").waitFor();
    await page.getByRole("region", { name: "What was done to the same target" }).getByText("created user").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
  });

  test("all that is shown is exported as JSON Lines", async () => {
    await page.goto(`${opened.origin}/console/audit?action=user.create`);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export these" }).click();
    const lines = readFileSync(await (await download).path(), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line).action)).toEqual(lines.map(() => "user.create"));
    expect(lines.length).toBeGreaterThan(1);
  });

  test("the chain is verified in the browser, which finds what was changed in the database", async () => {
    await page.goto(`${opened.origin}/console/audit`);
    await row("created user").first().waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    await page.getByRole("link", { name: "Verify the chain" }).click();
    const verify = page.getByRole("button", { name: "Verify", exact: true });
    await verify.click();
    await page.getByText(/Entries 1 to \d+: nothing was changed/).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save them" }).click();
    const kept = readFileSync(await (await download).path(), "utf8");
    expect(await faultsOfPage(page)).toEqual([]);

    const kids = JSON.parse(kept)[0].publicJwk;
    const forged = JSON.stringify([{ entries: 2, jws: JSON.parse(kept)[0].jws, publicJwk: kids }]);
    await page.getByLabel("Checkpoints that you kept").fill(forged);
    await verify.click();
    await page.getByText("its checkpoint is not signed by a trusted key").waitFor();
    await page.getByLabel("Checkpoints that you kept").fill(kept);
    await verify.click();
    await page.getByText(/Entries 1 to \d+: nothing was changed/).waitFor();

    await change("UPDATE audit_entries SET actor = 'eve' WHERE id = 3");
    await verify.click();
    await page.getByRole("link", { name: "entry 3" }).waitFor();
    await page.getByText("it, or an entry before it, was modified").waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test("what others have written is text, whatever it is", async () => {
    const columns = ["actor", "target", "reason", "acting_service", "request_id"];
    await opened.fountain.databases["kms"]?.execute({
      sql: `UPDATE audit_entries SET ${columns.map((name) => `${name} = ?`).join(", ")} WHERE id = 4`,
      args: columns.map(() => PAYLOAD),
    });
    await page.goto(`${opened.origin}/console/audit?actor=${encodeURIComponent(PAYLOAD)}`);
    await row(PAYLOAD).first().waitFor();
    await page.goto(`${opened.origin}/console/audit/4`);
    await page.getByText(PAYLOAD).first().waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
