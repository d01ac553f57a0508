/** The roles that STEP_UP_FOR_ROLES may name, as far as they are known before the databases run. */
import { existsSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FIRST_ROLES, isRoleName, parseRoleNames, stepUpRolesFault } from "../../workers/kms/src/accounts/roles.ts";
import type { Environment } from "./workers.ts";

/** The names of the stored roles; those of a new installation where there is no data; `undefined` if it cannot be read. */
export const storedRoles = (dataDirectory: string): readonly string[] | undefined => {
  const file = path.join(dataDirectory, "libsql", "dbs", "kms", "data");
  if (!existsSync(file)) return FIRST_ROLES;
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database
        .prepare("SELECT name FROM roles ORDER BY name")
        .all()
        .map((row) => String(row["name"]));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
};

/** One line if it names roles that do not exist; the kms's schema has checked that they could. */
export const roleFaults = ({ STEP_UP_FOR_ROLES }: Environment, stored: readonly string[]): string[] => {
  const names = parseRoleNames(STEP_UP_FOR_ROLES ?? "");
  const fault = [...names].every(isRoleName) ? stepUpRolesFault(names, stored) : undefined;
  return fault === undefined ? [] : [`STEP_UP_FOR_ROLES ${fault}`];
};
