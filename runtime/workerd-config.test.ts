import { expect, test } from "vitest";
import type { Worker } from "./topology.ts";
import { workerdConfig } from "./workerd-config.ts";

const WORKER: Worker = {
  worker: "service-a",
  name: "fountain-service-a",
  main: "",
  compatibilityDate: "2026-07-01",
  compatibilityFlags: ["nodejs_compat"],
  services: [
    { binding: "KMS_RPC", service: "fountain-kms", entrypoint: "Rpc" },
    { binding: "LIBSQL", service: "libsql" },
  ],
  vars: { REGISTRATION: "closed" },
  secrets: ["DATABASE_TOKEN"],
  crons: ["* * * * *"],
};
const config = workerdConfig({
  root: "/",
  workers: [WORKER, { ...WORKER, worker: "kms", name: "fountain-kms", crons: [] }],
});

test("every worker, the internal one included, has no network but its bindings", () => {
  expect(config.match(/worker = \(/g)).toHaveLength(3);
  expect(config.match(/globalOutbound = "no-network"/g)).toHaveLength(3);
  expect(config).toContain('(name = "no-network", network = (allow = []))');
});

test("the way to the internet leads to public addresses only, unless the operator says otherwise", () => {
  const way = (allow: string) =>
    `(name = "internet", network = (allow = [${allow}], tlsOptions = (trustBrowserCas = true)))`;
  expect(config).toContain(way('"public"'));
  expect(workerdConfig({ root: "/", workers: [WORKER] }, "any")).toContain(way('"public", "private"'));
});

test("bindings are those of the wrangler file; settings come from the environment, none is written down", () => {
  expect(config).toContain('(name = "KMS_RPC", service = (name = "fountain-kms", entrypoint = "Rpc"))');
  expect(config).toContain('(name = "LIBSQL", service = "libsql")');
  expect(config).toContain('(name = "REGISTRATION", fromEnvironment = "REGISTRATION")');
  expect(config).toContain('(name = "DATABASE_TOKEN", fromEnvironment = "SERVICE_A_DATABASE_TOKEN")');
  expect(config).not.toContain("closed");
});

test("the internal worker, and nobody else, reaches the private entrypoint of every worker", () => {
  expect(config.match(/entrypoint = "Internal"/g)).toHaveLength(2);
  expect(config).toContain('(name = "kms", service = (name = "fountain-kms", entrypoint = "Internal"))');
  expect(config).toContain('(name = "service-a", service = (name = "fountain-service-a", entrypoint = "Internal"))');
});
