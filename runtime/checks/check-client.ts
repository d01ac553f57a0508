/**
 * Part of `npm run check`: ends with code 1 when the typed client and the routes differ. With `--write`, as in `npm run fix`,
 * the client's operations are generated. They are in the repository so that a change of the API shows in its review.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generateOperations, OPERATIONS_FILE } from "../typed-client/generate.ts";

const file = path.join(import.meta.dirname, "..", "..", OPERATIONS_FILE);
const generated = await generateOperations();
if (process.argv.includes("--write")) writeFileSync(file, generated);
else if (readFileSync(file, "utf8") !== generated) {
  console.error(`${OPERATIONS_FILE} is not what the routes declare: run npm run fix`);
  process.exitCode = 1;
}
