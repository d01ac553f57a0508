/**
 * Twenty tasks of the console and six of the account's pages in a real Chromium, each by the keyboard alone, on an installation that
 * `npm run demo -- --seed` has filled. The way to each begins at the navigation: at most three links or buttons, then the form.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

/** More than any page has. */
const MAX_TABS = 250;
/** Before the form, or the button that opens it. */
const MAX_LINKS = 3;

/** What a person presses: `to` and `press` lead on by Enter; `type`, `choose` and `tick` fill in a field. */
type Step =
  /** `place`: of several links of the name, counted from the top of the page. */
  | { to: string; place?: number }
  | { press: string }
  | { type: string; into: string }
  | { choose: string; into: string }
  | { tick: string };

interface Task {
  /** Links and buttons, then the form. */
  steps: readonly Step[];
  /** What is there once it is done. */
  done: string | RegExp;
}

const TASKS: Readonly<Record<string, Task>> = {
  "follow what needs attention": { steps: [{ to: "Overview" }, { to: "Rotate it" }], done: "trial, ends soon" },
  "find a person": {
    steps: [{ to: "People" }, { type: "mar", into: "Search" }, { to: "mara" }],
    done: "Second factors",
  },
  "change someone's roles": {
    steps: [{ to: "People" }, { to: "mara" }, { press: "Change roles" }, { tick: "auditor" }, { press: "Save" }],
    done: "audit:read",
  },
  "unlock someone": {
    steps: [{ to: "People" }, { to: "tom" }, { press: "Unlock" }, { press: "Unlock" }],
    done: "Lock",
  },
  "invite someone": {
    steps: [
      { to: "People" },
      { press: "Add a person" },
      { type: "olga@example.org", into: "Email" },
      { press: "Send the invitation" },
    ],
    done: "olga@example.org",
  },
  "make a role": {
    steps: [
      { to: "Roles" },
      { press: "New role" },
      { type: "librarian", into: "Name" },
      { tick: "search:read" },
      { press: "Save" },
    ],
    done: "librarian",
  },
  "register a service": {
    steps: [
      { to: "Services and keys" },
      { press: "New service" },
      { type: "films", into: "Name" },
      { tick: "search:read" },
      { press: "Create service" },
    ],
    done: "New key",
  },
  "create a key": {
    steps: [
      { to: "Services and keys" },
      { to: "films" },
      { press: "New key" },
      { type: "production", into: "Name" },
      { press: "Create key" },
    ],
    done: /ftn_[\w-]{43}/,
  },
  "rotate a key with time to change over": {
    steps: [
      { to: "Services and keys" },
      { to: "newsletter" },
      { press: "Rotate" },
      { choose: "1 day", into: "The old key works for another" },
      { press: "Rotate" },
    ],
    done: /ftn_[\w-]{43}/,
  },
  "store a secret": {
    steps: [
      { to: "Secrets" },
      { press: "New secret" },
      { type: "films/password", into: "Path" },
      { type: "a lantern", into: "Value" },
      { press: "Store" },
    ],
    done: "films/password",
  },
  "restore an older version of a secret": {
    steps: [{ to: "Secrets" }, { to: "smtp-password" }, { press: "Restore" }, { press: "Restore" }],
    done: "is stored again",
  },
  "create a transit key": {
    steps: [
      { to: "Secrets" },
      { to: "Transit keys" },
      { press: "New transit key" },
      { type: "orders", into: "Name" },
      { press: "Create key" },
    ],
    done: "orders",
  },
  "rotate the root key": {
    steps: [{ to: "Signing and root keys" }, { press: "Rotate the root key" }, { press: "Rotate" }],
    done: "Rotated.",
  },
  "register an application": {
    steps: [
      { to: "Applications" },
      { press: "Register an application" },
      { type: "Reader", into: "Name" },
      { type: "https://reader.example/callback", into: "Redirect URIs, one in each line" },
      { press: "Register" },
    ],
    done: "Reader",
  },
  "allow fewer calls": {
    steps: [
      { to: "Gateway" },
      { to: "Limits" },
      { to: "searches-per-caller" },
      { press: "Change" },
      { type: "77", into: "Calls allowed" },
      { press: "Save" },
    ],
    done: "77 in 1m",
  },
  "explain why a call was refused": {
    steps: [{ to: "Explain" }, { to: "403" }, { to: "Explain", place: 2 }],
    done: "The decision",
  },
  "filter the audit trail": {
    steps: [{ to: "Audit" }, { type: "user.create", into: "Action" }, { press: "Filter" }],
    done: "created user",
  },
  "verify the audit trail": {
    steps: [{ to: "Audit" }, { to: "Verify the chain" }, { press: "Verify" }],
    done: /nothing was changed|not linked yet|nothing to verify/i,
  },
  "try a query": {
    steps: [{ to: "Search" }, { type: "lamp", into: "Words" }, { press: "Search" }],
    done: /\d+ found/,
  },
  "move a scene": {
    steps: [
      { to: "Scripts" },
      { to: "THE LIGHTHOUSE KEEPER" },
      { press: "Move EXT. SALTMARROW ROCK - JETTY - DAY up" },
      { press: "Save the order" },
    ],
    done: "The scenes are in their new order.",
  },
};

const ACCOUNT: Readonly<Record<string, Task>> = {
  "read one's profile": { steps: [{ to: "Profile" }], done: "Member since" },
  "create new recovery codes": {
    steps: [{ to: "Security" }, { press: "Create new recovery codes" }],
    done: "They are shown only now.",
  },
  "begin to add an authenticator app": {
    steps: [{ to: "Security" }, { press: "Add: Authenticator app" }],
    done: "Scan this code with the app",
  },
  "end all other sessions": {
    steps: [{ to: "Sessions" }, { press: "End all others" }],
    done: "All other sessions have ended.",
  },
  "see the applications that one has logged in to": { steps: [{ to: "Applications" }], done: "not logged in to any" },
  "log out": { steps: [{ press: "Log out" }], done: "You are logged out." },
};

test("no task is further away than three links, and a button that opens its form", () => {
  for (const [name, { steps }] of Object.entries({ ...TASKS, ...ACCOUNT }))
    expect(steps.filter((step) => "to" in step).length, name).toBeLessThanOrEqual(MAX_LINKS);
  expect([Object.keys(TASKS).length, Object.keys(ACCOUNT).length]).toEqual([20, 6]);
});

/** What has the focus, by what a screen reader calls it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return { tag: element.tagName, name: label.trim() };
})()`;

interface Focused {
  tag: string;
  name: string;
}

describe.skipIf(CHROMIUM === undefined)("by the keyboard alone, someone can", () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole({ REGISTRATION: "open" });
    await opened.seed();
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  });
  afterAll(() => opened?.stop());

  const tabTo = async (hasFocus: () => Promise<boolean>, what: string): Promise<void> => {
    for (let presses = 0; presses < MAX_TABS; presses += 1) {
      await page.keyboard.press("Tab");
      if (await hasFocus()) return;
    }
    throw new Error(`the keyboard does not lead to ${what}`);
  };
  const enter = async (role: "link" | "button", name: string, place?: number): Promise<void> => {
    const all = page.getByRole(role, { name, exact: true }).and(page.locator(":enabled, a"));
    const wanted = place === undefined ? all : all.nth(place - 1);
    await wanted.first().waitFor();
    await tabTo(() => wanted.evaluateAll((found) => found.some((one) => one.matches(":focus"))), name);
    await page.keyboard.press("Enter");
  };
  const field = async (label: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).first().waitFor();
    await tabTo(async () => {
      const { tag, name } = await page.evaluate<Focused>(FOCUSED);
      return tag !== "A" && tag !== "BUTTON" && name === label;
    }, label);
  };

  const take = async (step: Step): Promise<void> => {
    if ("to" in step) await enter("link", step.to, step.place);
    else if ("press" in step) await enter("button", step.press);
    else if ("tick" in step) {
      await field(step.tick);
      await page.keyboard.press("Space");
    } else {
      await field(step.into);
      if ("choose" in step) await page.keyboard.type(step.choose);
      else {
        await page.keyboard.press("Control+A");
        await page.keyboard.type(step.type);
      }
    }
  };

  const perform = async (start: string, { steps, done }: Task): Promise<void> => {
    await page.goto(opened.origin + start);
    // Each begins with a factor that was just passed: how one is asked for is tried elsewhere.
    const sql = "UPDATE sessions SET authenticated_at = ?";
    await opened.fountain.databases["kms"]?.execute({ sql, args: [Date.now()] });
    for (const step of steps) await take(step);
    await page.getByText(done).first().waitFor();
    expect(opened.complaints).toEqual([]);
  };

  test.each(Object.entries(TASKS))("%s", (_, task) => perform("/console", task));

  test.each(Object.entries(ACCOUNT))("%s", (_, task) => perform("/account", task));
});
