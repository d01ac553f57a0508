/** `npm start -- --config FILE`: the file is what the gateway is configured by, or Fountain does not start. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Answer, expectProblem, send } from "../../tests/support/call.ts";
import { itemsOf } from "../../tests/support/service-a.ts";
import { logIn } from "../../tests/support/session.ts";
import { createTemporaryHome, type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { callLocal } from "../local/local-http.ts";
import { stopProcess } from "../local/process.ts";
import { readRunFile } from "../local/run-file.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const EXAMPLE = path.join(ROOT, "examples", "fountain.yaml");
const START = path.join(ROOT, "runtime", "local", "start.ts");
const ADMIN = { adminUsername: "admin", adminPassword: "a password of the tests" };

let folder: string;
let file: string;
let home: string;
const running: StartedProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "fountain-config-"));
  file = path.join(folder, "fountain.yaml");
  home = createTemporaryHome();
});
afterEach(async () => {
  for (const { child } of running.splice(0)) await stopProcess(child);
});
afterAll(() => {
  for (const directory of [folder, home]) rmSync(directory, { recursive: true });
});

const start = async (settings: Record<string, string> = {}, ...args: string[]): Promise<StartedProcess> => {
  const given = { FOUNTAIN_HOME: home, ADMIN_PASSWORD: ADMIN.adminPassword, LOG_FORMAT: "pretty", ...settings };
  const command = args.length > 0 ? args : ["--config", file];
  const started = await spawnStart(given, [process.execPath, START, ...command]);
  running.push(started);
  await started.readyOrEnded();
  return started;
};

interface Seen {
  get(path: string): Promise<Answer>;
  headers: Record<string, string>;
  url: string;
  /** How often the audit trail says that the file changed something. */
  changes(): Promise<number>;
}

const look = async ({ port, lines }: StartedProcess): Promise<Seen> => {
  expect(
    lines.some((line) => line.startsWith("Fountain is ready")),
    lines.join("\n"),
  ).toBe(true);
  const url = `http://127.0.0.1:${port}`;
  const headers = await logIn({ url, ...ADMIN });
  const get = (at: string) => send({ url }, "GET", at, { headers });
  return {
    get,
    headers,
    url,
    changes: async () => {
      const entries = itemsOf(await get("/kms/audit?actor=worker:gateway&limit=200"));
      expect(entries.every((entry) => entry["reason"] === "configuration-file")).toBe(true);
      return entries.length;
    },
  };
};

test("the example is applied, left alone while it does not change, and followed when it does", {
  timeout: 120_000,
}, async () => {
  copyFileSync(EXAMPLE, file);
  const first = await start();
  const { get, changes } = await look(first);
  expect(await get("/gateway/upstreams/notes")).toMatchObject({
    status: 200,
    body: { source: "file", targets: ["http://127.0.0.1:9000"] },
  });
  const shown = await get("/gateway/limits/few-logins");
  expect(shown).toMatchObject({ status: 200, body: { source: "file", limit: 60 } });
  const policy = await get("/gateway/policies/no-deletions-at-night");
  expect(policy).toMatchObject({ status: 200, body: { source: "file", effect: "deny" } });
  const made = await changes();
  expect(made).toBe(3);
  // Who reaches the internal socket cannot configure the gateway by that alone.
  const to = { socketPath: readRunFile(path.join(home, "run.json"))?.internalSocket };
  const headers = { authorization: "Bearer guessed" };
  const guess = { to, method: "POST", path: "/configuration", headers, body: "{}", timeoutMs: 10_000 } as const;
  expect((await callLocal(guess)).status).toBe(403);
  await stopProcess(first.child);

  const second = await start();
  const again = await look(second);
  expect((await again.get("/gateway/limits/few-logins")).headers.get("etag")).toBe(shown.headers.get("etag"));
  expect(await again.changes()).toBe(made);
  await stopProcess(second.child);

  const [kept = ""] = readFileSync(file, "utf8").replace("limit: 60,", "limit: 61,").split("policies:");
  writeFileSync(file, kept);
  const third = await start();
  const changed = await look(third);
  expect((await changed.get("/gateway/limits/few-logins")).body).toMatchObject({ limit: 61 });
  expectProblem(await changed.get("/gateway/policies/no-deletions-at-night"), 404);
  expect(await changed.changes()).toBe(made + 2);
});

test.for<[string, ...string[]]>([
  ["limits: [", "fountain.yaml is not YAML that can be read: "],
  ["limits: { a: 1 }\nlimits: { b: 1 }", "fountain.yaml is not YAML that can be read: "],
  ["upstreams: { notes: { targets: [9000] } }", "fountain.yaml: upstreams.notes.targets.0: "],
  [
    "routes: {}\nupstreams: { notes: { targets: ['http://169.254.169.254'] }, kms: { targets: [] } }",
    "fountain.yaml: routes: unknown member",
    "fountain.yaml: upstreams.kms: its name ",
    "fountain.yaml: upstreams.notes.targets.0: must not be a link-local",
  ],
])("each fault ends the start before anything is started: %s", async ([content, ...expected]) => {
  writeFileSync(file, content);
  const empty = createTemporaryHome();
  const refused = await start({ FOUNTAIN_HOME: empty });
  expect(refused.child.exitCode).toBe(1);
  const said = refused.lines.filter((line) => line.startsWith("Fountain: "));
  expect(said).toHaveLength(expected.length);
  for (const [at, part] of expected.entries()) expect(said[at]).toContain(part);
  expect(readdirSync(empty)).toEqual([]);
  rmSync(empty, { recursive: true });
});

test.for<[string[], string]>([
  [["--config", "/nowhere/fountain.yaml"], "/nowhere/fountain.yaml cannot be read: ENOENT"],
  [["--confg", "fountain.yaml"], "npm start takes nothing but -- --config FILE"],
  [["fountain.yaml"], "npm start takes nothing but -- --config FILE"],
])("arguments that cannot be used end it: %j", async ([args, expected]) => {
  const refused = await start({}, ...args);
  expect(refused.child.exitCode).toBe(1);
  expect(refused.lines.filter((line) => line.startsWith(`Fountain: ${expected}`))).toHaveLength(1);
});
