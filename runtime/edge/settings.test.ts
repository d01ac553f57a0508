import path from "node:path";
import { expect, test } from "vitest";
import { readTopology } from "../workerd/topology.ts";
import { readEdge, STAGES } from "./edge.ts";
import { checkEdgeSettings, stepUpFaults } from "./settings.ts";

const topology = readTopology(path.join(import.meta.dirname, "..", ".."));

/** The workers of staging, with these vars of one of them. */
const withVars = (worker: string, vars: Record<string, unknown>) =>
  readEdge(topology, "staging").map((each) =>
    each.worker.worker === worker ? { ...each, vars: { ...each.vars, ...vars } } : each,
  );

test.for(STAGES)("nothing is wrong with the wrangler files of %s", (stage) => {
  expect(checkEdgeSettings(readEdge(topology, stage), stage, {})).toEqual({ faults: [], warnings: [] });
});

test("a var that is not usable is named with its file, and so is one whose name is almost a setting's", () => {
  const vars = { REGISTRATION: "opne", AUDIT_RETENTION_DAYS: 0, SIGNING_KEY_ROTATION_DAYS: 30, JWT_ALGO: "ES256" };
  const { faults, warnings } = checkEdgeSettings(withVars("kms", vars), "staging", {});
  const where = "workers/kms/wrangler.toml, [env.staging] vars:";
  expect(faults).toEqual([
    `${where} REGISTRATION is "opne": set it to closed, email or open`,
    `${where} AUDIT_RETENTION_DAYS is "0": set it to a whole number from 1 to 3650`,
  ]);
  expect(warnings).toEqual([`${where} JWT_ALGO is not a setting and has no effect: did you mean JWT_ALG?`]);
});

test("secrets that the operator has at hand are checked without being shown", () => {
  const environment = { PUBLIC_URL: "fountain.example", KMS_SECRET_KEY: "sesame", SEARCH_DATABASE_URL: "sesame" };
  const { faults } = checkEdgeSettings(readEdge(topology, "production"), "production", environment);
  expect(faults.map((fault) => fault.split(" ", 1)[0]).toSorted()).toEqual([
    "DATABASE_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
  ]);
  expect(faults.join()).not.toContain("sesame");
});

test("a setting whose other half may be a secret is left alone", () => {
  const { faults } = checkEdgeSettings(withVars("twofa", { MAIL_FROM: "codes@mail.example" }), "staging", {});
  expect(faults).toEqual([]);
});

test("roles that demand a second factor must be stored", () => {
  const faults = (STEP_UP_FOR_ROLES: string) => stepUpFaults(withVars("kms", { STEP_UP_FOR_ROLES }), ["ops"]);
  expect([faults("admin,ops"), faults(""), stepUpFaults(withVars("kms", {}), [])]).toEqual([[], [], []]);
  expect(faults("opps")).toEqual([expect.stringContaining('STEP_UP_FOR_ROLES has "opps", which does not exist')]);
});
