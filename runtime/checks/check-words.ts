/** Part of `npm run check`: ends with code 1 when a text has a word that documentation avoids. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { findRejected, TEXT_KINDS } from "./words.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

/** Tracked files; one that is deleted and not committed yet is left out. */
const tracked = (patterns: readonly string[]): string[] =>
  execFileSync("git", ["ls-files", "-z", "--", ...patterns], { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "" && existsSync(path.join(ROOT, file)));

let findings = 0;
for (const { name, files, prose } of TEXT_KINDS.filter(({ isChecked }) => isChecked)) {
  const texts = tracked(files);
  for (const file of texts) {
    for (const { line, found, instead } of findRejected(prose(readFileSync(path.join(ROOT, file), "utf8")))) {
      console.error(`${file}:${line}: "${found}" (${instead})`);
      findings += 1;
    }
  }
  console.log(`Words: ${texts.length} files of ${name}.`);
}
process.exitCode = findings === 0 ? 0 : 1;
