/** Services in the database. */
import { asc, eq, gt } from "drizzle-orm";
import { isUniqueViolation } from "#shared/db/database.ts";
import type { ServiceRepository } from "../domain/service.ts";
import type { KmsDatabase } from "./connection.ts";
import { EARLIER_REVOCATION_COUNTS } from "./revocations.ts";
import { services } from "./schema.ts";

const REVOKE_KEYS = `
  INSERT INTO revocations (session_id, revoked_at)
  SELECT id, ? FROM api_keys WHERE service = ? AND (revoked_at IS NULL OR revoked_at > ?) ${EARLIER_REVOCATION_COUNTS}`;

export const createServiceRepository = ({ orm, client }: KmsDatabase): ServiceRepository => ({
  find: async (name) => (await orm.select().from(services).where(eq(services.name, name)))[0],
  list: (limit, after) =>
    orm
      .select()
      .from(services)
      .where(after === undefined ? undefined : gt(services.name, after))
      .orderBy(asc(services.name))
      .limit(limit),
  insert: async (service) => {
    try {
      await orm.insert(services).values(service);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  },
  remove: async (name, at) => {
    const [, , removed] = await client.batch(
      [
        { sql: REVOKE_KEYS, args: [at.getTime(), name, at.getTime()] },
        { sql: "DELETE FROM api_keys WHERE service = ?", args: [name] },
        { sql: "DELETE FROM services WHERE name = ?", args: [name] },
      ],
      "write",
    );
    return removed?.rowsAffected === 1;
  },
});
