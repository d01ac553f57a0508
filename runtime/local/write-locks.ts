/**
 * Finds a database whose write lock sqld has lost. When more than four connections wait for it while a checkpoint runs,
 * sqld 0.24.32 can leave it with none of them: reads and `/health` continue, every write waits for ever, and the waiting
 * threads spin. Only a write shows that. But one more writer is what must not come while others wait, and a long
 * transaction is no loss. So a write is tried only where nothing has been written for some rounds, and it counts as lost
 * only as long as no connection holds SQLite's own lock, which the kernel reports.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { SqldOptions } from "../libsql/sqld.ts";
import { callLocal } from "./local-http.ts";

/** Rounds, a second apart, without a write before one is tried; and how many it may wait, times the patience. */
const QUIET_ROUNDS = 3;
const WAITING_ROUNDS = 3;
/** Long after it was found lost: the client that tried to write waits until sqld is ended. */
const WRITE_TIMEOUT_MS = 120_000;

/** The bytes of the file `-shm` that are locked to write, to checkpoint and to recover (sqlite.org/walformat.html). */
const FIRST_LOCK_BYTE = 120;
const LAST_LOCK_BYTE = 122;

const LOCKS_FILE = "/proc/locks";
const HELD = /: POSIX +\w+ +WRITE +-?\d+ +[\da-f]+:[\da-f]+:(\d+) (\d+) (\d+)$/gm;

/** The files, by inode, that /proc/locks says are locked for a write or a checkpoint, should they be a database's. */
export const heldFor = (locks: string): ReadonlySet<number> =>
  new Set(
    [...locks.matchAll(HELD)]
      .filter(([, , first, last]) => Number(first) <= LAST_LOCK_BYTE && Number(last) >= FIRST_LOCK_BYTE)
      .map(([, inode]) => Number(inode)),
  );

export interface WatchedDatabase {
  name: string;
  /** Changes with every write. */
  stamp(): string;
  /** Does any connection hold the lock to write? */
  isHeld(): boolean;
  /** Settles once it had the lock to write. */
  tryToWrite(): Promise<unknown>;
}

/** Looks at a database once a round; returns what is wrong as soon as its lock is lost. */
export type LockWatch = (patience: number) => string | undefined;

export const createLockWatch = ({ name, stamp, isHeld, tryToWrite }: WatchedDatabase): LockWatch => {
  let last: string | undefined;
  let quietRounds = 0;
  let isWaiting = false;
  return (patience) => {
    const now = stamp();
    quietRounds = now === last ? quietRounds + 1 : 0;
    last = now;
    if (quietRounds < QUIET_ROUNDS) return undefined;
    if (isHeld()) quietRounds = 0;
    else if (!isWaiting) {
      isWaiting = true;
      const settled = (): void => {
        isWaiting = false;
        quietRounds = 0;
      };
      tryToWrite().then(settled, settled);
    } else if (quietRounds >= QUIET_ROUNDS + WAITING_ROUNDS * patience) {
      return `has lost the write lock of the database ${name}: a write is waiting, but none is in progress`;
    }
    return undefined;
  };
};

interface DatabaseAccess extends Pick<SqldOptions, "dataDirectory" | "port"> {
  namespace: string;
  token: string;
}

const watchedDatabase = ({ dataDirectory, port, namespace, token }: DatabaseAccess): WatchedDatabase => {
  const file = path.join(dataDirectory, "dbs", namespace, "data");
  const statements = ["BEGIN IMMEDIATE", "ROLLBACK"].map((sql) => ({ type: "execute", stmt: { sql } }));
  return {
    name: namespace,
    stamp: () => {
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      return log === undefined ? "" : `${log.mtimeMs} ${log.size}`;
    },
    isHeld: () => {
      const inode = statSync(`${file}-shm`, { throwIfNoEntry: false })?.ino;
      return inode !== undefined && heldFor(readFileSync(LOCKS_FILE, "utf8")).has(inode);
    },
    tryToWrite: () =>
      callLocal({
        to: { port },
        method: "POST",
        path: "/v2/pipeline",
        headers: { host: `${namespace}.db`, authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ requests: [...statements, { type: "close" }] }),
        timeoutMs: WRITE_TIMEOUT_MS,
      }),
  };
};

/** One for each database, by name and token; none on a system that does not report who holds which lock. */
export const createLockWatches = (sqld: Omit<DatabaseAccess, "namespace" | "token">, tokens: Record<string, string>) =>
  existsSync(LOCKS_FILE)
    ? Object.entries(tokens).map(([namespace, token]) =>
        createLockWatch(watchedDatabase({ ...sqld, namespace, token })),
      )
    : [];
