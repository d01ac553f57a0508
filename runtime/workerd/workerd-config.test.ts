import { expect, test } from "vitest";
import { hasherConfig } from "./hasher-config.ts";
import type { Worker } from "./topology.ts";
import { nodeAddresses } from "./typesense.ts";
import { outwardReach, workerdConfig } from "./workerd-config.ts";

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

test("every worker, those of the runtime included, has no network but its bindings", () => {
  expect(config.match(/worker = \(/g)).toHaveLength(5);
  expect(config.match(/globalOutbound = "no-network"/g)).toHaveLength(5);
  expect(config).toContain('(name = "no-network", network = (allow = []))');
});

test("no code is built in the background, where it could wait for a main thread that waits for the background", () => {
  expect(config).toContain('"--no-maglev-build-code-on-background"');
});

test("the way to the internet leads to public addresses only, unless the operator says otherwise", () => {
  const way = (allow: string) =>
    `(name = "internet", network = (allow = [${allow}], tlsOptions = (trustBrowserCas = true)))`;
  expect(config).toContain(way('"public"'));
  expect(workerdConfig({ root: "/", workers: [WORKER] }, { internet: "any" })).toContain(way('"public", "private"'));
});

test("each Typesense node is one address outside, over TLS where its URL says so", () => {
  const typesense = nodeAddresses(["http://10.0.0.1:8108", "https://search.example/path", "http://[::1]"]);
  const withNodes = workerdConfig({ root: "/", workers: [WORKER] }, { typesense });
  for (const service of [
    '(name = "typesense-1", external = (address = "10.0.0.1:8108", http = ()))',
    '(name = "typesense-2", external = (address = "search.example:443", https = (options = (), certificateHost = "search.example", tlsOptions = (trustBrowserCas = true))))',
    '(name = "typesense-3", external = (address = "[::1]:80", http = ()))',
    '(name = "NODE_2", service = "typesense-2")',
  ])
    expect(withNodes).toContain(service);
  expect(config).not.toContain('name = "typesense-1"');
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

test("each hasher is a Unix socket, which the kms and the internal worker reach: in FOUNTAIN_HOME, or in the container alone", () => {
  const withSockets = workerdConfig({ root: "/", workers: [WORKER] }, { hashers: ["unix:/home/hasher-1.sock"] });
  expect(withSockets).toContain('(name = "hasher-1", external = (address = "unix:/home/hasher-1.sock", http = ()))');
  expect(config).toContain('(name = "hasher-4", external = (address = "unix-abstract:fountain-hasher-4", http = ()))');
  expect(config).toContain('(name = "hasher-4", service = "hasher-4")');
});

test("the gateway asks other processes through an entrypoint that does nothing else, and no other worker does", () => {
  expect(config).toContain('(name = "PROCESSES", service = (name = "internal", entrypoint = "Processes"))');
  expect(config.match(/entrypoint = "Processes"/g)).toHaveLength(1);
  const inHome = workerdConfig({ root: "/", workers: [WORKER] }, { first: "unix:/home/internal.sock" });
  expect(inHome).toContain('(name = "workerd-1", external = (address = "unix:/home/internal.sock", http = ()))');
});

test("only the internal worker reaches the internal workers of the other processes", () => {
  const withSockets = workerdConfig({ root: "/", workers: [WORKER] }, { siblings: ["unix:/home/workerd-2.sock"] });
  expect(withSockets).toContain('(name = "workerd-2", external = (address = "unix:/home/workerd-2.sock", http = ()))');
  expect(config).toContain('(name = "workerd-4", external = (address = "127.0.0.1:8791", http = ()))');
  expect(config.match(/service = "workerd-2"/g)).toHaveLength(1);
});

test("a hasher has no bindings, and no network, not even by the service that workerd gives to every worker", () => {
  const hasher = hasherConfig({ root: "/", workers: [WORKER] });
  expect(hasher).toContain('(name = "internet", network = (allow = []))');
  expect(hasher.match(/network = /g)).toHaveLength(1);
  for (const word of ["bindings", "fromEnvironment", "external", "disk", "globalOutbound"])
    expect(hasher).not.toContain(word);
});

test("only the worker that says so goes out by itself: to public addresses, unless mail goes to a private one", () => {
  const sender = { ...WORKER, services: [{ binding: "OUTBOUND", service: "messages" }] };
  const configWith = (messages?: "any") =>
    workerdConfig({ root: "/", workers: [sender, { ...WORKER, name: "x" }] }, messages ? { messages } : {});
  expect(configWith().match(/globalOutbound = "messages"/g)).toHaveLength(1);
  expect(configWith()).not.toContain('name = "OUTBOUND"');
  const way = (allow: string) =>
    `(name = "messages", network = (allow = [${allow}], tlsOptions = (trustBrowserCas = true)))`;
  expect(configWith()).toContain(way('"public"'));
  expect(configWith("any")).toContain(way('"public", "private"'));
  expect(configWith("any")).toContain('(name = "internet", network = (allow = ["public"]');
});

test.for<[Record<string, string>, ReturnType<typeof outwardReach>]>([
  [{}, { internet: "public", messages: "public" }],
  [
    { WEBHOOK_TARGETS: "", SMTP_NETWORK: "" },
    { internet: "public", messages: "public" },
  ],
  [
    { WEBHOOK_TARGETS: "public", SMTP_NETWORK: "public" },
    { internet: "public", messages: "public" },
  ],
  [{ WEBHOOK_TARGETS: "any" }, { internet: "any", messages: "public" }],
  [{ SMTP_NETWORK: "private" }, { internet: "public", messages: "any" }],
  [{ SMTP_NETWORK: "catch-all" }, { internet: "public", messages: "any" }],
])("with %j, private addresses are reached only as far as the operator says", ([environment, reach]) => {
  expect(outwardReach(environment)).toEqual(reach);
});
