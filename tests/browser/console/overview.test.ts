/** The console's overview: what those see who may see all of it, some of it, and nothing but whether Fountain responds. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bearer, successOf } from "../../security/callers.ts";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

const PASSWORD = "a password for tests: harbour";
/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9";
const WAIT = { timeout: 60_000, interval: 500 };

/** Each test looks at whole pages several times. */
const LONG = { timeout: 180_000 };

describe.skipIf(CHROMIUM === undefined)("in a browser", LONG, () => {
  let opened: OpenConsole;
  let page: Page;
  let token: string;

  const call = (method: string, path: string, json?: unknown) =>
    send({ url: opened.fountain.url }, method, path, { headers: bearer(token), ...(json !== undefined && { json }) });
  const make = (...given: Parameters<typeof call>) => successOf(call(...given));
  const section = (name: string) =>
    page.locator("section.card").filter({ has: page.getByRole("heading", { name, exact: true }) });

  beforeAll(async () => {
    opened = await startConsole();
    const { username, password } = opened.administrator;
    token = String((await call("POST", "/kms/login", { username, password })).body["access_token"]);
    const administrator = await opened.enrol(opened.administrator);
    ({ page } = await opened.open(administrator));
    const verified = await make("POST", "/twofa/auth/verify", { recoveryCode: administrator.recoveryCodes.pop() });
    token = String(verified["access_token"]);
  });
  afterAll(() => opened?.stop());

  test("an empty installation says what to do first, and that all is well", async () => {
    const steps = section("First steps");
    await steps.getByText("Invite someone").waitFor();
    expect(await steps.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^done.*second factor/s),
      expect.stringMatching(/^to do.*behind the gateway/s),
      expect.stringMatching(/^to do.*API key/s),
      expect.stringMatching(/^to do.*Invite/s),
    ]);
    await section("What needs attention").getByText("all well").waitFor();
    await section("Health").getByText("service-a responds").waitFor();
    expect(await page.locator(".tile").filter({ hasText: "Logins" }).first().innerText()).toMatch(/^Logins\s+[1-9]/);
    expect(await faultsOfPage(page)).toEqual([]);
  });

  test("what needs attention is listed, the worst first, with the way to its remedy", async () => {
    await make("POST", "/kms/services", { name: "reports", scopes: ["search:read"] });
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const { key } = await make("POST", "/kms/keys", { service: "reports" });
    await make("POST", "/kms/keys", { service: "reports", expiresAt: soon });
    await make("POST", "/kms/keys/leaked", { key });
    await make("POST", "/kms/users", { username: "second", password: PASSWORD, roles: ["admin"] });
    await make("PUT", "/gateway/upstreams/notes", { targets: [NOWHERE], routes: [{ match: "GET /**", anyone: true }] });
    await vi.waitFor(async () => {
      await call("GET", "/notes/x");
      const { state } = await make("GET", "/gateway/upstreams/notes");
      expect(state).toMatchObject({ breaker: expect.not.stringMatching("closed") });
    }, WAIT);
    await page.reload();
    const attention = section("What needs attention");
    await attention.getByText("A key of reports was leaked").waitFor();
    const tones = await attention.getByRole("listitem").locator(".badge").allInnerTexts();
    expect(tones).toEqual(expect.arrayContaining(["now", "soon"]));
    expect(tones).toEqual(tones.toSorted());
    await attention.getByText("A key of reports expires in 3 days").waitFor();
    await attention.getByText("The breaker of notes").waitFor();
    await attention.getByText("The administrator second has no second factor.").waitFor();
    expect(await faultsOfPage(page)).toEqual([]);
    const links = await page.getByRole("main").getByRole("link").all();
    const places = new Set(await Promise.all(links.map((link) => link.getAttribute("href"))));
    expect([...places]).toEqual(
      expect.arrayContaining(["/console/services/reports", "/console/gateway/upstreams/notes", "/console/explain"]),
    );
    for (const place of places) {
      await page.goto(opened.origin + place);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.getByText("There is no such page").count()).toBe(0);
    }
    expect(opened.complaints).toEqual([]);
  });

  test.each([
    ["auditor", "A key of reports was leaked"],
    ["editor", "all well"],
  ])("who has only the role %s sees what they may, and nothing that fails", async (role, text) => {
    await make("POST", "/kms/users", { username: role, password: PASSWORD, roles: [role] });
    const { page: theirs, context } = await opened.open({ username: role, password: PASSWORD });
    await theirs.getByText("Every part responds").waitFor();
    await theirs.getByText(text).waitFor();
    expect(await theirs.getByText("Could not look at").count()).toBe(0);
    expect(await theirs.locator(".tile").count()).toBe(0);
    expect(await theirs.getByText("First steps").count()).toBe(0);
    expect(await theirs.getByRole("alert").count()).toBe(0);
    await context.close();
    expect(opened.complaints).toEqual([]);
  });
});
