import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { createLogFile } from "./log-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "fountain-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a log never outgrows its limit, and the newest lines are in it", () => {
  const file = path.join(folder, "x.log");
  const log = createLogFile(file);
  for (let n = 0; n < 60; n += 1) log(`${n} ${"x".repeat(100_000)}`);
  expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(5 * 1024 * 1024);
  expect(readFileSync(file, "utf8").trimEnd().split("\n").at(-1)).toContain(" 59 ");
});
