/** The tutorial is followed word for word in a copy of the repository: each block goes where it says. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
const TUTORIAL = readFileSync(path.join(ROOT, "docs/add-a-service.md"), "utf8");
const COPIED = ["workers", "shared", "runtime", "tests", "examples", "docs", "deploy"];
const FILES = [
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "wrangler.toml",
  "docker-compose.yml",
  ".env.example",
];

/** The new worker, and what had to be changed for it. */
const CONCERNED = {
  extends: "./tsconfig.json",
  include: ["workers/notes", "workers/gateway/src/index.ts", "shared/**/*.d.ts", "tests/support/setup.ts"],
};

interface Block {
  language: string;
  file: string | undefined;
  text: string;
}

const blocks: Block[] = [...TUTORIAL.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
  ([, language = "", file, text = ""]) => ({ language, file, text }),
);

let copy: string;
const inCopy = (file: string): string => path.join(copy, file);
const run = async (command: string, ...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join("node_modules", command), ...args], {
    cwd: copy,
  }).catch((error: { stdout?: string }) => {
    throw new Error(`${command} ${args.join(" ")}\n${error.stdout}`, { cause: error });
  });
  return stdout;
};

/** The lines before and after the change; each block must fit in exactly one place. */
const sidesOf = (diff: string): [string, string] => {
  const lines = diff.trimEnd().split("\n");
  const side = (sign: string): string =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n");
  return [side("+"), side("-")];
};

const change = (file: string, diff: string): void => {
  const text = readFileSync(inCopy(file), "utf8");
  const [before, after] = sidesOf(diff);
  const parts = text.split(`\n${before}\n`);
  expect(parts, `${file} has this once:\n${before}`).toHaveLength(2);
  writeFileSync(inCopy(file), parts.join(`\n${after}\n`));
};

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "fountain-tutorial-"));
  for (const folder of COPIED) cpSync(path.join(ROOT, folder), inCopy(folder), { recursive: true });
  for (const file of FILES) cpSync(path.join(ROOT, file), inCopy(file));
  symlinkSync(path.join(ROOT, "node_modules"), inCopy("node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test("whoever follows the tutorial has a service that type-checks and passes its own tests", {
  timeout: 120_000,
}, async () => {
  for (const { language, file, text } of blocks) {
    if (file === undefined) continue;
    if (language === "diff") change(file, text);
    else {
      mkdirSync(path.dirname(inCopy(file)), { recursive: true });
      writeFileSync(inCopy(file), text);
    }
  }
  await run("drizzle-kit/bin.cjs", "generate", "--config", "workers/notes/drizzle.config.ts", "--name", "notes");
  writeFileSync(inCopy("tsconfig.part.json"), JSON.stringify(CONCERNED));
  await run("typescript/bin/tsc", "--project", "tsconfig.part.json");
  await run("vitest/vitest.mjs", "run", "workers/notes");
});
