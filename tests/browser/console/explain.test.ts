/** The console explains decisions on calls: those that were refused, those that are pasted, and those that are described. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, successOf } from "../../security/callers.ts";
import { send } from "../../support/call.ts";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

/** Would run, were it ever markup. */
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>';

/** Each test looks at whole pages several times. */
const LONG = { timeout: 180_000 };

describe.skipIf(CHROMIUM === undefined)("in a browser", LONG, () => {
  let opened: OpenConsole;
  let page: Page;
  let token: string;

  beforeAll(async () => {
    opened = await startConsole();
    const call = (method: string, path: string, json: unknown, headers = {}) =>
      successOf(send({ url: opened.fountain.url }, method, path, { json, headers }));
    const { username, password } = opened.administrator;
    const login = await call("POST", "/kms/login", { username, password });
    const administrator = await opened.enrol(opened.administrator);
    const recoveryCode = administrator.recoveryCodes.pop();
    const verified = await call("POST", "/twofa/auth/verify", { recoveryCode }, bearer(login["access_token"]));
    token = String(verified["access_token"]);
    await call(
      "PUT",
      "/gateway/policies/no-interns",
      { effect: "deny", routes: ["* /notes/items/{id}"], when: { roles: [HOSTILE] } },
      bearer(token),
    );
    await call(
      "PUT",
      "/gateway/upstreams/notes",
      { targets: ["http://127.0.0.1:9"], routes: [{ match: "GET /items/{id}" }] },
      bearer(token),
    );
    await send({ url: opened.fountain.url }, "GET", "/kms/users", {});
    ({ page } = await opened.open(administrator));
  });
  afterAll(() => opened?.stop());

  const decision = () =>
    page.locator("section.card").filter({ has: page.getByRole("heading", { name: "The decision" }) });

  test("a call that was refused is picked from the last hour", async () => {
    await page.getByRole("link", { name: "Explain" }).click();
    await page.getByRole("link", { name: "401" }).click();
    await page.getByRole("row").filter({ hasText: "GET /kms/users" }).getByRole("link", { name: "Explain" }).click();
    await decision().getByText("denied").waitFor();
    await decision().getByText("The call needs a credential, and brings none.").waitFor();
    const refused = decision().getByRole("listitem").filter({ hasText: "refused" });
    expect(await refused.allInnerTexts()).toEqual([expect.stringContaining("Credential")]);
  });

  test("a request is pasted, and its token goes nowhere", async () => {
    await page.getByText("Paste a request").click();
    await page
      .getByLabel("Request")
      .fill(`curl '${opened.origin}/notes/items/7?q=1' \\\n -H 'Authorization: Bearer ${token}' -H 'x-team: ops'`);
    await page.getByRole("button", { name: "Read it" }).click();
    await decision().getByText("allowed").waitFor();
    await decision().getByRole("row").filter({ hasText: "no-interns" }).getByText("does not").waitFor();
    await decision().getByText(HOSTILE).first().waitFor();
    expect(page.url()).toContain("subject=");
    expect(page.url()).not.toContain(token.slice(-20));
    expect(await faultsOfPage(page)).toEqual([]);
  });

  test("what is described wrongly is said beside its field, and the rest stays", async () => {
    await page.getByLabel("IP address").fill("nowhere");
    await page.getByRole("button", { name: "Explain" }).click();
    const address = page.getByLabel("IP address");
    await expect.poll(() => address.getAttribute("aria-invalid"), { timeout: 20_000 }).toBe("true");
    expect(await page.locator("small.fault").innerText()).toContain("must be an IP address");
    await address.fill("203.0.113.7");
    await page.getByLabel("Caller").selectOption("service");
    await page.getByLabel("Name of the service").fill("unknown");
    await page.getByRole("button", { name: "Explain" }).click();
    await decision().getByText("There is no such user, service or key.").waitFor();
    await page.reload();
    await decision().getByText("There is no such user, service or key.").waitFor();
    expect(await page.getByLabel("IP address").inputValue()).toBe("203.0.113.7");
    expect(opened.complaints).toEqual([]);
  });
});
