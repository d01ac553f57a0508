/** Transit keys in the database: their versions, each wrapped under a key-encryption key. */
import type { Row } from "@libsql/client";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import type { TransitKey, TransitStore } from "./transit.ts";

const KEYS = `
  SELECT name, min_decryption_version, created_at, created_by,
    (SELECT MAX(version) FROM transit_key_versions WHERE name = keys.name) AS latest_version
  FROM transit_keys AS keys`;

const keyFrom = (row: Row): TransitKey => ({
  name: String(row["name"]),
  latestVersion: Number(row["latest_version"]),
  minDecryptionVersion: Number(row["min_decryption_version"]),
  createdAt: new Date(Number(row["created_at"])),
  createdBy: String(row["created_by"]),
});

const COUNT_OF_CREATOR = "SELECT COUNT(*) AS keys FROM transit_keys WHERE created_by = :createdBy";

const INSERT_KEY = `
  INSERT INTO transit_keys (name, min_decryption_version, created_at, created_by) SELECT :name, 1, :at, :createdBy
  WHERE EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)
    AND (${COUNT_OF_CREATOR}) < :maxOfCreator
  ON CONFLICT (name) DO NOTHING`;

/** Right after the statement that makes the key. */
const INSERT_FIRST_VERSION = `
  INSERT INTO transit_key_versions (name, version, created_at, kek_version, wrapped_key)
  SELECT :name, 1, :at, :kekVersion, :wrappedKey WHERE changes() > 0`;

const INSERT_VERSION = `
  INSERT INTO transit_key_versions (name, version, created_at, kek_version, wrapped_key)
  SELECT :name, :version, :at, :kekVersion, :wrappedKey
  WHERE (SELECT MAX(version) FROM transit_key_versions WHERE name = :name) = :version - 1
    AND EXISTS (SELECT 1 FROM key_encryption_keys WHERE version = :kekVersion)`;

const SET_MINIMUM = `
  UPDATE transit_keys SET min_decryption_version = :version
  WHERE name = :name AND EXISTS (SELECT 1 FROM transit_key_versions WHERE name = :name AND version = :version)`;

const LIST = `
  ${KEYS} WHERE name > :after AND (:names IS NULL OR name IN (SELECT value FROM json_each(:names)))
  ORDER BY name LIMIT :limit`;

const FIND_VERSION = `
  SELECT keys.*, versions.version, versions.kek_version, versions.wrapped_key
  FROM (${KEYS} WHERE name = :name) AS keys
  LEFT JOIN transit_key_versions AS versions
    ON versions.name = keys.name AND versions.version = COALESCE(:version, keys.latest_version)`;

export const createTransitStore = ({ client }: KmsDatabase): TransitStore => ({
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
  list: async (limit, after = "", names = undefined) => {
    const { rows } = await client.execute({
      sql: LIST,
      args: { after, limit, names: names === undefined ? null : JSON.stringify(names) },
    });
    return rows.map(keyFrom);
  },
  countOfCreator: async (createdBy) => {
    const { rows } = await client.execute({ sql: COUNT_OF_CREATOR, args: { createdBy } });
    return Number(rows[0]?.["keys"]);
  },
  insertKey: async ({ name, createdBy, createdAt, maxOfCreator }, { kekVersion, wrappedKey }, entry) => {
    const common = { name, at: createdAt.getTime(), kekVersion };
    const [inserted] = await client.batch(
      [
        { sql: INSERT_KEY, args: { ...common, createdBy, maxOfCreator } },
        { sql: INSERT_FIRST_VERSION, args: { ...common, wrappedKey } },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  insertVersion: async (name, version, { kekVersion, wrappedKey }, at, entry) => {
    const args = { name, version, at: at.getTime(), kekVersion, wrappedKey };
    const [inserted] = await client.batch([{ sql: INSERT_VERSION, args }, appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  setMinDecryptionVersion: async (name, version, entry) => {
    const [changed] = await client.batch(
      [{ sql: SET_MINIMUM, args: { name, version } }, appendEntry(entry, "changed")],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
  remove: async (name, entry) => {
    const [, removed] = await client.batch(
      [
        { sql: "DELETE FROM transit_key_versions WHERE name = ?", args: [name] },
        { sql: "DELETE FROM transit_keys WHERE name = ?", args: [name] },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return removed?.rowsAffected === 1;
  },
});
