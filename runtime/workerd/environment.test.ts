import { expect, test } from "vitest";
import { computeEnvironment, textBindings } from "./environment.ts";
import type { Worker } from "./topology.ts";

const SERVICE_A: Worker = {
  worker: "service-a",
  name: "fountain-service-a",
  main: "/workers/service-a/src/index.ts",
  compatibilityDate: "2026-07-01",
  compatibilityFlags: [],
  services: [],
  vars: { REGISTRATION: "closed", DATABASE_URL: "http://service-a.db" },
  secrets: ["DATABASE_TOKEN"],
  crons: [],
};
const TOPOLOGY = { workers: [SERVICE_A] };
const GENERATED = { SERVICE_A_DATABASE_TOKEN: "generated" };

test("a var is shared by name; the database and the secrets are each worker's own", () => {
  expect(textBindings(SERVICE_A)).toEqual([
    { binding: "REGISTRATION", variable: "REGISTRATION" },
    { binding: "DATABASE_URL", variable: "SERVICE_A_DATABASE_URL" },
    { binding: "DATABASE_TOKEN", variable: "SERVICE_A_DATABASE_TOKEN" },
  ]);
});

test("the operator's word beats what was generated, and that beats the default", () => {
  const environment = computeEnvironment(
    TOPOLOGY,
    { ...GENERATED, SERVICE_A_DATABASE_URL: "http://generated.db" },
    { REGISTRATION: "open" },
  );
  expect(environment).toEqual({
    REGISTRATION: "open",
    SERVICE_A_DATABASE_URL: "http://generated.db",
    SERVICE_A_DATABASE_TOKEN: "generated",
  });
});

test("nothing of the operator's environment gets through that no worker declares", () => {
  const environment = computeEnvironment(TOPOLOGY, GENERATED, { AWS_SECRET_ACCESS_KEY: "x", PATH: "/bin" });
  expect(Object.keys(environment)).toEqual(["REGISTRATION", "SERVICE_A_DATABASE_URL", "SERVICE_A_DATABASE_TOKEN"]);
});

test.for([{}, { SERVICE_A_DATABASE_TOKEN: "" }])("a secret that nobody gave is named: %j", (generated) => {
  expect(() => computeEnvironment(TOPOLOGY, generated, {})).toThrow("needs the secret SERVICE_A_DATABASE_TOKEN");
});
