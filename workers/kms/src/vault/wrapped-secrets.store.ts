/** Values to be handed over once, in the database: found by a keyed hash of their token. */
import { eq } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { wrappedSecrets } from "../db/schema/secrets.ts";
import type { WrappedSecretStore } from "./wrapping.ts";

const INSERT = `
  INSERT INTO wrapped_secrets (id, token_hash, created_at, expires_at, kek_version, wrapped_key, sealed)
  SELECT :id, :tokenHash, :createdAt, :expiresAt, :kekVersion, :wrappedKey, :sealed
  WHERE EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)`;

const CONSUME = `
  UPDATE wrapped_secrets SET consumed_at = :at, kek_version = NULL, wrapped_key = NULL, sealed = NULL
  WHERE id = :id AND consumed_at IS NULL AND expires_at > :at`;

export const createWrappedSecretStore = ({ orm, client }: KmsDatabase): WrappedSecretStore => ({
  find: async (tokenHash) => {
    const [row] = await orm.select().from(wrappedSecrets).where(eq(wrappedSecrets.tokenHash, tokenHash));
    if (!row) return undefined;
    const { id, createdAt, expiresAt, kekVersion, wrappedKey, sealed } = row;
    const isThere = kekVersion !== null && wrappedKey !== null && sealed !== null;
    return { id, tokenHash, createdAt, expiresAt, envelope: isThere ? { kekVersion, wrappedKey, sealed } : null };
  },
  insert: async ({ id, tokenHash, envelope, createdAt, expiresAt }, entry) => {
    const args = { id, tokenHash, ...envelope, createdAt: createdAt.getTime(), expiresAt: expiresAt.getTime() };
    const [inserted] = await client.batch([{ sql: INSERT, args }, appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  consume: async (id, at, entry) => {
    const statements = [{ sql: CONSUME, args: { id, at: at.getTime() } }, appendEntry(entry, "changed")];
    const [consumed] = await client.batch(statements, "write");
    return consumed?.rowsAffected === 1;
  },
  purge: async (before) => {
    await client.execute({ sql: "DELETE FROM wrapped_secrets WHERE expires_at < ?", args: [before.getTime()] });
  },
});
