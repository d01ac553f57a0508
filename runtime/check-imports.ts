/** Part of `npm run check`: ends with code 1 when an import points the wrong way. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { findViolations } from "./import-rules.ts";

const ROOT = path.join(import.meta.dirname, "..");

const files = globSync("{workers,shared,examples}/**/*.ts", { cwd: ROOT }).map((file) => ({
  file: file.split(path.sep).join("/"),
  text: readFileSync(path.join(ROOT, file), "utf8"),
}));
const violations = findViolations(files);
for (const { file, target, rule } of violations) console.error(`${file} imports ${target}: ${rule}`);
console.log(`Import directions: ${files.length} files, ${violations.length} violations.`);
process.exitCode = violations.length === 0 ? 0 : 1;
