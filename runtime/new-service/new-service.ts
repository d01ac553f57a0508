/** Adds a worker to the repository. Every file is made in memory first, so that a failure changes none. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { EDITS } from "./edits.ts";
import { type Names, parseName } from "./name.ts";
import { filesOf } from "./template.ts";

/** The new text of each file, by its path from the root. */
export interface Plan {
  names: Names;
  created: ReadonlyMap<string, string>;
  changed: ReadonlyMap<string, string>;
}

const changedFiles = (root: string, names: Names): Map<string, string> =>
  new Map(
    EDITS.map(({ file, change }) => {
      try {
        return [file, change(readFileSync(path.join(root, file), "utf8"), names)];
      } catch (cause) {
        throw new OperatorError(
          `${file} ${reasonOf(cause)}: put that place back as it was, or adapt runtime/new-service/edits.ts`,
          { cause },
        );
      }
    }),
  );

/** Formats and sorts imports as `npm run fix` does. Rejects with {@link OperatorError} if it cannot. */
const formatted = async (root: string, file: string, text: string): Promise<string> => {
  if (!/\.tsx?$/.test(file)) return text;
  const biome = path.join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const running = promisify(execFile)(process.execPath, [biome, "check", "--write", `--stdin-file-path=${file}`], {
    cwd: root,
  });
  running.child.stdin?.end(text);
  try {
    return (await running).stdout;
  } catch (cause) {
    throw new OperatorError(`${file} cannot be formatted: run \`npm run check\`, which reports why`, { cause });
  }
};

const formattedAll = async (root: string, files: ReadonlyMap<string, string>): Promise<Map<string, string>> => {
  const done = new Map<string, string>();
  for (const [file, text] of files) done.set(file, await formatted(root, file, text));
  return done;
};

/** What the new worker creates and changes. Rejects with {@link OperatorError}, and writes nothing. */
export const planService = async (root: string, name: string | undefined): Promise<Plan> => {
  const names = parseName(root, name);
  return {
    names,
    created: await formattedAll(root, filesOf(root, names)),
    changed: await formattedAll(root, changedFiles(root, names)),
  };
};

/** The worker's own files come first: without them the changed ones do not compile. */
export const writePlan = (root: string, { created, changed }: Plan): void => {
  for (const [file, text] of [...created, ...changed]) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
};
