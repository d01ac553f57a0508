/** Every link between the pages of the documentation leads to a file and a heading that exist. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
const pages = execFileSync("git", ["ls-files", "-z", "--", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((page) => page !== "" && existsSync(path.join(ROOT, page)));

const textOf = (page: string): string => readFileSync(path.join(ROOT, page), "utf8").replace(/^```.*?^```$/gms, "");

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");

const anchors = new Map(
  pages.map((page) => [
    page,
    new Set([...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading))),
  ]),
);

/** As GitHub resolves it from a page in the root: its form for private reports. */
const GITHUB_ADVISORIES = "../../security/advisories/new";

/** Links to files of the repository; those to other hosts and to a running Fountain are left out. */
const linksOf = (page: string): string[] =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(?:https?:|mailto:|\/)/.test(target) && target !== GITHUB_ADVISORIES);

test("a heading has the anchor that GitHub gives it", () => {
  expect(["RFC 8725 compliance", "`amr` and recovery codes", "FOUNTAIN_HOME"].map(anchorOf)).toEqual([
    "rfc-8725-compliance",
    "amr-and-recovery-codes",
    "fountain_home",
  ]);
});

describe.each(pages.filter((page) => linksOf(page).length > 0))("%s", (page) => {
  test.each([...new Set(linksOf(page))])("%s", (link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
    expect(existsSync(path.join(ROOT, target)), target).toBe(true);
    if (anchor !== undefined) expect([...(anchors.get(target) ?? [])]).toContain(anchor);
  });
});
