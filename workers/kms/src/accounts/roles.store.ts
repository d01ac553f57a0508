/** Roles in the database. */
import { asc } from "drizzle-orm";
import { roleHolder } from "#shared/contracts/principal.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { roles } from "../db/schema/accounts.ts";
import { noteRightsChange } from "../tokens/rights-changes.store.ts";
import type { RoleRepository } from "./roles.ts";

/** A change that changes nothing touches no row, is told by no entry and voids no token. */
const PUT = `
  INSERT INTO roles (name, permissions) VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET permissions = excluded.permissions WHERE permissions <> excluded.permissions`;

export const createRoleRepository = ({ orm, client }: KmsDatabase): RoleRepository => ({
  list: () => orm.select().from(roles).orderBy(asc(roles.name)),
  put: async ({ name, permissions }, at, entry) => {
    await client.batch(
      [
        { sql: PUT, args: [name, JSON.stringify(permissions)] },
        appendEntry(entry, "changed"),
        noteRightsChange(roleHolder(name), at),
      ],
      "write",
    );
  },
  purgeChanges: async (before) => {
    await client.execute({ sql: "DELETE FROM rights_changes WHERE changed_at < ?", args: [before.getTime()] });
  },
});
