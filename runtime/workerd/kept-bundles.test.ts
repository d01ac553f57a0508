import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundlePath } from "./bundle.ts";
import { keepBundles } from "./kept-bundles.ts";
import type { Topology } from "./topology.ts";

let root: string;
let directory: string;
let topology: Topology;

const source = (name: string): string => path.join(root, name);
const bundle = (worker = "one"): string => bundlePath(directory, worker);

/** So that no file is younger than the bundles that are made of it. */
const settle = (): Promise<void> => sleep(200);

const keep = (): Promise<void> => keepBundles(topology, directory);

/** Whether bundles are made. */
const makes = async (): Promise<boolean> => {
  const before = statSync(bundle()).mtimeMs;
  await keep();
  return statSync(bundle()).mtimeMs !== before;
};

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "fountain-bundles-"));
  directory = path.join(root, "build");
  mkdirSync(path.join(root, "node_modules"));
  for (const file of ["package.json", "tsconfig.json", "node_modules/.package-lock.json"])
    writeFileSync(source(file), "{}");
  writeFileSync(
    source("one.ts"),
    'import { word } from "./word.ts";\nexport default { fetch: () => new Response(word) };',
  );
  writeFileSync(source("word.ts"), 'export const word = "first";');
  topology = {
    root,
    workers: [
      {
        worker: "one",
        name: "one",
        main: source("one.ts"),
        compatibilityDate: "2026-01-01",
        compatibilityFlags: [],
        services: [],
        vars: {},
        secrets: [],
        crons: [],
      },
    ],
  };
  await settle();
  await keep();
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test("keeps bundles while nothing changes", async () => {
  expect(await makes()).toBe(false);
});

test("a change in what a worker imports is in the next bundle, even of the same length", async () => {
  writeFileSync(source("word.ts"), 'export const word = "other";');
  await settle();
  expect(await makes()).toBe(true);
  expect(readFileSync(bundle(), "utf8")).toContain('"other"');
  expect(await makes()).toBe(false);
});

test.each([
  ["a bundle is cut short", () => truncateSync(bundle(), 10)],
  ["a bundle is missing", () => rmSync(bundle("internal"))],
  ["other versions are installed", () => appendFileSync(source("node_modules/.package-lock.json"), " ")],
  ["imports may mean other files", () => appendFileSync(source("package.json"), " ")],
  ["the record is cut short", () => truncateSync(path.join(directory, "bundles.json"), 10)],
])("makes them again when %s", async (_, change) => {
  change();
  expect(await makes()).toBe(true);
  expect(readFileSync(bundle(), "utf8")).toContain('"first"');
});

test("a worker that is added gets its bundle", async () => {
  const [one] = topology.workers;
  if (one === undefined) throw new Error("there is one");
  writeFileSync(source("two.ts"), "export default {};");
  topology = { ...topology, workers: [one, { ...one, worker: "two", main: source("two.ts") }] };
  await keep();
  expect(statSync(bundle("two")).size).toBeGreaterThan(0);
});

test("does not trust bundles of a file that was changed while they were made", async () => {
  rmSync(path.join(directory, "bundles.json"));
  const kept = keep();
  writeFileSync(source("word.ts"), 'export const word = "third";');
  await kept;
  expect(await makes()).toBe(true);
  expect(readFileSync(bundle(), "utf8")).toContain('"third"');
});

test("letters of people mean the same in a bundle, and none takes a second byte for each character of it", async () => {
  writeFileSync(
    source("one.ts"),
    "const same = (parts) => parts[0]; /** … */ export default [/^[ß😀]+$/u.exec('😀ß')?.[0], same`é`, 'ñ'];",
  );
  await keep();
  expect(readFileSync(bundle(), "utf8")).toMatch(/^[\0-\x7f]*$/);
  expect(await import(bundle())).toMatchObject({ default: ["😀ß", "é", "ñ"] });
});
