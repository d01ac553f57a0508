/**
 * One program at a time changes the saved credentials: a refresh token is used once, and two programs that use the same one at
 * different times look like an owner and a thief.
 */
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../terminal/exit.ts";
import type { Io } from "../terminal/io.ts";
import { makeFolder } from "./file.ts";

const POLL_MS = 50;
/** Longer than a renewal takes with all its retries. */
const LONGEST_MS = 120_000;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
};

/** Whether the one who made the lock has ended without removing it. */
const isStale = (lock: string): boolean => {
  const stats = statSync(lock, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const ageMs = Date.now() - stats.mtimeMs;
  if (ageMs > LONGEST_MS) return true;
  // Its maker writes the id right after it has made the file.
  const pid = Number(readFileSync(lock, "utf8"));
  return pid > 0 ? !isRunning(pid) : ageMs > POLL_MS * 20;
};

const tryLock = (lock: string): boolean => {
  try {
    const descriptor = openSync(lock, "wx", 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return false;
  }
};

const removeIfStale = (lock: string): void => {
  try {
    if (isStale(lock)) rmSync(lock, { force: true });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
};

/** Runs the work while no other program does. Throws if another one keeps the lock for two minutes. */
export const exclusively = async <Value>(
  { env, signal }: Pick<Io, "env" | "signal">,
  work: () => Promise<Value>,
): Promise<Value> => {
  const lock = path.join(makeFolder(env), "credentials.lock");
  const until = Date.now() + LONGEST_MS;
  while (!tryLock(lock)) {
    removeIfStale(lock);
    if (Date.now() > until)
      throw new CommandError(
        "unavailable",
        "Another command is using the credentials.",
        `Try again, or remove ${lock}.`,
      );
    await sleep(POLL_MS, undefined, { signal });
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
};
