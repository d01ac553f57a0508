/** Transit keys in the database: their versions, each wrapped under a key-encryption key. */
import type { Row } from "@libsql/client";
import type { TransitKey, TransitRepository } from "../domain/transit.ts";
import { appendEntry } from "./audit.ts";
import type { KmsDatabase } from "./connection.ts";

const KEYS = `
  SELECT name, min_decryption_version, created_at,
    (SELECT MAX(version) FROM transit_key_versions WHERE name = keys.name) AS latest_version
  FROM transit_keys AS keys`;

const keyFrom = (row: Row): TransitKey => ({
  name: String(row["name"]),
  latestVersion: Number(row["latest_version"]),
  minDecryptionVersion: Number(row["min_decryption_version"]),
  createdAt: new Date(Number(row["created_at"])),
});

/** The first version makes the key, in the same transaction. */
const INSERT_KEY = `
  INSERT INTO transit_keys (name, min_decryption_version, created_at) SELECT :name, 1, :at
  WHERE :version = 1 AND EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)
  ON CONFLICT (name) DO NOTHING`;

const INSERT_VERSION = `
  INSERT INTO transit_key_versions (name, version, created_at, kek_version, wrapped_key)
  SELECT :name, :version, :at, :kekVersion, :wrappedKey
  WHERE (SELECT COALESCE(MAX(version), 0) FROM transit_key_versions WHERE name = :name) = :version - 1
    AND EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)`;

const SET_MINIMUM = `
  UPDATE transit_keys SET min_decryption_version = :version
  WHERE name = :name AND EXISTS (SELECT 1 FROM transit_key_versions WHERE name = :name AND version = :version)`;

const FIND_VERSION = `
  SELECT keys.*, versions.version, versions.kek_version, versions.wrapped_key
  FROM (${KEYS} WHERE name = :name) AS keys
  LEFT JOIN transit_key_versions AS versions
    ON versions.name = keys.name AND versions.version = COALESCE(:version, keys.latest_version)`;

export const createTransitRepository = ({ client }: KmsDatabase): TransitRepository => ({
  find: async (name) => {
    const { rows } = await client.execute({ sql: `${KEYS} WHERE name = ?`, args: [name] });
    return rows[0] && keyFrom(rows[0]);
  },
  findVersion: async (name, version) => {
    const { rows } = await client.execute({ sql: FIND_VERSION, args: { name, version: version ?? null } });
    const [row] = rows;
    if (!row) return undefined;
    const key = keyFrom(row);
    const isThere = row["wrapped_key"] !== null;
    return {
      key,
      version: version ?? key.latestVersion,
      wrapped: isThere ? { kekVersion: Number(row["kek_version"]), wrappedKey: String(row["wrapped_key"]) } : undefined,
    };
  },
  list: async (limit, after) => {
    const { rows } = await client.execute({
      sql: `${KEYS} WHERE name > ? ORDER BY name LIMIT ?`,
      args: [after ?? "", limit],
    });
    return rows.map(keyFrom);
  },
  insertVersion: async (name, version, wrapped, at, entry) => {
    const common = { name, version, at: at.getTime(), kekVersion: wrapped.kekVersion };
    const [, inserted] = await client.batch(
      [
        { sql: INSERT_KEY, args: common },
        { sql: INSERT_VERSION, args: { ...common, wrappedKey: wrapped.wrappedKey } },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  setMinDecryptionVersion: async (name, version, entry) => {
    const [changed] = await client.batch(
      [{ sql: SET_MINIMUM, args: { name, version } }, appendEntry(entry, "changed")],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
});
