/** The scopes and hosts of upstreams in the database. */
import { asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { KmsDatabase } from "../db/connection.ts";
import { upstreamHosts, upstreamScopes } from "../db/schema/scopes.ts";
import type { UpstreamScopeStore } from "./upstream-scopes.ts";

const WANTED = "SELECT json_extract(value, '$[0]') FROM json_each(:wanted)";

/**
 * Whether none of the wanted scopes is another owner's, and all together stay within the limits. It does not depend on the
 * rows that a declaration changes, so that each of its statements decides alike.
 */
const FITS = `(
  NOT EXISTS (SELECT 1 FROM upstream_scopes WHERE owner <> :owner AND scope IN (${WANTED}))
  AND (SELECT COUNT(*) FROM upstream_scopes WHERE is_declared AND owner <> :owner) + :count <= :maxDeclared
  AND (SELECT COALESCE(SUM(LENGTH(scope) + 1), 0) FROM upstream_scopes WHERE is_declared AND owner <> :owner) + :characters
    <= :maxCharacters
  AND (SELECT COUNT(*) FROM upstream_scopes WHERE scope NOT IN (${WANTED})) + :count <= :maxReserved)`;

const DECLARE = `
  INSERT INTO upstream_scopes (scope, owner, description, is_declared)
  SELECT json_extract(value, '$[0]'), :owner, json_extract(value, '$[1]'), 1 FROM json_each(:wanted) WHERE ${FITS}
  ON CONFLICT (scope) DO UPDATE SET description = excluded.description, is_declared = 1`;

const WITHDRAW_OTHERS = `
  UPDATE upstream_scopes SET is_declared = 0 WHERE owner = :owner AND scope NOT IN (${WANTED}) AND ${FITS}`;

const FORGET_HOST = `DELETE FROM upstream_hosts WHERE owner = :owner AND ${FITS}`;
const KEEP_HOST = `INSERT INTO upstream_hosts (owner, host) SELECT :owner, :host WHERE :host IS NOT NULL AND ${FITS}`;

const FIND_TAKEN = `
  SELECT scope, owner FROM upstream_scopes WHERE owner <> :owner AND scope IN (${WANTED}) ORDER BY scope LIMIT 1`;

const IN_FORCE = "value NOT IN (SELECT scope FROM upstream_scopes WHERE NOT is_declared)";

/** The scopes in a column, without those that their upstream has withdrawn. */
export const inForce = <Value>(column: SQLiteColumn & { _: { data: Value } }): SQL<Value> =>
  sql`(SELECT json_group_array(value) FROM json_each(${column}) WHERE ${sql.raw(IN_FORCE)})`.mapWith(
    (list: string): Value => JSON.parse(list),
  );

/** {@link inForce} of a column of this name, as JSON, in a statement of one's own. */
export const IN_FORCE_OF = (column: string): string =>
  `(SELECT json_group_array(value) FROM json_each(${column}) WHERE ${IN_FORCE})`;

/** All that are declared, as a JSON list in order. */
export const DECLARED_SCOPES =
  "(SELECT json_group_array(scope) FROM (SELECT scope FROM upstream_scopes WHERE is_declared ORDER BY scope))";

export const createUpstreamScopeStore = ({ orm, client }: KmsDatabase): UpstreamScopeStore => ({
  listDeclared: async () => {
    const rows = await orm
      .select({ scope: upstreamScopes.scope })
      .from(upstreamScopes)
      .where(eq(upstreamScopes.isDeclared, true))
      .orderBy(asc(upstreamScopes.scope));
    return rows.map(({ scope }) => scope);
  },
  declare: async ({ owner, scopes, host = null, ...limits }) => {
    const names = [...scopes.keys()];
    const wanted = { owner, wanted: JSON.stringify([...scopes]) };
    const args = {
      ...wanted,
      ...limits,
      count: names.length,
      characters: names.map((name) => `${name} `).join("").length,
    };
    const [, , , , fits, taken] = await client.batch(
      [
        { sql: DECLARE, args },
        { sql: WITHDRAW_OTHERS, args },
        { sql: FORGET_HOST, args },
        { sql: KEEP_HOST, args: { ...args, host } },
        { sql: `SELECT ${FITS} AS fits`, args },
        { sql: FIND_TAKEN, args: wanted },
      ],
      "write",
    );
    const other = taken?.rows[0];
    return {
      isDone: fits?.rows[0]?.["fits"] === 1,
      taken: other && { scope: String(other["scope"]), owner: String(other["owner"]) },
    };
  },
  withdraw: async (owner) => {
    await client.batch(
      [
        { sql: "UPDATE upstream_scopes SET is_declared = 0 WHERE owner = ?", args: [owner] },
        { sql: "DELETE FROM upstream_hosts WHERE owner = ?", args: [owner] },
      ],
      "write",
    );
  },
  findHosts: async (hosts) => {
    const rows = await orm
      .selectDistinct({ host: upstreamHosts.host })
      .from(upstreamHosts)
      .where(inArray(upstreamHosts.host, [...hosts]));
    return rows.map(({ host }) => host);
  },
});
