/** The command line as people get it: the package that `npm pack` makes, and `npx fountain` in a clone. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
const PACKAGE = path.join(ROOT, "clients", "cli");
const { version } = JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8"));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fountain-package-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("is one file that needs no other package", () => {
  execFileSync("npm", ["pack", PACKAGE, "--pack-destination", directory], { stdio: "ignore" });
  execFileSync("tar", ["xzf", `fountain-${version}.tgz`], { cwd: directory });
  const program = path.join(directory, "package", "dist", "fountain.js");
  const env = { PATH: process.env["PATH"], HOME: directory };
  const ended = spawnSync(program, ["--version"], { cwd: directory, env, encoding: "utf8" });
  expect(ended).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  const refused = spawnSync(program, ["whoami", "--url", "http://localhost:9", "--json"], { env, encoding: "utf8" });
  expect(refused).toMatchObject({ status: 5, stdout: expect.stringContaining('"code":"network"') });
});

test("runs in a clone by npx, with the arguments and the exit code", () => {
  const run = (...args: string[]) => spawnSync("npx", ["fountain", ...args], { cwd: ROOT, encoding: "utf8" });
  expect(run("--version")).toMatchObject({ status: 0, stdout: `${version}\n` });
  expect(run("frobnicate")).toMatchObject({ status: 2, stdout: "" });
});
