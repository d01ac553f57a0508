import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findComposed, findInBundle } from "./find.ts";
import { faultsOf, judge } from "./judge.ts";

const NONE = { bounded: {}, composing: {} };

describe("the regular expressions of a bundle", () => {
  it("are found with the file that they come from", () => {
    const { literals, composing } = findInBundle(`
// workers/a/src/one.ts
const one = (text) => text.replace(/a+b/gu, "");
// node_modules/package/index.js
const two = [/[/]/, "/none/", 1 / 2 / 3];
const three = (names) => new RegExp(names.join("|"));
`);
    expect(literals).toEqual([
      { pattern: /a+b/gu, file: "workers/a/src/one.ts" },
      { pattern: /[/]/, file: "node_modules/package/index.js" },
    ]);
    expect(composing).toEqual(["node_modules/package/index.js"]);
  });

  it("include those that it composes when it is loaded", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "fountain-expressions-test-"));
    const file = path.join(directory, "worker.mjs");
    writeFileSync(file, 'new RegExp(["a", "b"].join("+"), "i"); RegExp("c");');
    expect(await findComposed(file).finally(() => rmSync(directory, { recursive: true }))).toEqual([/a+b/i, /c/]);
    expect(/x/).toEqual(/x/);
  });
});

describe("the verdict on a regular expression", () => {
  it.each<readonly [RegExp, string]>([
    [/^[a-z]+(?:-[a-z]+)*$/, "safe"],
    [/\s+$/, "2nd degree polynomial"],
    [/^(?:a|a)+$/, "exponential"],
    [/^\s*>.+<[^\S\r\n]*(?:\s*>.+<[^\S\r\n]*)*$/, "exponential"],
  ])("%s is %s", async (pattern, verdict) => {
    expect(await judge(pattern)).toBe(verdict);
  });
});

describe("the check", () => {
  const file = "workers/a/src/one.ts";
  const verdictOf = async (pattern: RegExp): Promise<string> => (pattern.source === "safe" ? "safe" : "exponential");
  const found = {
    literals: [
      { pattern: /safe/, file },
      { pattern: /slow/, file },
    ],
    composing: [file],
  };

  it("names what is neither linear nor excepted", async () => {
    expect(await faultsOf(found, NONE, verdictOf)).toEqual([
      `${file}: /slow/ is not linear: exponential`,
      `${file}: composes regular expressions, and nothing says of what`,
    ]);
    const excepted = { bounded: { "/slow/": "short" }, composing: { [file]: "constants" } };
    expect(await faultsOf(found, excepted, verdictOf)).toEqual([]);
  });

  it("names exceptions that nothing needs", async () => {
    const excepted = { bounded: { "/safe/": "?", "/gone/": "?" }, composing: { "gone.ts": "?" } };
    expect(await faultsOf({ literals: [{ pattern: /safe/, file }], composing: [] }, excepted, verdictOf)).toHaveLength(
      3,
    );
  });
});
