/** Roles in the database. */
import { asc } from "drizzle-orm";
import { roleHolder } from "#shared/contracts/principal.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { roles } from "../db/schema/accounts.ts";
import { noteRightsChange } from "../tokens/rights-changes.store.ts";
import { inForce } from "../upstream-scopes/upstream-scopes.store.ts";
import type { RoleStore } from "./roles.ts";

/** No one loses a right by a new role, nor by a change that changes nothing. */
const GRANTS_ANOTHER_THING = "EXISTS (SELECT 1 FROM roles WHERE name = ? AND permissions <> ?)";

/** A change that changes nothing touches no row, and has no audit entry. */
const PUT = `
  INSERT INTO roles (name, permissions) VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET permissions = excluded.permissions WHERE permissions <> excluded.permissions`;

/** From all who have it, so that a new role of that name has no holders. */
const TAKE_AWAY = `
  UPDATE users SET roles = (SELECT json_group_array(value) FROM json_each(users.roles) WHERE value <> :name)
  WHERE EXISTS (SELECT 1 FROM json_each(users.roles) WHERE value = :name)
    AND NOT EXISTS (SELECT 1 FROM roles WHERE name = :name)`;

export const createRoleStore = ({ orm, client }: KmsDatabase): RoleStore => ({
  list: () =>
    orm
      .select({ name: roles.name, permissions: inForce(roles.permissions) })
      .from(roles)
      .orderBy(asc(roles.name)),
  put: async ({ name, permissions }, at, entry) => {
    const stored = JSON.stringify(permissions);
    const [, changed] = await client.batch(
      [
        noteRightsChange(roleHolder(name), at, { sql: GRANTS_ANOTHER_THING, args: [name, stored] }),
        { sql: PUT, args: [name, stored] },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
  remove: async (name, at, entry) => {
    const [removed] = await client.batch(
      [
        { sql: "DELETE FROM roles WHERE name = ?", args: [name] },
        appendEntry(entry, "changed"),
        noteRightsChange(roleHolder(name), at),
        { sql: TAKE_AWAY, args: { name } },
      ],
      "write",
    );
    return removed?.rowsAffected === 1;
  },
  purgeChanges: async (before) => {
    await client.execute({ sql: "DELETE FROM rights_changes WHERE changed_at < ?", args: [before.getTime()] });
  },
});
