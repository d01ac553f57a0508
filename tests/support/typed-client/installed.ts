/** The package `fountain-client` as programs have it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
export const CLIENT_PACKAGE = path.join(ROOT, "clients", "typescript");
export const TSC = path.join(ROOT, "node_modules/.bin/tsc");

/** Compiles it into the `node_modules` of this directory. */
export const installClient = (directory: string): void => {
  const installed = path.join(directory, "node_modules", "fountain-client");
  mkdirSync(installed, { recursive: true });
  execFileSync(TSC, ["-p", CLIENT_PACKAGE, "--outDir", path.join(installed, "dist")]);
  cpSync(path.join(CLIENT_PACKAGE, "package.json"), path.join(installed, "package.json"));
};
