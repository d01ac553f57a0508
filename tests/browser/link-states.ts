/** The pages that links lead to, in the states that people meet them in. */
import type { Page } from "playwright-core";
import type { Fountain } from "../support/harness.ts";
import { storeInvitation, storeLink } from "../support/kms/links.ts";

/** Leads to a page, in a browser that has been nowhere yet. */
export type Visit = (page: Page) => Promise<unknown>;

type Open = (page: Page, path: string) => Promise<unknown>;

export const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).first().click();
export const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name, level: 1 }).waitFor();

/** By row of the route table, and state. */
export const linkStates = (
  fountain: () => Fountain,
  { open, asMember, userId }: { open: Open; asMember: Open; userId: () => string },
): Readonly<Record<string, Record<string, Visit>>> => {
  const byWrongLink =
    (path: string, button: string): Visit =>
    async (page) => {
      await open(page, `${path}?token=wrong`);
      await page.getByLabel("New password").fill("lantern harbour otter violin");
      await press(page, button);
      await page.getByText("This link is wrong").waitFor();
    };
  return {
    "GET /account/forgot": {
      "as it is": (page) => open(page, "/account/forgot"),
      "once asked": async (page) => {
        await open(page, "/account/forgot");
        await page.getByLabel("Username or email address").fill("nobody");
        await press(page, "Send");
        await heading(page, "Look at your mail");
      },
    },
    "GET /account/reset": {
      "by a code": (page) => open(page, "/account/reset"),
      "by a link that is wrong": byWrongLink("/account/reset", "Set the password"),
    },
    "GET /account/recover": {
      "as it is": (page) => open(page, "/account/recover?token=any"),
      "by a link that is wrong": byWrongLink("/account/recover", "Recover the account"),
    },
    "GET /account/first-login": {
      "as it is": async (page) => {
        const { token } = await storeLink(fountain(), { purpose: "first-login", userId: userId() });
        await open(page, `/account/first-login?token=${token}`);
        await heading(page, /Welcome to/);
      },
      "by a link that is wrong": (page) => open(page, "/account/first-login?token=wrong"),
    },
    "GET /account/invitation": {
      "as it is": async (page) => {
        const { token } = await storeInvitation(fountain(), { username: "mara-who-is-invited" });
        await open(page, `/account/invitation?token=${token}`);
        await page.getByRole("checkbox").waitFor();
      },
      "without its token": (page) => open(page, "/account/invitation"),
    },
    "GET /account/verify-email": {
      "by a link": (page) => asMember(page, "/account/verify-email?token=any"),
      "with a code to enter": (page) => asMember(page, "/account/verify-email?done=sent"),
    },
  };
};
