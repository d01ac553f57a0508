/** Where data keys are kept, for all of them to be rewrapped under another key-encryption key. */
import type { Row } from "@libsql/client";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { internalKeyContext } from "../key-encryption/internal-keys.ts";
import { secretContext } from "../vault/secrets.ts";
import { transitContext } from "../vault/transit.ts";
import { wrappedContext } from "../vault/wrapping.ts";
import type { RewrappingStore } from "./root-key-rotation.ts";

type PlaceOf = (row: Row) => string;

/** Every table with the columns `kek_version` and `wrapped_key`, and what its keys are bound to. */
const PLACES: ReadonlyMap<string, PlaceOf> = new Map<string, PlaceOf>([
  ["internal_keys", (row) => internalKeyContext(String(row["name"]))],
  ["secret_versions", (row) => secretContext(String(row["path"]), Number(row["version"]))],
  ["wrapped_secrets", (row) => wrappedContext(String(row["id"]))],
  ["transit_key_versions", (row) => transitContext(String(row["name"]), Number(row["version"]))],
]);

const TABLES = [...PLACES.keys()];

const COUNT_USES = TABLES.map((table) => `(SELECT COUNT(*) FROM ${table} WHERE kek_version = keks.version)`).join(
  " + ",
);

const USES = `SELECT version, created_at, ${COUNT_USES} AS data_keys FROM key_encryption_keys AS keks ORDER BY version`;

const IS_UNUSED = TABLES.map(
  (table) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE kek_version = key_encryption_keys.version)`,
).join(" AND ");

const RETIRE = `DELETE FROM key_encryption_keys WHERE version < :before AND ${IS_UNUSED}`;

export const createRewrappingStore = ({ client }: KmsDatabase): RewrappingStore => ({
  tables: TABLES,
  list: async (table, kekVersion, limit, after) => {
    const contextOf = PLACES.get(table);
    if (!contextOf) throw new Error(`${table} has no data keys`);
    const { rows } = await client.execute({
      sql: `SELECT rowid AS row, * FROM ${table} WHERE kek_version = :kekVersion AND rowid > :after
            ORDER BY rowid LIMIT :limit`,
      args: { kekVersion, after, limit },
    });
    return rows.map((row) => ({
      table,
      row: Number(row["row"]),
      context: contextOf(row),
      kekVersion,
      wrappedKey: String(row["wrapped_key"]),
    }));
  },
  replace: async (rewrapped) => {
    await client.batch(
      rewrapped.map(({ from, to }) => ({
        sql: `UPDATE ${from.table} SET kek_version = ?, wrapped_key = ? WHERE rowid = ? AND wrapped_key = ?`,
        args: [to.kekVersion, to.wrappedKey, from.row, from.wrappedKey],
      })),
      "write",
    );
  },
  uses: async () => {
    const { rows } = await client.execute(USES);
    return rows.map((row) => ({
      version: Number(row["version"]),
      createdAt: new Date(Number(row["created_at"])),
      dataKeys: Number(row["data_keys"]),
    }));
  },
  retire: async (before, entry) => {
    const [retired] = await client.batch([{ sql: RETIRE, args: { before } }, appendEntry(entry, "changed")], "write");
    return (retired?.rowsAffected ?? 0) > 0;
  },
});
