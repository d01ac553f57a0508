/** Whom the page at /docs acts as, in a real Chromium: logins, step-up in place, and what is left. Skipped where there is none. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import {
  type Account,
  codeOf,
  type Enrolled,
  enrol,
  forgetTimeSteps,
  logIn,
  newPerson,
  wrongCodeOf,
} from "../support/twofa.ts";
import { addAuthenticator, findChromium, startChromium } from "./chromium.ts";
import { logInByForm, openDocs, openOperation } from "./docs-page.ts";

const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: no one logs in at /docs.");

/** Gives this person a passkey, as a page of Fountain's own does. */
const addPasskey = ({ token }: Account): string => `(async () => {
  const post = async (path, body) => {
    const headers = { authorization: ${JSON.stringify(`Bearer ${token}`)}, "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const options = await post("/twofa/factors/webauthn/options", { name: "Key" });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const response = (await navigator.credentials.create({ publicKey })).toJSON();
  await post("/twofa/factors/webauthn", { response });
})()`;

describe.skipIf(CHROMIUM === undefined)("at /docs", () => {
  let fountain: Fountain;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const issued: string[] = [];
  let person: Account;
  let factor: Enrolled;
  /** Gets a passkey. */
  let holder: Account;

  beforeAll(async () => {
    const [port = 0] = await freePorts();
    // Passkeys are of a domain.
    const origin = `http://localhost:${port}`;
    [fountain, browser] = await Promise.all([
      startFountain({ port, settings: { PUBLIC_URL: origin } }),
      startChromium(CHROMIUM ?? ""),
    ]);
    [person, holder] = [await newPerson(fountain), await newPerson(fountain)];
    factor = await enrol(person);
    ({ page, complaints } = await openDocs(browser, origin));
    page.on("response", async (response) => {
      if (!/\/kms\/(?:login|token)|\/twofa\/auth\/verify/.test(response.url()) || !response.ok()) return;
      const body = await response.json();
      issued.push(...[body.access_token, body.refresh_token].filter((token) => token !== undefined));
    });
  });
  afterAll(async () => {
    await browser?.close();
    await fountain?.stop();
  });

  /** Sends the operation, and waits for what the page then shows. */
  const call = async (operationId: string, shown: RegExp | string, body?: unknown): Promise<void> => {
    const operation = await openOperation(page, operationId);
    if (body !== undefined) await operation.locator("textarea").fill(JSON.stringify(body));
    await operation.getByRole("button", { name: "Send" }).click();
    await page.getByText(shown).first().waitFor();
  };
  const acting = (words: string) => page.locator("#acting", { hasText: words }).waitFor({ state: "attached" });
  const logOut = async () => {
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByText("Logged out.").waitFor();
  };
  /** All that is on the page, in its fields, and kept by the browser. */
  const everything = (): Promise<string> =>
    page.evaluate<string>(`[
      document.documentElement.textContent.replace(document.querySelector("body > script").textContent, ""),
      ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value),
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.search]),
    ].join("\\n")`);
  /** Neither these nor any token that the page has got. */
  const expectNothing = async (...secrets: string[]) => {
    const after = await everything();
    expect(issued.length).toBeGreaterThan(0);
    for (const secret of [...secrets, ...issued]) expect(after).not.toContain(secret);
    expect(after).toContain('[{},{},"",');
  };

  test("keeps nothing of a session that was ended, and nothing anywhere but in itself", async () => {
    const { adminUsername: username, adminPassword: password } = fountain;
    await call("kms.login", '"access_token"', { username, password });
    await acting(`Acting as ${username}.`);
    await call("kms.getProfile", '"acr"');
    const before = await everything();
    expect(before).toContain(password);
    expect(before).toContain('"access_token"');
    await vi.waitFor(() => expect(issued).toHaveLength(2), { timeout: 20_000 });
    for (const token of issued) expect(before).toContain(token);
    await call("kms.logout", "Logged out.");
    await expectNothing(password, '"users:admin"');
  });

  test("one logs in once, passes the second factor where a call asks for it, and the call is repeated", async () => {
    await logInByForm(page, person.username, person.password);
    // It is offered at once, to those who have one.
    await page.getByRole("dialog").getByText("Code, or a recovery code").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await acting(`Acting as ${person.username}.`);

    const operation = await openOperation(page, "twofa.replaceRecoveryCodes");
    await operation.getByRole("button", { name: "Send" }).click();
    const question = operation.getByRole("form", { name: "Second factor" });
    await question.getByLabel("Code, or a recovery code").fill(wrongCodeOf(factor.secret));
    await question.getByRole("button", { name: "Verify" }).click();
    await question.getByText(/wrong|not accepted|refused|invalid/i).waitFor();
    await forgetTimeSteps(fountain, person);
    await question.getByLabel("Code, or a recovery code").fill(codeOf(factor.secret));
    await question.getByRole("button", { name: "Verify" }).click();
    await operation.getByText('"recoveryCodes"').last().waitFor();
    await acting("second factor passed");
    await logOut();
    await expectNothing(person.password, '"kid"');
  });

  test("a passkey passes it too, and logs in; who declines sends nothing", async () => {
    const { devices } = await addAuthenticator(page);
    await page.evaluate(addPasskey(holder));
    await logInByForm(page, holder.username, holder.password);
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    const operation = await openOperation(page, "twofa.replaceRecoveryCodes");
    const question = operation.getByRole("form", { name: "Second factor" });
    await operation.getByRole("button", { name: "Send" }).click();
    await question.getByRole("button", { name: "Cancel" }).click();
    await operation.getByText("Not sent: no second factor was given.").waitFor();
    await operation.getByRole("button", { name: "Send" }).click();
    await question.getByRole("button", { name: "Use a passkey" }).click();
    await operation.getByText('"recoveryCodes"').last().waitFor();
    await logOut();
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Use a passkey" }).click();
    await acting(`Acting as ${holder.username}, second factor passed.`);
    await logOut();
    await devices.detach();
  });

  test("acts by a pasted token or API key, and does not revoke what it was only lent", async () => {
    const { token } = await logIn(fountain, person.username, person.password);
    const paste = async (kind: string, secret: string) => {
      await page.getByRole("button", { name: "Log in", exact: true }).click();
      await page.getByText("Use a token or an API key").click();
      await page.getByLabel("Kind").selectOption(kind);
      await page.getByLabel("Credential").fill(secret);
      await page.getByRole("button", { name: "Use it" }).click();
    };
    await paste("Access token", token);
    await acting(`Acting as ${person.username}.`);
    await logOut();
    await expectNothing(token);
    expect((await person.call("GET", "/factors", { token })).status).toBe(200);
    await paste("API key", "ftn_no-key");
    await acting("Acting as a service, by its API key.");
    await call("kms.listServices", /^401 in/);
    await logOut();
    await expectNothing("ftn_no-key");
  });

  test("works under its own policy", () => {
    expect(complaints).toEqual([]);
  });
});
