/** Key-encryption keys in the database: versions and salts, never a key. */
import { asc } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { keyEncryptionKeys } from "../db/schema/keys.ts";
import type { KekStore } from "./keks.ts";

const INSERT = `
  INSERT INTO key_encryption_keys (version, salt, check_value, created_at)
  SELECT :version, :salt, :check, :createdAt
  WHERE (SELECT COALESCE(MAX(version), 0) FROM key_encryption_keys) = :version - 1`;

export const createKekStore = ({ orm, client }: KmsDatabase): KekStore => ({
  listKeks: () => orm.select().from(keyEncryptionKeys).orderBy(asc(keyEncryptionKeys.version)),
  insertKek: async ({ createdAt, ...kek }, entry) => {
    const insert = { sql: INSERT, args: { ...kek, createdAt: createdAt.getTime() } };
    const [inserted] = await client.batch(entry ? [insert, appendEntry(entry, "changed")] : [insert], "write");
    return inserted?.rowsAffected === 1;
  },
});
