import path from "node:path";
import { expect, test } from "vitest";
import { secretVariable } from "../workerd/environment.ts";
import { hasDatabase, OUTSIDE_SERVICES, readTopology } from "../workerd/topology.ts";
import { calleesFirst, databasesOf, missingCallee, readEdge, STAGES } from "./edge.ts";

const topology = readTopology(path.join(import.meta.dirname, "..", ".."));

test.for(STAGES)("deploys every worker of %s after those it calls, to that stage alone", (stage) => {
  const workers = readEdge(topology, stage);
  expect(workers).toHaveLength(topology.workers.length);
  for (const [index, { callees }] of workers.entries()) {
    const before = workers.slice(0, index).map(({ name }) => name);
    expect(before).toEqual(expect.arrayContaining([...callees]));
  }
  expect(workers.every(({ name }) => name.endsWith(`-${stage}`))).toBe(true);
});

test.for(STAGES)("binds at %s what it binds at home, but for what is outside of it", (stage) => {
  for (const { worker, callees } of readEdge(topology, stage)) {
    const home = worker.services.map(({ service }) => service).filter((service) => !OUTSIDE_SERVICES.includes(service));
    expect(new Set(callees)).toEqual(new Set(home.map((service) => `${service}-${stage}`)));
  }
});

test.for(STAGES)("demands at %s every secret and every setting that has no default there", (stage) => {
  for (const { worker, secrets } of readEdge(topology, stage)) {
    const owned = worker.vars["DATABASE_URL"] === undefined ? [] : ["DATABASE_URL"];
    expect(new Set(secrets)).toEqual(new Set(["PUBLIC_URL", ...owned, ...worker.secrets]));
  }
});

test.each([
  ["wrangler.toml", "fountain-kms-staging", undefined],
  ["wrangler.toml", "notes", undefined],
  ["wrangler.toml", "fountain-kms-production", "fountain-kms-production"],
  ["workers/search/wrangler.toml", "notes", "notes"],
])("%s may bind services of the account only where the gateway does: %s", (file, callee, missing) => {
  expect(missingCallee({ file, callees: [callee] }, [{ name: "fountain-kms-staging" }])).toBe(missing);
});

test("refuses workers that call each other in a cycle", () => {
  const cycle = [
    { name: "a", callees: ["b"] },
    { name: "b", callees: ["a"] },
  ];
  expect(() => calleesFirst(cycle)).toThrow("cycle");
});

test("names the database that the operator did not", () => {
  const workers = readEdge(topology, "staging");
  const owners = topology.workers.filter(hasDatabase).map(({ worker }) => worker);
  const environment = Object.fromEntries(
    owners.flatMap((worker) => [
      [secretVariable(worker, "DATABASE_URL"), "libsql://x.turso.io"],
      [secretVariable(worker, "DATABASE_TOKEN"), "token"],
    ]),
  );
  expect(
    databasesOf(workers, environment)
      .map(({ worker }) => worker.worker)
      .sort(),
  ).toEqual(owners.toSorted());
  expect(() => databasesOf(workers, { ...environment, SEARCH_DATABASE_TOKEN: "" })).toThrow("SEARCH_DATABASE_TOKEN");
});
