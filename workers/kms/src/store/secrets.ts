/** Secrets in the database, each version in an envelope of its own. */
import { and, desc, eq, max } from "drizzle-orm";
import { MAX_SECRET_VERSIONS, type SecretRepository, type SecretVersion } from "../domain/secrets.ts";
import { appendEntry } from "./audit.ts";
import type { KmsDatabase } from "./connection.ts";
import { secretVersions } from "./schema.ts";

type SecretRow = typeof secretVersions.$inferSelect;

const secretFrom = ({ kekVersion, wrappedKey, sealed, ...version }: SecretRow): SecretVersion => ({
  ...version,
  envelope: kekVersion === null || wrappedKey === null || sealed === null ? null : { kekVersion, wrappedKey, sealed },
});

/** Only as the next version, and only under a KEK that is still kept. */
const INSERT = `
  INSERT INTO secret_versions (path, version, created_at, kek_version, wrapped_key, sealed)
  SELECT :path, :version, :createdAt, :kekVersion, :wrappedKey, :sealed
  WHERE (SELECT COALESCE(MAX(version), 0) FROM secret_versions WHERE path = :path) = :version - 1
    AND EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)`;

const FORGET_OLD = `
  DELETE FROM secret_versions WHERE path = :path
    AND version <= (SELECT MAX(version) FROM secret_versions WHERE path = :path) - ${MAX_SECRET_VERSIONS}`;

export const createSecretRepository = ({ orm, client }: KmsDatabase): SecretRepository => ({
  latestVersion: async (path) => {
    const [row] = await orm
      .select({ version: max(secretVersions.version) })
      .from(secretVersions)
      .where(eq(secretVersions.path, path));
    return row?.version ?? 0;
  },
  find: async (path, version) => {
    const [row] = await orm
      .select()
      .from(secretVersions)
      .where(
        and(eq(secretVersions.path, path), version === undefined ? undefined : eq(secretVersions.version, version)),
      )
      .orderBy(desc(secretVersions.version))
      .limit(1);
    return row && secretFrom(row);
  },
  insert: async ({ path, version, envelope, createdAt }, entry) => {
    const [inserted] = await client.batch(
      [
        { sql: INSERT, args: { path, version, ...envelope, createdAt: createdAt.getTime() } },
        appendEntry(entry, "changed"),
        { sql: FORGET_OLD, args: { path } },
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
});
