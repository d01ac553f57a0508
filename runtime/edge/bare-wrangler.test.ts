/** Wrangler without a stage uploads nothing, whatever the command and whichever worker, and says what to use instead. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTopology } from "../workerd/topology.ts";
import { readEdge } from "./edge.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const WRANGLER = path.join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const FILES = readEdge(readTopology(ROOT), "staging").map(({ file }) => file);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fountain-wrangler-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (file: string, ...command: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [WRANGLER, ...command, "--config", file], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1", CI: "1", HOME: directory },
    timeout: 60_000,
  });
  return { status, output: stdout + stderr };
};

const COMMANDS = [
  ...FILES.map((file) => [file, "deploy", ["--dry-run", "--outdir"]] as const),
  ["wrangler.toml", "versions upload", ["--dry-run", "--outdir"]],
  ["wrangler.toml", "dev", ["--persist-to"]],
] as const;

test.each(COMMANDS)(
  "of %s: wrangler %s",
  (file, command, options) => {
    const { status, output } = run(file, ...command.split(" "), ...options, directory);
    expect(status).toBe(1);
    expect(output).toContain("To deploy: npm run deploy -- staging (docs/edge.md). To run it here: npm run dev");
    expect(readdirSync(directory).filter((name) => name.endsWith(".js"))).toEqual([]);
  },
  70_000,
);

test("with a stage wrangler bundles", () => {
  const { status, output } = run(
    "workers/service-a/wrangler.toml",
    "deploy",
    "--dry-run",
    "--env",
    "staging",
    "--outdir",
    directory,
  );
  expect(output).not.toContain("Fountain:");
  expect(status).toBe(0);
}, 70_000);
