/** A shell into which a reader pastes commands of the documentation, in a folder that looks like the repository. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { type StartedProcess, spawnStart } from "../support/workerd.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
/** What belongs to an installation, or to the developer's own. */
const OWN = [".git", ".fountain", "backup", "secrets", ".env", ".wrangler"];
const MARK = "end of a block:";
/** What a page starts in the background ends with the shell, also where the reader never comes to its end. */
const CLEAN_UP = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n";
const END = new RegExp(`(.*?)\\n${MARK} (\\d+)\\n`, "gs");

export interface Checkout {
  directory: string;
  /** Starts Fountain on the home of this folder, and resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs blocks of commands in one shell, one after the other, and gives what each printed and ended with. */
  paste(...blocks: readonly string[]): Promise<Pasted>;
  remove(): Promise<void>;
}

export interface Pasted {
  /** What stood on standard error, of all of them. */
  errors: string;
  blocks: { output: string; code: number }[];
}

/** A folder with links to everything in the repository, and a home of its own. */
export const createCheckout = async (adminPassword: string): Promise<Checkout> => {
  const parent = mkdtempSync(path.join(tmpdir(), "fountain-docs-"));
  const directory = mkdtempSync(path.join(parent, "checkout-"));
  for (const name of readdirSync(ROOT).filter((each) => !OWN.includes(each)))
    symlinkSync(path.join(ROOT, name), path.join(directory, name));
  const [port, metricsPort] = await freePorts();
  const servicePorts = await freePorts();
  const settings = { FOUNTAIN_HOME: path.join(directory, ".fountain"), METRICS_PORT: String(metricsPort) };
  const guard = createGuard();
  let running: StartedProcess | undefined;

  /** As pasted, but for what is in use on this machine, and for what only the reader knows. */
  const adapted = (block: string): string =>
    block
      .replaceAll("localhost:8787", `localhost:${port}`)
      .replaceAll("localhost:9464", `localhost:${metricsPort}`)
      .replaceAll(/\b900([01])\b/g, (_, which: string) => String(servicePorts[Number(which)]))
      .replaceAll("'your password'", `'${adminPassword}'`);

  return {
    directory,
    start: async () => {
      running = await spawnStart({ ...settings, PORT: String(port), ADMIN_PASSWORD: adminPassword });
      guard.watch("fountain", running.child.pid);
      await running.readyOrEnded();
      if (running.child.exitCode !== null) throw new Error(running.lines.join("\n"));
    },
    stop: async () => {
      if (running) await stopProcess(running.child);
    },
    paste: async (...blocks) => {
      const script = CLEAN_UP + blocks.map((block) => `${adapted(block)}\nprintf '\\n${MARK} %s\\n' $?\n`).join("");
      const shell = spawn("bash", ["-c", script], {
        cwd: directory,
        env: { ...process.env, ADMIN_PASSWORD: adminPassword, FOUNTAIN_URL: `http://localhost:${port}` },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [output, errors] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
      return {
        errors,
        blocks: [...output.matchAll(END)].map(([, each = "", code]) => ({ output: each, code: Number(code) })),
      };
    },
    remove: async () => {
      if (running) await stopProcess(running.child);
      guard.release();
      rmSync(parent, { recursive: true, force: true });
    },
  };
};
