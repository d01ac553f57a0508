/**
 * The file that keeps credentials by installation: 0600 in a folder of 0700, written whole or not at all. It is a file and not
 * the system's keyring, which needs a native module or a desktop session, and neither a server nor a container has one.
 */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { UserCredentials } from "../../../typescript/src/index.ts";
import { CommandError } from "../terminal/exit.ts";
import type { Io } from "../terminal/io.ts";

export interface Saved {
  /** The installation of the last login. */
  current?: string | undefined;
  /** Credentials by the URL of their installation. */
  servers: Record<string, UserCredentials>;
}

const NOTHING: Saved = { servers: {} };
const OTHERS = 0o077;

/** XDG Base Directory Specification: a relative path is ignored. */
const folderOf = (env: Io["env"]): string => {
  const configured = env["XDG_CONFIG_HOME"];
  const base = configured && path.isAbsolute(configured) ? configured : path.join(env["HOME"] || homedir(), ".config");
  return path.join(base, "fountain");
};

const fileOf = (env: Io["env"]): string => path.join(folderOf(env), "credentials.json");

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const credentialsIn = (value: unknown): UserCredentials[] => {
  if (!isRecord(value) || typeof value["accessToken"] !== "string") return [];
  const { accessToken, expiresAt, refreshToken } = value;
  return [{ accessToken, expiresAt: textIn(expiresAt), refreshToken: textIn(refreshToken) }];
};

const savedIn = (text: string): Saved => {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed) || !isRecord(parsed["servers"])) return NOTHING;
  const servers = Object.entries(parsed["servers"]).flatMap(([url, value]) =>
    credentialsIn(value).map((credentials) => [url, credentials]),
  );
  return { current: textIn(parsed["current"]), servers: Object.fromEntries(servers) };
};

const unusable = (file: string, reason: string): CommandError =>
  new CommandError("usage", `${file} ${reason}`, `Remove it, and log in again: rm ${file} && fountain login`);

/** What is saved. Throws where others could have read it, and where it is damaged. */
export const readSaved = (env: Io["env"]): Saved => {
  const file = fileOf(env);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return NOTHING;
  if ((stats.mode & OTHERS) !== 0) throw unusable(file, "can be read by other users of this machine.");
  try {
    return savedIn(readFileSync(file, "utf8"));
  } catch (error) {
    throw unusable(file, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};

/** Makes the folder, for its owner alone. */
export const makeFolder = (env: Io["env"]): string => {
  const folder = folderOf(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return folder;
};

/** Replaces what is saved. */
export const writeSaved = (env: Io["env"], saved: Saved): void => {
  makeFolder(env);
  const file = fileOf(env);
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(saved, undefined, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
};
