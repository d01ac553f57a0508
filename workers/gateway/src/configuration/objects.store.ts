/** Stores what is configured. Every write is one conditional statement. */
import { z } from "zod";
import { type Database, isUniqueViolation, violates } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import { type configuration, KINDS, SOURCES } from "./configuration.schema.ts";
import { MAX_OBJECTS, type ObjectStore, type StoredObject } from "./stored.ts";

const row = z.object({
  kind: z.enum(KINDS),
  name: z.string(),
  version: z.number(),
  source: z.enum(SOURCES),
  body: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
});

const objectFrom = (found: unknown): StoredObject => {
  const { created_at: createdAtMs, updated_at: updatedAtMs, body, ...rest } = row.parse(found);
  return { ...rest, body: JSON.parse(body), createdAtMs, updatedAtMs };
};

const COLUMNS = "kind, name, version, source, body, created_at, updated_at";
const SINCE = `SELECT r.revision, c.kind, c.name, c.version, c.source, c.body, c.created_at, c.updated_at
  FROM configuration_revision r LEFT JOIN configuration c ON r.revision IS NOT :revision`;
/** Of a new object: higher than that of any that had its name, since each write of one has moved the revision on. */
const FIRST_VERSION = "1 + (SELECT revision FROM configuration_revision)";
/** The list of versions is JSON; null: any. Version 0 is that of an object that is not there yet. */
const isExpected = (version: string) => `(:expected IS NULL OR ${version} IN (SELECT value FROM json_each(:expected)))`;
const PUT = `INSERT INTO configuration (kind, name, version, source, claim, body, created_at, updated_at)
  SELECT :kind, :name, ${FIRST_VERSION}, 'api', :claim, :body, :nowMs, :nowMs
  WHERE EXISTS (SELECT 1 FROM configuration WHERE kind = :kind AND name = :name)
    OR (${isExpected("0")} AND (SELECT count(*) FROM configuration WHERE kind = :kind) < ${MAX_OBJECTS})
  ON CONFLICT (kind, name) DO UPDATE SET version = version + 1, claim = excluded.claim, body = excluded.body,
    updated_at = max(excluded.updated_at, created_at + 1) WHERE source = 'api' AND ${isExpected("configuration.version")}
  RETURNING ${COLUMNS}`;
const REMOVE = `DELETE FROM configuration
  WHERE kind = :kind AND name = :name AND source = 'api' AND ${isExpected("version")} RETURNING version`;

/** The constraint that this breaks where anything was changed since the revision. */
const REVISION_ROW = "configuration_revision_row";
const ASSERT_REVISION = "UPDATE configuration_revision SET id = 0 WHERE revision <> :revision";
const OF_LIST = "(kind, name) IN (SELECT value ->> 'kind', value ->> 'name' FROM json_each(:list))";
const REMOVE_ALL = `DELETE FROM configuration WHERE ${OF_LIST}`;
/** Two of them may have each other's claims from now on. */
const RELEASE_CLAIMS = `UPDATE configuration SET claim = NULL WHERE claim IS NOT NULL AND ${OF_LIST}`;
const WRITE_ALL = `INSERT INTO configuration (kind, name, version, source, claim, body, created_at, updated_at)
  SELECT value ->> 'kind', value ->> 'name', ${FIRST_VERSION}, 'file', value ->> 'claim', value ->> 'body', :nowMs, :nowMs
  FROM json_each(:list) WHERE true
  ON CONFLICT (kind, name) DO UPDATE SET version = version + 1, source = 'file', claim = excluded.claim,
    body = excluded.body, updated_at = excluded.updated_at`;

const listOf = (expected: readonly number[] | undefined): string | null =>
  expected === undefined ? null : JSON.stringify(expected);

export const createObjectStore = ({
  client,
}: Pick<Database<{ configuration: typeof configuration }>, "client">): ObjectStore => {
  const find: ObjectStore["find"] = async (kind, name) => {
    const sql = `SELECT ${COLUMNS} FROM configuration WHERE kind = :kind AND name = :name`;
    const { rows } = await client.execute({ sql, args: { kind, name } });
    return rows[0] && objectFrom(rows[0]);
  };

  return {
    loadSince: async (revision) => {
      const { rows } = await client.execute({ sql: SINCE, args: { revision: revision ?? null } });
      const current = z.number().parse(rows[0]?.["revision"]);
      if (current === revision) return "unchanged";
      return { revision: current, objects: rows.filter(({ kind }) => kind !== null).map(objectFrom) };
    },

    find,

    list: async (kind) => {
      const sql = `SELECT ${COLUMNS} FROM configuration WHERE kind = :kind ORDER BY name`;
      const { rows } = await client.execute({ sql, args: { kind } });
      return rows.map(objectFrom);
    },

    put: async ({ expected, body, ...write }) => {
      try {
        const args = { ...write, body: JSON.stringify(body), expected: listOf(expected) };
        const { rows } = await client.execute({ sql: PUT, args });
        if (rows[0]) return success(objectFrom(rows[0]));
        if ((await find(write.kind, write.name))?.source === "file") return failure("of-file");
        return failure(expected === undefined ? "too-many" : "changed");
      } catch (error) {
        if (isUniqueViolation(error)) return failure("taken");
        throw error;
      }
    },

    remove: async (kind, name, expected) => {
      const { rows } = await client.execute({ sql: REMOVE, args: { kind, name, expected: listOf(expected) } });
      if (rows.length > 0) return "removed";
      const found = await find(kind, name);
      if (found === undefined) return "unknown";
      return found.source === "file" ? "of-file" : "changed";
    },

    replace: async ({ revision, writes, removals, nowMs }) => {
      const list = JSON.stringify(writes.map(({ body, ...write }) => ({ ...write, body: JSON.stringify(body) })));
      try {
        await client.batch(
          [
            { sql: ASSERT_REVISION, args: { revision } },
            { sql: REMOVE_ALL, args: { list: JSON.stringify(removals) } },
            { sql: RELEASE_CLAIMS, args: { list } },
            { sql: WRITE_ALL, args: { list, nowMs } },
          ],
          "write",
        );
        return true;
      } catch (error) {
        if (violates(error, REVISION_ROW)) return false;
        throw error;
      }
    },
  };
};
