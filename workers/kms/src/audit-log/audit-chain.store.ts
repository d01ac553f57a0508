/** The chain of audit entries in the database. */
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, isNotNull, lt, lte, or, sql } from "drizzle-orm";
import type { AuditAction } from "#shared/contracts/audit.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { auditChain, auditCheckpoints, auditEntries } from "../db/schema/audit.ts";
import type { ChainState, StoredChainState, StoredEntry } from "./audit-chain.ts";
import type { PruningStore } from "./audit-pruning.ts";
import type { ChainStore } from "./audit-sealing.ts";
import type { ChainReader } from "./audit-verification.ts";

const INSERT_STATE = `
  INSERT INTO audit_chain (id, base_id, base_link, base_at, head_id, head_link, mac)
  SELECT 1, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_chain)`;

const REPLACE_STATE = `
  UPDATE audit_chain SET base_id = ?, base_link = ?, base_at = ?, head_id = ?, head_link = ?, mac = ?
  WHERE id = 1 AND mac = ?`;

/** Only under the head that these links lead to; who came second writes the same links again, or none. */
const LINK = `
  UPDATE audit_entries SET link = given.link, seal = given.seal
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS link, value ->> 2 AS seal FROM json_each(?)) AS given
  WHERE audit_entries.id = given.id AND EXISTS (SELECT 1 FROM audit_chain WHERE mac = ?)`;

const columnsOf = ({ baseId, baseLink, baseAt, headId, headLink }: ChainState) => [
  baseId,
  baseLink,
  baseAt.getTime(),
  headId,
  headLink,
];

/** The statement that moves the chain on, unless another process has. */
const replaceState = (from: StoredChainState | undefined, to: StoredChainState) =>
  from === undefined
    ? { sql: INSERT_STATE, args: [...columnsOf(to), to.mac] }
    : { sql: REPLACE_STATE, args: [...columnsOf(to), to.mac, from.mac] };

const IS_UNDER = "EXISTS (SELECT 1 FROM audit_chain WHERE mac = :mac)";

const DROP_ENTRIES = `DELETE FROM audit_entries WHERE id <= :baseId AND ${IS_UNDER}`;
/** The one that vouches for the new beginning stays. */
const DROP_CHECKPOINTS = `DELETE FROM audit_checkpoints WHERE entry_id < :baseId AND ${IS_UNDER}`;

export const createChainStore = ({
  orm,
  client,
}: KmsDatabase): ChainStore & Omit<ChainReader, "listCheckpoints"> & PruningStore => ({
  readTail: async (limit, markedId) => {
    const headId = sql`(SELECT COALESCE(MAX(${auditChain.headId}), 0) FROM ${auditChain})`;
    const lastVouched = sql`(SELECT MAX(${auditCheckpoints.entryId}) FROM ${auditCheckpoints})`;
    const [[state], entries, [checkpoint], marked] = await orm.batch([
      orm.select().from(auditChain),
      orm.select().from(auditEntries).where(gt(auditEntries.id, headId)).orderBy(asc(auditEntries.id)).limit(limit),
      orm.select().from(auditCheckpoints).orderBy(desc(auditCheckpoints.entryId)).limit(1),
      orm
        .select({ id: auditEntries.id, link: auditEntries.link })
        .from(auditEntries)
        .where(or(eq(auditEntries.id, markedId), eq(auditEntries.id, lastVouched))),
    ]);
    return { state, entries, checkpoint, marked };
  },
  advance: async (from, to, linkages) => {
    const given = JSON.stringify(linkages.map(({ id, link, seal }) => [id, link, seal]));
    const [moved] = await client.batch([replaceState(from, to), { sql: LINK, args: [given, to.mac] }], "write");
    return moved?.rowsAffected === 1;
  },
  readState: async () => {
    const [[state], [linked], [last], [vouched]] = await orm.batch([
      orm.select().from(auditChain),
      orm.select({ id: auditEntries.id }).from(auditEntries).where(isNotNull(auditEntries.link)).limit(1),
      orm.select({ id: sql<number>`COALESCE(MAX(${auditEntries.id}), 0)` }).from(auditEntries),
      orm.select({ id: sql<number>`COALESCE(MAX(${auditCheckpoints.entryId}), 0)` }).from(auditCheckpoints),
    ]);
    return { state, hasLinked: linked !== undefined, lastId: last?.id ?? 0, checkpointId: vouched?.id ?? 0 };
  },
  readEntries: (fromId, throughId, limit): Promise<StoredEntry[]> =>
    orm
      .select()
      .from(auditEntries)
      .where(and(gte(auditEntries.id, fromId), lte(auditEntries.id, throughId)))
      .orderBy(asc(auditEntries.id))
      .limit(limit),
  findPrunable: async (madeBefore, afterId, throughId) => {
    const [row] = await orm
      .select({ entry: getTableColumns(auditEntries) })
      .from(auditCheckpoints)
      .innerJoin(auditEntries, eq(auditEntries.id, auditCheckpoints.entryId))
      .where(
        and(
          lt(auditCheckpoints.at, madeBefore),
          gt(auditCheckpoints.entryId, afterId),
          lte(auditCheckpoints.entryId, throughId),
        ),
      )
      .orderBy(desc(auditCheckpoints.entryId))
      .limit(1);
    return row?.entry;
  },
  prune: async (from, to, entry) => {
    const args = { baseId: to.baseId, mac: to.mac };
    const [moved] = await client.batch(
      [
        replaceState(from, to),
        appendEntry(entry, "changed"),
        { sql: DROP_ENTRIES, args },
        { sql: DROP_CHECKPOINTS, args },
      ],
      "write",
    );
    return moved?.rowsAffected === 1;
  },
  readEntry: async (id) => (await orm.select().from(auditEntries).where(eq(auditEntries.id, id)))[0],
  findErasures: (userIds) =>
    orm
      .select()
      .from(auditEntries)
      .where(
        and(
          inArray(auditEntries.target, [...userIds]),
          eq(auditEntries.action, "user.erase" satisfies AuditAction),
          eq(auditEntries.outcome, "success"),
        ),
      ),
  findRepeated: async () => {
    const { rows } = await client.execute(
      "SELECT MAX(id) AS id FROM audit_entries GROUP BY uid HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 1",
    );
    return rows[0] && Number(rows[0]["id"]);
  },
});
