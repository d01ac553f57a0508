/** Checkpoints of the audit chain in the database. */
import { asc, desc, eq, gt } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { auditChain, auditCheckpoints, auditEntries } from "../db/schema/audit.ts";
import type { CheckpointReader, CheckpointStore } from "./audit-checkpoints.ts";

const INSERT = `
  INSERT INTO audit_checkpoints (entry_id, at, jws, public_jwk)
  SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE entry_id >= ?)`;

/** One whose follower is of the same hour, and among the same entries; never the one that vouches for the beginning. */
const THIN = `
  DELETE FROM audit_checkpoints
  WHERE at < :before AND entry_id NOT IN (SELECT base_id FROM audit_chain)
    AND EXISTS (
      SELECT 1 FROM audit_checkpoints AS later
      WHERE later.entry_id = (SELECT MIN(entry_id) FROM audit_checkpoints AS next WHERE next.entry_id > audit_checkpoints.entry_id)
        AND later.at / 3600000 = audit_checkpoints.at / 3600000
        AND later.entry_id / CAST(:every AS INTEGER) = audit_checkpoints.entry_id / CAST(:every AS INTEGER))`;

export const createCheckpointStore = ({ orm, client }: KmsDatabase): CheckpointStore & CheckpointReader => ({
  latest: async () => (await orm.select().from(auditCheckpoints).orderBy(desc(auditCheckpoints.entryId)).limit(1))[0],
  list: (limit, afterEntryId) =>
    orm
      .select()
      .from(auditCheckpoints)
      .where(gt(auditCheckpoints.entryId, afterEntryId))
      .orderBy(asc(auditCheckpoints.entryId))
      .limit(limit),
  readHead: async () => {
    const [head] = await orm
      .select({ id: auditEntries.id, link: auditEntries.link, seal: auditEntries.seal })
      .from(auditEntries)
      .innerJoin(auditChain, eq(auditChain.headId, auditEntries.id));
    return head?.link && head.seal ? { id: head.id, link: head.link, seal: head.seal } : undefined;
  },
  thin: async (madeBefore, every) => {
    await client.execute({ sql: THIN, args: { before: madeBefore.getTime(), every } });
  },
  insert: async ({ entryId, at, jws, publicJwk }) => {
    const { rowsAffected } = await client.execute({
      sql: INSERT,
      args: [entryId, at.getTime(), jws, JSON.stringify(publicJwk), entryId],
    });
    return rowsAffected === 1;
  },
});
