/** OAuth clients in the console, in a real Chromium. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultsOfPage } from "../axe.ts";
import { CHROMIUM, type OpenConsole, partsOf, startConsole } from "./open-console.ts";

const NAME = 'Notes "><b>bold</b>';
const CALLBACK = "https://notes.example.org/callback";

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole();
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  });
  afterAll(() => opened?.stop());

  const { press, dialog } = partsOf(() => page);
  const expectNoFaults = async (): Promise<void> => {
    expect(await faultsOfPage(page)).toEqual([]);
    await page.setViewportSize({ width: 1_280, height: 900 });
  };
  const secret = () => page.getByRole("status", { name: "Client secret" });

  test("an application is registered, with a secret that is shown once", async () => {
    await page.getByRole("link", { name: "Applications", exact: true }).click();
    await page.getByText("No application yet.").waitFor();
    await press("Register an application");
    await page.getByLabel("Name").fill(NAME);
    await page.getByLabel("Redirect URIs, one in each line").fill(CALLBACK);
    await page.getByLabel("search:read").check();
    await expectNoFaults();
    await press("Register");
    const shown = (await secret().textContent()) ?? "";
    expect(shown).toMatch(/^fcs_/);
    await expectNoFaults();
    await page.getByRole("link", { name: `Go to ${NAME}` }).click();
    await page.getByRole("heading", { name: NAME }).waitFor();
    expect(await page.content()).not.toContain(shown);
    await expectNoFaults();
    expect(opened.complaints).toEqual([]);
  });

  test("it is changed, gets another secret, and is deleted once its name is typed", async () => {
    // It is saved before the scopes that can be offered are there.
    await page.route("**/console/call", async (route) => {
      if (!route.request().postData()?.includes("oauth-protected-resource")) await route.continue();
    });
    await press("Change");
    await page.getByLabel("Redirect URIs, one in each line").fill(`${CALLBACK}\n${CALLBACK}/second`);
    await press("Save");
    await page.getByText(`${CALLBACK}/second`).waitFor();
    await page.getByText("search:read").waitFor();
    await page.unroute("**/console/call");
    await press("New secret");
    await press("Replace the secret");
    await secret().waitFor();
    await press("Delete");
    const question = dialog(`Delete ${NAME}?`);
    await question.getByLabel("to go on").fill(NAME);
    await question.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No application yet.").waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
