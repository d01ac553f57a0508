/**
 * The tour of docs/tour.md: every screen that it shows, on an installation filled by `npm run demo -- --seed`. With `TOUR=write` in
 * the environment the screenshots are made anew.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, type OpenConsole, startConsole } from "./open-console.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const IMAGES = path.join(ROOT, "docs", "tour");
const IS_WRITING = process.env["TOUR"] === "write";

interface Screen {
  path: string;
  /** Leads from the page to what is shown. */
  show?: (page: Page) => Promise<void>;
  /** Something that only what was filled in shows. */
  text: string | RegExp;
}

/** By the name of the image. */
const SCREENS: Readonly<Record<string, Screen>> = {
  overview: { path: "/console/overview", text: "writers-room" },
  people: { path: "/console/people", text: "mara" },
  roles: { path: "/console/roles", text: "editor" },
  services: { path: "/console/services", text: "writers-room" },
  secrets: {
    path: "/console/secrets",
    show: (page) => page.getByRole("link", { name: "smtp-password" }).click(),
    text: "writers-room/smtp-password",
  },
  gateway: { path: "/console/gateway", text: "notes" },
  explain: {
    path: "/console/explain",
    show: (page) => page.getByRole("link", { name: "Explain" }).nth(1).click(),
    text: "scope",
  },
  audit: { path: "/console/audit", text: "login" },
  search: { path: "/console/search?q=lamp", text: "lamp" },
  scripts: {
    path: "/console/scripts",
    show: (page) => page.getByRole("link", { name: "The Lighthouse Keeper" }).click(),
    text: "EXT.",
  },
};

test("the page shows each of them, and each image has its place", () => {
  const shown = [...readFileSync(path.join(ROOT, "docs", "tour.md"), "utf8").matchAll(/\(tour\/(\w+)\.png\)/g)];
  expect(shown.map(([, name]) => name).toSorted()).toEqual(Object.keys(SCREENS).toSorted());
  expect(readdirSync(IMAGES).toSorted()).toEqual(
    Object.keys(SCREENS)
      .map((name) => `${name}.png`)
      .toSorted(),
  );
});

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let opened: OpenConsole;
  let page: Page;

  beforeAll(async () => {
    opened = await startConsole({ REGISTRATION: "open" });
    await opened.seed();
    ({ page } = await opened.open(await opened.enrol(opened.administrator)));
  }, 120_000);
  afterAll(() => opened?.stop());

  test.each(Object.entries(SCREENS))("%s", async (name, { path: address, show, text }) => {
    await page.goto(opened.origin + address);
    await show?.(page);
    await page.getByRole("main").getByText(text).first().waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByRole("alert").allTextContents()).toEqual([]);
    if (IS_WRITING) await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
  });

  test("nothing complained", () => {
    expect(opened.complaints).toEqual([]);
  });
});
