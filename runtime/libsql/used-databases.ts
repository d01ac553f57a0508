/**
 * Which databases have been in use: a file that lies with the secrets, apart from the data. An empty database that has
 * been in use is lost data, such as a removed volume, and not a new installation.
 */
import { appendFileSync, readFileSync } from "node:fs";
import type { Client } from "@libsql/client/http";
import { OperatorError, reasonOf } from "../local/operator-error.ts";

/** The names in the file, a line each; none if there is no file. Throws {@link OperatorError}. */
export const readUsedDatabases = (file: string): string[] => {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw new OperatorError(`${file} cannot be read (${reasonOf(cause)}): grant yourself read access`, { cause });
  }
};

/** Notes that a database is in use. */
export const noteUsedDatabase = (file: string, name: string): void => {
  if (!readUsedDatabases(file).includes(name)) appendFileSync(file, `${name}\n`, { mode: 0o600 });
};

/** Throws {@link OperatorError} when a database that has been in use has no tables. `shown`: the file's name in the message. */
export const assertNotLost = async (file: string, name: string, client: Client, shown = file): Promise<void> => {
  if (!readUsedDatabases(file).includes(name)) return;
  const { rows } = await client.execute("SELECT count(*) FROM sqlite_schema");
  if (rows[0]?.[0] !== 0) return;
  throw new OperatorError(
    `the data of ${name} is lost: its tables are missing, although these secrets have served it before. Restore your backup or, to start empty, empty the file ${shown}`,
  );
};
