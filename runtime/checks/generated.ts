/** Files in the repository that are generated from others. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..", "..");

interface Generated {
  /** Its path from the root. */
  file: string;
  text: string;
  /** What it has to agree with, as the end of a sentence: `what the routes declare`. */
  source: string;
}

/** With `--write`, as in `npm run fix`, writes it. Otherwise the process ends with code 1 when the file is another. */
export const keepGenerated = ({ file, text, source }: Generated): void => {
  const absolute = path.join(ROOT, file);
  if (process.argv.includes("--write")) writeFileSync(absolute, text);
  else if (readFileSync(absolute, "utf8") !== text) {
    console.error(`${file} is not ${source}: run npm run fix`);
    process.exitCode = 1;
  }
};
