/** `npm run new-service` in a copy of the repository: what it makes is checked and tested like any worker. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EDITS } from "../../runtime/new-service/edits.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const COPIED = ["workers", "shared", "runtime", "clients", "templates", "tests", "examples", "docs", "deploy"];
const FILES = [
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
  "biome.json",
  ".gitignore",
  ".dockerignore",
  "wrangler.toml",
  "docker-compose.yml",
  ".env.example",
];
/** With a digit, and with a part that is also in the name of the template. */
const NAME = "my-new-service-2";
const CHANGED = EDITS.map(({ file }) => file);

/** Each compares one of the changed files with the others. */
const TESTS = [
  `workers/${NAME}`,
  "runtime/compose/compose-file.test.ts",
  "tests/bench/stalls/largest.test.ts",
  "tests/security/data-protection.test.ts",
  "tests/docs/examples.test.ts",
];

/** A type check spends a quarter of its processor time on collecting garbage if new values have little room. */
const ROOM = "--max-semi-space-size=128";

let copy: string;
const inCopy = (file: string): string => path.join(copy, file);
const read = (file: string): string => readFileSync(inCopy(file), "utf8");
const run = async (file: string, ...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [ROOM, file, ...args], { cwd: copy }).catch(
    (error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${file} ${args.join(" ")}\n${error.stdout}${error.stderr}`, { cause: error });
    },
  );
  return stdout;
};
const create = (...names: string[]): Promise<string> => run("runtime/new-service/main.ts", ...names);

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "fountain-new-service-"));
  for (const folder of COPIED) cpSync(path.join(ROOT, folder), inCopy(folder), { recursive: true });
  for (const file of FILES) cpSync(path.join(ROOT, file), inCopy(file));
  symlinkSync(path.join(ROOT, "node_modules"), inCopy("node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each([
  ["without a name", []],
  ["with two names", ["one", "two"]],
  ["with the name of a worker", ["kms"]],
])("changes nothing %s", async (_, names) => {
  await expect(create(...names)).rejects.toThrow(/Fountain: .*: (run|choose) /);
  for (const file of CHANGED) expect(read(file), file).toBe(readFileSync(path.join(ROOT, file), "utf8"));
});

test("changes nothing if a file is not as expected, and names it", async () => {
  const compose = read("docker-compose.yml");
  writeFileSync(inCopy("docker-compose.yml"), compose.replace("      - kms_database_token\n", ""));
  await expect(create(NAME)).rejects.toThrow('Fountain: docker-compose.yml has "      - kms_database_token" 3 times');
  writeFileSync(inCopy("docker-compose.yml"), compose);
  expect(existsSync(inCopy(`workers/${NAME}`))).toBe(false);
  for (const file of CHANGED) expect(read(file), file).toBe(readFileSync(path.join(ROOT, file), "utf8"));
});

test("adds a worker that passes the checks and its own tests, and only once", { timeout: 300_000 }, async () => {
  const output = await create(NAME);
  expect(output).toContain(`\n  npm test -- workers/${NAME}\n  npm start\n`);
  for (const file of CHANGED) expect(output).toContain(`\n  ${file}\n`);
  await expect(create(NAME)).rejects.toThrow(`the worker ${NAME} already exists`);

  await run("node_modules/@biomejs/biome/bin/biome", "check", `workers/${NAME}`, ...CHANGED);
  await run("node_modules/typescript/bin/tsc", "--noEmit");
  await run("runtime/checks/check-imports.ts");
  await run("runtime/checks/check-client.ts");
  await run("runtime/checks/check-page-script.ts");
  await run("node_modules/typescript/bin/tsc", "--noEmit", "-p", "clients/console");
  const config = `workers/${NAME}/drizzle.config.ts`;
  expect(await run("node_modules/drizzle-kit/bin.cjs", "generate", "--config", config)).toContain("No schema changes");
  await run("node_modules/vitest/vitest.mjs", "run", ...TESTS);
});
