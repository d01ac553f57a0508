/** The table of docs/security/asvs.md has a row for every requirement, and every test that it names is there. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

const VERDICTS = ["met", "not applicable", "**partly**", "**not met**"];

/** The requirements of levels 1 and 2, by their level. */
const requirements = z.record(z.string(), z.int()).parse(JSON.parse(read("tests/security/asvs-5.0.json")));

const table = read("docs/security/asvs.md");

const rows = table
  .split("\n")
  .filter((line) => line.startsWith("| V"))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, id = "", level = "", subject = "", verdict = "", how = ""]) => ({ id, level, subject, verdict, how }));

const NAMED_TEST = /`([\w./-]+\.(?:test|spec)\.ts)`: \*([^*]+)\*/g;

const testsIn = (text: string) => [...text.matchAll(NAMED_TEST)].map(([, file = "", name = ""]) => ({ file, name }));

test("every requirement has one row, of its level", () => {
  const found = Object.fromEntries(rows.map(({ id, level }) => [id, Number(level)]));
  expect(rows.map(({ id }) => id)).toEqual([...new Set(rows.map(({ id }) => id))]);
  expect(found).toEqual(requirements);
});

describe.each(rows)("$id", ({ subject, verdict, how }) => {
  test("says what it asks for, whether it is met, and how or why not", () => {
    expect(subject).not.toBe("");
    expect(VERDICTS).toContain(verdict);
    if (verdict === "met") expect(testsIn(how).length).toBeGreaterThan(0);
    else expect(how.length).toBeGreaterThan(5);
  });

  test("names tests that exist", () => {
    expect(how.split(".test.ts`").length + how.split(".spec.ts`").length - 2).toBe(testsIn(how).length);
    for (const { file, name } of testsIn(how)) {
      expect(existsSync(path.join(ROOT, file)), file).toBe(true);
      const isNamed = ['"', "`"].some((quote) => read(file).includes(`${quote}${name}${quote}`));
      expect(isNamed, `${file}: ${name}`).toBe(true);
    }
  });
});

test("the sum says what the rows say", () => {
  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  const [met, notApplicable, partly, notMet] = VERDICTS.map(count);
  const sum = `${met} are met, ${notApplicable} do not apply, ${partly} are partly met, ${notMet} are not met`;
  expect(table).toContain(`Of ${rows.length} requirements ${sum}.`);
});
