/** Part of `npm run check`: ends with code 1 when an import points the wrong way, or a folder holds too much. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { findCrowdedFolders, findFolderCycles, findViolations } from "./import-rules.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const namesIn = (folders: string): string[] =>
  globSync(`{${folders}}/**/*.ts`, { cwd: ROOT }).map((file) => file.split(path.sep).join("/"));

const files = namesIn("workers,shared,examples").map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), "utf8"),
}));
const faults = [
  ...findViolations(files).map(({ file, target, rule }) => `${file} imports ${target}: ${rule}`),
  ...findFolderCycles(files).map((circle) => `folders import each other in a cycle: ${circle.join(", ")}`),
  ...findCrowdedFolders(namesIn("workers,shared,examples,runtime,tests")).map(
    ([folder, count]) => `${folder} has ${count} source files: cut it by capability`,
  ),
];
for (const fault of faults) console.error(fault);
console.log(`Imports: ${files.length} files, ${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
