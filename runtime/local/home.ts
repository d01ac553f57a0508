/** FOUNTAIN_HOME: the folder that holds all data of an installation, readable by its owner only, used by one process at a time. */
import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OperatorError, reasonOf } from "./operator-error.ts";

const SQLITE_BUSY = 5;

/** The permissions of the group and of all others. */
const OF_OTHERS = 0o077;
/** What shows that a folder is a home: a backup that was restored has at least one of them. */
const OWN = ["data", "secrets"];

/** The longest path that fits a Unix socket's address everywhere (macOS: 104 bytes with the closing zero). */
const MAX_SOCKET_PATH_BYTES = 103;

/** A Unix socket in FOUNTAIN_HOME, which only its owner can open. Throws {@link OperatorError}: all names fit, or none. */
export const socketIn = (directory: string, name: string): string => {
  const file = path.join(directory, `${name}.sock`);
  if (Buffer.byteLength(file) <= MAX_SOCKET_PATH_BYTES) return file;
  throw new OperatorError(`FOUNTAIN_HOME ${directory} is too long: choose a path under 90 characters`);
};

export interface Home {
  readonly directory: string;
  /** What is worth a backup, together with the secrets. */
  readonly data: string;
  readonly secrets: string;
  /** With the secrets, which outlive lost data: the databases that have been in use. */
  readonly usedDatabases: string;
  readonly logs: string;
  /** Bundles, made again when they have changed, and the configuration, made at every start. */
  readonly build: string;
  /** What runs at the moment, for other processes of the same operator; absent when nothing runs. */
  readonly runFile: string;
  /** Unlocks the folder. */
  release(): void;
}

/** An fcntl lock, taken through SQLite: the kernel drops it when the process ends, however it ends. */
const lock = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw cause;
  }
  return database;
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;

/** One level after the other: on file systems that hold no folders, as in /proc, Node's own recursion does not end. */
const makeFolder = (folder: string): void => {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
};

/** What may lie in a folder that was just made for Fountain. */
const OF_NEW_FOLDERS = ["lost+found", ".DS_Store", ".gitkeep"];

/**
 * Whether the folder is used by others for something else, as /tmp is, or a home folder with published files: to close it
 * would lock them out.
 */
const isShared = (directory: string): boolean => {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (!found?.isDirectory() || (found.mode & OF_OTHERS) === 0) return false;
  const names = readdirSync(directory);
  return !names.some((name) => OWN.includes(name)) && names.some((name) => !OF_NEW_FOLDERS.includes(name));
};

/** Another process runs on this folder. */
export class HomeInUse extends OperatorError {
  override name = "HomeInUse";
}

/** What is where in a home, without a look at it. */
export const placesIn = (directory: string): Omit<Home, "release"> => ({
  directory,
  data: path.join(directory, "data"),
  secrets: path.join(directory, "secrets"),
  logs: path.join(directory, "logs"),
  build: path.join(directory, "build"),
  usedDatabases: path.join(directory, "secrets", "used-databases"),
  runFile: path.join(directory, "run.json"),
});

/** Creates or opens the folder and locks it. Throws {@link HomeInUse}, or {@link OperatorError} when it is not usable. */
export const openHome = (directory: string): Home => {
  const places = placesIn(directory);
  if (isShared(directory)) {
    const remedy = "set it to a folder of its own, which only you can read";
    throw new OperatorError(`FOUNTAIN_HOME ${directory} has other files in it, and is open to other users: ${remedy}`);
  }
  try {
    for (const folder of [directory, places.data, places.secrets, places.logs, places.build]) {
      makeFolder(folder);
      chmodSync(folder, 0o700);
    }
  } catch (cause) {
    const message = `FOUNTAIN_HOME ${directory} cannot be used (${reasonOf(cause)}): make it a folder you can write to`;
    throw new OperatorError(message, { cause });
  }
  const lockFile = path.join(directory, "lock");
  try {
    const held = lock(lockFile);
    return { ...places, release: () => held.close() };
  } catch (cause) {
    if (isBusy(cause)) {
      const message = `another Fountain runs on ${directory}: stop it, or set FOUNTAIN_HOME to another folder`;
      throw new HomeInUse(message, { cause });
    }
    throw new OperatorError(`${lockFile} cannot be locked (${reasonOf(cause)}): remove that file`, { cause });
  }
};
