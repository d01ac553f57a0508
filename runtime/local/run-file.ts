/** FOUNTAIN_HOME/run.json: where the running Fountain can be reached by other processes of its operator. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isServing } from "../libsql/sqld.ts";
import { OperatorError } from "./operator-error.ts";

export interface RunFile {
  port: number;
  publicUrl: string;
  sqldPort: number;
  internalSocket: string;
}

const ORPHAN_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

/** Says where everything listens; no secret is in it. */
export const writeRunFile = (file: string, run: RunFile): void => {
  writeFileSync(file, JSON.stringify(run), { mode: 0o600 });
};

/** What runs, or undefined when nothing runs (or the file was cut short by a crash). */
export const readRunFile = (file: string): RunFile | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    const run: RunFile = JSON.parse(readFileSync(file, "utf8"));
    return run;
  } catch {
    return undefined;
  }
};

/**
 * Waits until the database server of a run that was killed has ended: its guard ends it, but two servers must never open
 * the same data. Throws {@link OperatorError} when it stays.
 */
export const waitForOrphan = async (file: string): Promise<void> => {
  const left = readRunFile(file);
  if (left === undefined) return;
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  while (await isServing(left.sqldPort)) {
    if (Date.now() > deadline) {
      throw new OperatorError(`sqld of an earlier run still listens on port ${left.sqldPort}: stop that process`);
    }
    await sleep(POLL_MS);
  }
};
