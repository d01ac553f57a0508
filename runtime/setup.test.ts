/** The installer, with an npm of our own on the PATH that writes down how it was called. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

const LOCK_FILE = JSON.stringify({
  packages: {
    "": { name: "x" },
    "node_modules/node": { version: "24.0.0" },
    "node_modules/elsewhere": { version: "1.0.0", optional: true },
  },
});
const INSTALLED = JSON.stringify({ packages: { "node_modules/node": { version: "24.0.0" } } });

const INSTALL = `
echo "$@" >> calls
sleep 0.3
mkdir -p node_modules/node/bin
[ "$1" != rebuild ] || touch node_modules/node/bin/node
cp installed.json node_modules/.package-lock.json`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "fountain-setup-"));
  mkdirSync(path.join(root, "runtime"));
  mkdirSync(path.join(root, "bin"));
  cpSync(path.join(import.meta.dirname, "setup.mjs"), path.join(root, "runtime", "setup.mjs"));
  writeFileSync(path.join(root, "package-lock.json"), LOCK_FILE);
  writeFileSync(path.join(root, "installed.json"), INSTALLED);
  writeNpm(INSTALL);
});
afterEach(() => rmSync(root, { recursive: true }));

const writeNpm = (script: string): void => {
  writeFileSync(path.join(root, "bin", "npm"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(root, "bin", "npm"), 0o755);
};

const setUp = async (node = process.execPath, env = {}): Promise<{ code: number; output: string }> => {
  const child = spawn(node, [path.join(root, "runtime", "setup.mjs")], {
    env: { PATH: `${path.join(root, "bin")}:${process.env["PATH"]}`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output: stdout + stderr };
};

const calls = (): string[] =>
  existsSync(path.join(root, "calls")) ? readFileSync(path.join(root, "calls"), "utf8").trim().split("\n") : [];

const ONE_INSTALLATION = ["ci --ignore-scripts --no-audit --no-fund", "rebuild node"];

test("installs what is missing, running no install script but Node's, and does nothing the next time", async () => {
  expect(await setUp()).toEqual({ code: 0, output: "Installing dependencies …\n" });
  expect(calls()).toEqual(ONE_INSTALLATION);
  expect(await setUp()).toEqual({ code: 0, output: "" });
  expect(calls()).toEqual(ONE_INSTALLATION);
});

test("installs again when the lock file has changed", async () => {
  await setUp();
  for (const file of ["package-lock.json", "installed.json"]) {
    const before = readFileSync(path.join(root, file), "utf8");
    writeFileSync(path.join(root, file), before.replace("24.0.0", "24.0.1"));
  }
  expect((await setUp()).code).toBe(0);
  expect(calls()).toEqual([...ONE_INSTALLATION, ...ONE_INSTALLATION]);
});

test("two at once install once", async () => {
  const both = await Promise.all([setUp(), setUp()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(calls()).toEqual(ONE_INSTALLATION);
});

test("takes over from an installation whose process is gone", async () => {
  const lock = path.join(root, ".setup.lock");
  writeFileSync(lock, "");
  utimesSync(lock, new Date(0), new Date(0));
  expect((await setUp()).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
});

test("shows what npm said when it fails, and ends with code 1", async () => {
  writeNpm("echo the registry is gone >&2; exit 7");
  const { code, output } = await setUp();
  expect(code).toBe(1);
  expect(output).toContain("failed (7):\nthe registry is gone");
  expect(existsSync(path.join(root, ".setup.lock"))).toBe(false);
});

test("an installation that does not match the lock file is not taken for one", async () => {
  writeFileSync(path.join(root, "installed.json"), INSTALLED.replace("24.0.0", "23.0.0"));
  const { code, output } = await setUp();
  expect(code).toBe(1);
  expect(output).toContain("node_modules does not match package-lock.json");
});

/** As npm does: it empties node_modules, the Node in it included. */
const NPM_SCRIPT = `
import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
if (process.argv[2] === "ci") rmSync("node_modules", { recursive: true, force: true });
mkdirSync("node_modules/node/bin", { recursive: true });
if (process.argv[2] === "rebuild") writeFileSync("node_modules/node/bin/node", "");
cpSync("installed.json", "node_modules/.package-lock.json");`;

test("installs with a Node that the installation leaves alone", async () => {
  const own = path.join(root, "node_modules", "node", "bin", "node");
  mkdirSync(path.dirname(own), { recursive: true });
  cpSync(process.execPath, own);
  const script = path.join(root, "npm", "npm-cli.js");
  mkdirSync(path.dirname(script));
  writeFileSync(path.join(root, "npm", "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(script, NPM_SCRIPT);
  const folders = [path.dirname(own), path.join(root, "bin"), path.dirname(process.execPath)];
  const env = { npm_execpath: script, PATH: [...folders, process.env["PATH"]].join(":") };
  expect(await setUp(own, env)).toEqual({ code: 0, output: "Installing dependencies …\n" });
  expect(calls()).toEqual(ONE_INSTALLATION);
});
