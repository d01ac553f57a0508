/** The tables of docs/settings.md say what the schemas say. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { composeSchema } from "../../runtime/settings/compose.ts";
import { localSchema } from "../../runtime/settings/local.ts";
import { allowedOfVariable, workerVariables } from "../../runtime/settings/workers.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";
import { allowedIn, settingNames } from "../../shared/settings/settings.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const topology = readTopology(ROOT);
const defaults: Record<string, string> = Object.assign({}, ...topology.workers.map(({ vars }) => vars));

interface Row {
  name: string;
  allowed: string;
  fallback: string;
}

/** The rows of each chapter, in their order. */
const [, workers = [], local = [], compose = []] = readFileSync(path.join(ROOT, "docs/settings.md"), "utf8")
  .split(/^## /m)
  .map((chapter): Row[] =>
    [...chapter.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \|/gm)].map(([, name = "", allowed = "", fallback = ""]) => ({
      name,
      allowed,
      fallback,
    })),
  );

const namesOf = (rows: readonly Row[]): string[] => rows.map(({ name }) => name).toSorted();

describe("the settings of the workers", () => {
  test("are all there", () => {
    const set = workerVariables(topology).filter((name) => !/_DATABASE_(URL|TOKEN)$/.test(name));
    expect(namesOf(workers)).toEqual(set.toSorted());
  });

  test.each(workers)("$name has what is allowed, and its default", ({ name, allowed, fallback }) => {
    expect(allowed).toBe(allowedOfVariable(topology, name));
    const declared = defaults[name];
    if (declared && name !== "PUBLIC_URL")
      expect(fallback.replaceAll("`", "")).toMatch(new RegExp(`^${declared}(;|$)`));
  });
});

test("the settings of `npm start` are all there, each with what is allowed", () => {
  const ofWorkers = workerVariables(topology);
  const own = settingNames(localSchema).filter((name) => !ofWorkers.includes(name));
  expect(namesOf(local)).toEqual(own.toSorted());
  for (const { name, allowed } of local) expect(allowed).toBe(allowedIn(localSchema, name));
});

test("the settings of the Compose stack are all there, each with what is allowed, and its default", () => {
  expect(namesOf(compose)).toEqual(
    settingNames(composeSchema)
      .filter((name) => name !== "SMTP_HOST")
      .toSorted(),
  );
  const file = readFileSync(path.join(ROOT, "docker-compose.yml"), "utf8");
  for (const { name, allowed, fallback } of compose) {
    expect(allowed).toBe(allowedIn(composeSchema, name));
    const [, declared] = new RegExp(`\\$\\{${name}:-([^}]+)\\}`).exec(file) ?? [];
    if (declared !== undefined) expect(fallback).toBe(`\`${declared}\``);
  }
});
