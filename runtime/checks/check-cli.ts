/**
 * Part of `npm run check`: ends with code 1 when the reference of the command line is not what its definitions say. With
 * `--write`, as in `npm run fix`, it is generated.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { COMMANDS } from "../../clients/cli/src/commands/commands.ts";
import { referenceOf } from "../../clients/cli/src/definition/reference.ts";

const FILE = "docs/cli.md";

const file = path.join(import.meta.dirname, "..", "..", FILE);
const generated = referenceOf(COMMANDS);
if (process.argv.includes("--write")) writeFileSync(file, generated);
else if (readFileSync(file, "utf8") !== generated) {
  console.error(`${FILE} is not what the commands declare: run npm run fix`);
  process.exitCode = 1;
}
