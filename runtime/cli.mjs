#!/usr/bin/env node
/**
 * `npx fountain` in a clone of this repository: the command line from its source. Plain JavaScript, as `setup.mjs`, which it
 * runs first. The package `clients/cli` has no need of it.
 */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const STDERR = 2;

// What it says is no result of the command.
const { status } = spawnSync(process.execPath, [path.join(ROOT, "runtime", "setup.mjs")], {
  stdio: ["ignore", STDERR, STDERR],
});
if (status !== 0) process.exit(1);

const program = path.join(ROOT, "clients", "cli", "src", "bin.ts");
const child = spawn(path.join(ROOT, "node_modules", ".bin", "node"), [program, ...process.argv.slice(2)], {
  stdio: "inherit",
});
// A terminal sends Ctrl-C to both: sent on, it would arrive twice.
for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
  process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
