/** The console of people who may do less: every panel that is offered to them works, and the others are not there. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, successOf } from "../../security/callers.ts";
import { caller } from "../../support/call.ts";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

const PASSWORD = "a password for tests: harbour";

/** What each of them needs, at the least, to be offered. */
const OFFERED: Readonly<Record<string, readonly string[]>> = {
  auditor: ["Audit"],
  editor: ["Scripts", "Search"],
  user: ["Search"],
};
const OF_ADMINISTRATORS = ["People", "Roles"];

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;

  beforeAll(async () => {
    opened = await startConsole();
    const call = caller(() => opened.fountain);
    const login = await successOf(call("POST", "/kms/login", {}, opened.administrator));
    for (const role of Object.keys(OFFERED)) {
      const person = { username: `the-${role}`, password: PASSWORD, roles: [role] };
      await successOf(call("POST", "/kms/users", bearer(login["access_token"]), person));
    }
  });
  afterAll(() => opened?.stop());

  test.each(Object.entries(OFFERED))("of %s", async (role, offered) => {
    const { page, context } = await opened.open({ username: `the-${role}`, password: PASSWORD });
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith("/console/call") && response.status() >= 400)
        refused.push(
          `${response.status()} ${response
            .request()
            .postData()
            ?.replace(/"form":"[^"]*",/, "")}`,
        );
    });
    const links = page.getByRole("navigation", { name: "Console" }).getByRole("link");
    const titles = await links.allTextContents();
    expect(titles).toEqual(expect.arrayContaining([...offered]));
    expect(titles.filter((title) => OF_ADMINISTRATORS.includes(title))).toEqual([]);
    for (const title of titles) {
      await links.filter({ hasText: title }).first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect(await page.getByRole("alert").allTextContents(), title).toEqual([]);
    }
    expect(refused).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await context.close();
  });
});
