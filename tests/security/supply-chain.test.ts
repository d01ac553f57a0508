/** Where the code of others comes from: the lock file is the inventory of every third-party package. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), "utf8"));

const entry = z.looseObject({
  version: z.string(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
});
const lock = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(read("package-lock.json"));
const packages = Object.entries(lock.packages)
  .filter(([where]) => where !== "")
  .map(([where, value]) => ({ where, ...entry.parse(value) }));

const manifest = z
  .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
  .parse(read("package.json"));

test("every package is pinned by version and SHA-512, and comes from the registry", () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(({ integrity }) => !integrity?.startsWith("sha512-"))).toEqual([]);
  expect(packages.filter(({ link }) => link !== undefined)).toEqual([]);
  expect(
    packages.filter(({ resolved }) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/")),
  ).toEqual([]);
});

test("every dependency names one exact version", () => {
  const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("SECURITY.md says within how many days each severity is dealt with", () => {
  const table = readFileSync(path.join(ROOT, "SECURITY.md"), "utf8");
  for (const severity of ["critical", "high", "medium", "low"])
    expect(table).toMatch(new RegExp(`^\\| ${severity}\\b[^|]*\\| \\d+ days \\|$`, "m"));
});
