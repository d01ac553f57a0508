import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { reachableFrom, readTopology } from "./topology.ts";

const root = mkdtempSync(path.join(tmpdir(), "fountain-topology-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Lays out a repository: the front door's file at the root, the others in their folders. */
const layOut = (gateway: string, others: Record<string, string> = {}): string => {
  mkdirSync(path.join(root, "workers", "gateway"), { recursive: true });
  const common = (main: string) => `main = "${main}"\ncompatibility_date = "2026-07-01"\n`;
  writeFileSync(
    path.join(root, "wrangler.toml"),
    `name = "x-gateway"\n${common("workers/gateway/src/index.ts")}${gateway}`,
  );
  for (const [worker, text] of Object.entries(others)) {
    mkdirSync(path.join(root, "workers", worker), { recursive: true });
    const file = path.join(root, "workers", worker, "wrangler.toml");
    writeFileSync(file, `name = "x-${worker}"\n${common("src/index.ts")}${text}`);
  }
  return root;
};

test("reads bindings, vars, secrets and crons as the wrangler files have them", () => {
  layOut(`services = [{ binding = "KMS", service = "x-kms", entrypoint = "Rpc" }]\n[vars]\nPUBLIC_URL = "http://x"`, {
    kms: `services = [{ binding = "LIBSQL", service = "libsql" }]
[secrets]
required = ["SECRET_KEY"]
[triggers]
crons = ["* * * * *"]`,
  });
  const [gateway, kms] = readTopology(root).workers;
  expect(gateway).toMatchObject({
    worker: "gateway",
    name: "x-gateway",
    main: path.join(root, "workers/gateway/src/index.ts"),
    services: [{ binding: "KMS", service: "x-kms", entrypoint: "Rpc" }],
    vars: { PUBLIC_URL: "http://x" },
  });
  expect(kms).toMatchObject({ worker: "kms", secrets: ["SECRET_KEY"], crons: ["* * * * *"] });
});

test("gives a worker together with everything it reaches, and nothing else", () => {
  layOut(`services = [{ binding = "A", service = "x-a" }]`, {
    a: `services = [{ binding = "B", service = "x-b" }]`,
    b: `services = [{ binding = "A", service = "x-a" }]`,
    c: "",
  });
  const names = (front: string) => reachableFrom(readTopology(root), front).map(({ worker }) => worker);
  expect(names("b")).toEqual(["a", "b"]);
  expect(names("gateway")).toEqual(["gateway", "a", "b"]);
});

test.for([
  ["a binding to a worker that does not exist", `services = [{ binding = "A", service = "x-b" }]`, {}, /A to "x-b"/],
  ["text that is no TOML", "services = [", {}, /^wrangler\.toml cannot be read: /],
  ["a var that is no text", "[vars]\nPUBLIC_URL = 1", {}, /^wrangler\.toml is not valid: vars\.PUBLIC_URL/],
  ["one name for a var and a binding", `[vars]\nA = "1"\n[secrets]\nrequired = ["A"]`, {}, /declares A twice/],
  ["two defaults for one setting", `[vars]\nA = "1"`, { a: `[vars]\nA = "2"` }, /x-a sets another default for A/],
] as const)("refuses %s, in one line", ([, gateway, others, message]) => {
  layOut(gateway, others);
  expect(() => readTopology(root)).toThrow(message);
});
