/** Part of `npm run check`: ends with code 1 when an import points the wrong way, a thing is done another way than its one, or a folder or a file holds too much. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { findFolderCycles, findViolations } from "./import-rules.ts";
import { findOtherWays } from "./one-way.ts";
import { findPrivateCalls } from "./private-calls.ts";
import { findCrowdedFolders, findLongFiles } from "./sizes.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const filesIn = (folders: string) =>
  globSync(`{${folders}}/**/*.{ts,tsx,mts}`, { cwd: ROOT }).map((name) => ({
    file: name.split(path.sep).join("/"),
    text: readFileSync(path.join(ROOT, name), "utf8"),
  }));

const files = filesIn("workers,shared,examples,clients");
const allFiles = [...files, ...filesIn("runtime,tests")];
const faults = [
  ...findViolations(files).map(({ file, target, rule }) => `${file} imports ${target}: ${rule}`),
  ...findFolderCycles(files).map((circle) => `folders import each other in a cycle: ${circle.join(", ")}`),
  ...findPrivateCalls(files),
  ...findOtherWays(files),
  ...findCrowdedFolders(allFiles.map(({ file }) => file)).map(
    ([folder, count]) => `${folder} has ${count} source files: cut it by capability`,
  ),
  ...findLongFiles(allFiles).map(([file, count]) => `${file} has ${count} lines: cut it by subject`),
];
for (const fault of faults) console.error(fault);
console.log(`Imports: ${files.length} files, ${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
