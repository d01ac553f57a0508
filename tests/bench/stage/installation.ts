/** A Fountain of any checkout, measured in a copy of its workerd, with a logged-in administrator. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { hasEnded, stopProcess } from "../../../runtime/local/process.ts";
import type { Target } from "../../support/call.ts";
import { logIn } from "../../support/session.ts";
import { spawnStart } from "../../support/workerd.ts";
import { type Clone, type CloneOptions, cloneWorkerd } from "./clone.ts";

const HERE = path.join(import.meta.dirname, "..", "..", "..");

export interface Installation extends Target {
  /** Its process ids, by the name of the program. */
  processIds(name: string): number[];
  clone(options?: CloneOptions): Promise<Clone>;
  stop(): Promise<void>;
}

/** The program that `npm start` runs in the end. */
const startProgram = (root: string): string => {
  const [program] = /\S+\/start\.ts/.exec(readFileSync(path.join(root, "package.json"), "utf8")) ?? [];
  if (program === undefined) throw new Error(`${root} is no checkout of Fountain`);
  return path.join(root, program);
};

/** Starts the Fountain of the checkout in this directory: this one by default, with these arguments. Call `stop` when done. */
export const startInstallation = async (directory = HERE, ...given: string[]): Promise<Installation> => {
  const root = path.resolve(directory);
  if (root !== HERE) execFileSync(process.execPath, ["runtime/setup.mjs"], { cwd: root, stdio: "ignore" });
  const adminPassword = randomBytes(12).toString("hex");
  const command: [string, ...string[]] = [process.execPath, startProgram(root), ...given];
  const { child, home, port, lines, readyOrEnded, childrenNamed } = await spawnStart(
    { ADMIN_PASSWORD: adminPassword },
    command,
  );
  await readyOrEnded();
  if (hasEnded(child)) throw new Error(`${root} did not start: ${lines.join("\n")}`);
  return {
    url: `http://127.0.0.1:${port}`,
    adminUsername: "admin",
    adminPassword,
    processIds: childrenNamed,
    clone: (options) => cloneWorkerd(childrenNamed("workerd"), options),
    stop: async () => {
      await stopProcess(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** The headers of the administrator at a copy. */
export const logInAt = (installation: Installation, { port }: Pick<Clone, "port">): Promise<Record<string, string>> =>
  logIn({ ...installation, url: `http://127.0.0.1:${port}` });
