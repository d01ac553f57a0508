/** A Fountain, and its console in a real Chromium, for those who are logged in. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { freePorts } from "../../../runtime/local/ports.ts";
import { codeOf, successOf } from "../../security/callers.ts";
import { send } from "../../support/call.ts";
import { type Fountain, type FountainOptions, startFountain } from "../../support/harness.ts";
import { findChromium, startChromium } from "../chromium.ts";

export const CHROMIUM = findChromium();
if (CHROMIUM === undefined) console.warn("There is no Chromium on this machine: the console is not tried.");

const DEMO = path.join(import.meta.dirname, "..", "..", "..", "examples", "demo.ts");
const run = promisify(execFile);

const LONG_AGO_MS = 301_000;
/** So long a step may take on a busy machine. */
const STEP_MS = 20_000;

export interface Account {
  username: string;
  password: string;
}

/** Each recovery code is good once. */
interface Enrolled {
  recoveryCodes: string[];
}

export interface OpenConsole {
  fountain: Fountain;
  origin: string;
  /** What pages threw, logged as errors, asked in a dialog of a script, or were refused by their policy; refused calls apart. */
  complaints: string[];
  /** The console of someone who logs in, with a factor if they have one, in a browser of their own. */
  open(
    account: Account & Partial<Enrolled>,
    options?: Parameters<Browser["newContext"]>[0],
  ): Promise<{ page: Page; context: BrowserContext }>;
  /** Enrols an authenticator for someone, as the console's administrators need one for most of what they do. */
  enrol(account: Account): Promise<Account & Enrolled>;
  /** As if everyone had proven who they are longer ago than any step-up allows. */
  age(): Promise<void>;
  administrator: Account;
  /** As `npm run demo -- --seed`. Rejects where something of it could not be made. */
  seed(): Promise<void>;
  stop(): Promise<void>;
}

/** The parts of a page as people name them; `page` is the one that is open by then. */
export const partsOf = (
  page: () => Page,
): {
  press: (button: string) => Promise<void>;
  row: (text: string | RegExp) => Locator;
  dialog: (name: string | RegExp) => Locator;
} => ({
  press: (button) => page().getByRole("button", { name: button, exact: true }).click(),
  row: (text) => page().getByRole("row").filter({ hasText: text }),
  dialog: (name) => page().getByRole("dialog", { name }),
});

export const startConsole = async (settings: FountainOptions["settings"] = {}): Promise<OpenConsole> => {
  const browser = await startChromium(CHROMIUM ?? "");
  const [port = 0] = await freePorts();
  const origin = `http://localhost:${port}`;
  const fountain = await startFountain({ port, settings: { ...settings, PUBLIC_URL: origin } });
  const complaints: string[] = [];
  return {
    fountain,
    origin,
    complaints,
    administrator: { username: fountain.adminUsername, password: fountain.adminPassword },
    open: async ({ username, password, recoveryCodes = [] }, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(STEP_MS);
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("status of 4")) complaints.push(message.text());
      });
      page.on("dialog", (dialog) => {
        complaints.push(`a script ran: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(`${origin}/console`);
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Log in", exact: true }).click();
      const code = recoveryCodes.pop();
      if (code !== undefined) {
        await page.getByText("Lost your device?").click();
        await page.getByLabel("Recovery code").fill(code);
        await page.getByRole("button", { name: "Use the recovery code" }).click();
      }
      await page.getByRole("navigation", { name: "Console" }).waitFor({ state: "attached" });
      return { page, context };
    },
    enrol: async (account) => {
      const call = (path: string, token: string | undefined, json: unknown) =>
        successOf(send({ url: fountain.url }, "POST", path, { json, ...(token !== undefined && { token }) }));
      const token = String((await call("/kms/login", undefined, account))["access_token"]);
      const { factorId, secret } = await call("/twofa/factors/totp", token, {});
      const code = codeOf(String(secret));
      const { recoveryCodes } = await call("/twofa/factors/totp/confirm", token, { factorId, code });
      return { ...account, recoveryCodes: Array.isArray(recoveryCodes) ? recoveryCodes.map(String) : [] };
    },
    age: async () => {
      const sql = "UPDATE sessions SET authenticated_at = ?";
      await fountain.databases["kms"]?.execute({ sql, args: [Date.now() - LONG_AGO_MS] });
    },
    seed: async () => {
      const { adminUsername: ADMIN_USERNAME, adminPassword: ADMIN_PASSWORD } = fountain;
      const env = { ...process.env, FOUNTAIN_URL: origin, ADMIN_USERNAME, ADMIN_PASSWORD };
      await run(process.execPath, [DEMO, "--seed"], { env });
    },
    stop: async () => {
      await browser.close();
      await fountain.stop();
    },
  };
};
