/** Secrets in the database, each version in an envelope of its own. */
import type { InStatement, ResultSet } from "@libsql/client";
import { and, desc, eq, max, sql } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { secretVersions } from "../db/schema/secrets.ts";
import { MAX_SECRET_VERSIONS, type SecretStore, type SecretVersion } from "./secrets.ts";

type SecretRow = typeof secretVersions.$inferSelect;

const secretFrom = ({ kekVersion, wrappedKey, sealed, ...version }: SecretRow): SecretVersion => ({
  ...version,
  envelope: kekVersion === null || wrappedKey === null || sealed === null ? null : { kekVersion, wrappedKey, sealed },
});

const LISTED = {
  version: secretVersions.version,
  createdAt: secretVersions.createdAt,
  deletedAt: secretVersions.deletedAt,
  isDestroyed: sql<boolean>`${secretVersions.sealed} IS NULL`.mapWith(Boolean),
};

/** Only as the next version, and only under a KEK that is still kept. */
const INSERT = `
  INSERT INTO secret_versions (path, version, created_at, kek_version, wrapped_key, sealed)
  SELECT :path, :version, :createdAt, :kekVersion, :wrappedKey, :sealed
  WHERE (SELECT COALESCE(MAX(version), 0) FROM secret_versions WHERE path = :path) = :version - 1
    AND EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)`;

const LATEST = "version = (SELECT MAX(version) FROM secret_versions WHERE path = :path)";

const FORGET_OLD = `
  DELETE FROM secret_versions WHERE path = :path
    AND version <= (SELECT MAX(version) FROM secret_versions WHERE path = :path) - ${MAX_SECRET_VERSIONS}`;

const DELETE_LATEST = `
  UPDATE secret_versions SET deleted_at = :at
  WHERE path = :path AND ${LATEST} AND deleted_at IS NULL AND sealed IS NOT NULL RETURNING version`;

const AMONG = "version IN (SELECT value FROM json_each(:versions))";

const UNDELETE = `
  UPDATE secret_versions SET deleted_at = NULL
  WHERE path = :path AND ${AMONG} AND deleted_at IS NOT NULL AND sealed IS NOT NULL RETURNING version`;

const DESTROY = `
  UPDATE secret_versions SET kek_version = NULL, wrapped_key = NULL, sealed = NULL
  WHERE path = :path AND ${AMONG} AND sealed IS NOT NULL RETURNING version`;

/** Nothing sorts behind it, so that `prefix` and this are the bounds of what begins with the prefix. */
const LAST_CHARACTER = "\u{10ffff}";

const LIST = `
  SELECT path FROM secret_versions AS latest
  WHERE path >= :prefix AND path < :end AND path > :after AND deleted_at IS NULL AND sealed IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM secret_versions WHERE path = latest.path AND version > latest.version)
  ORDER BY path LIMIT :limit`;

const versionsIn = (result: ResultSet | undefined): number[] =>
  (result?.rows ?? []).map((row) => Number(row["version"])).toSorted((a, b) => a - b);

export const createSecretStore = ({ orm, client }: KmsDatabase): SecretStore => {
  /** The versions that the statement changed; the audit entry is stored only if there are any. */
  const change = async (statement: InStatement, entry: Parameters<typeof appendEntry>[0]): Promise<number[]> => {
    const [changed] = await client.batch([statement, appendEntry(entry, "changed")], "write");
    return versionsIn(changed);
  };

  return {
    latestVersion: async (path) => {
      const [row] = await orm
        .select({ version: max(secretVersions.version) })
        .from(secretVersions)
        .where(eq(secretVersions.path, path));
      return row?.version ?? 0;
    },
    find: async (path, version) => {
      const isWanted = version === undefined ? undefined : eq(secretVersions.version, version);
      const [row] = await orm
        .select()
        .from(secretVersions)
        .where(and(eq(secretVersions.path, path), isWanted))
        .orderBy(desc(secretVersions.version))
        .limit(1);
      return row && secretFrom(row);
    },
    listPaths: async (prefix, limit, after) => {
      const args = { prefix, end: prefix + LAST_CHARACTER, after: after ?? "", limit };
      const { rows } = await client.execute({ sql: LIST, args });
      return rows.map((row) => String(row["path"]));
    },
    listVersions: (path) =>
      orm
        .select(LISTED)
        .from(secretVersions)
        .where(eq(secretVersions.path, path))
        .orderBy(desc(secretVersions.version)),
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
    deleteLatest: async (path, at, entry) =>
      (await change({ sql: DELETE_LATEST, args: { path, at: at.getTime() } }, entry))[0],
    undelete: (path, versions, entry) =>
      change({ sql: UNDELETE, args: { path, versions: JSON.stringify(versions) } }, entry),
    destroy: (path, versions, entry) =>
      change({ sql: DESTROY, args: { path, versions: JSON.stringify(versions) } }, entry),
  };
};
