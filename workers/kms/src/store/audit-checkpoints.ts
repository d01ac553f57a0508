/** Checkpoints of the audit chain in the database. */
import { asc, desc, eq, gt } from "drizzle-orm";
import type { CheckpointReader, CheckpointRepository } from "../domain/audit-checkpoints.ts";
import type { KmsDatabase } from "./connection.ts";
import { auditChain, auditCheckpoints, auditEntries } from "./schema/audit.ts";

const INSERT = `
  INSERT INTO audit_checkpoints (entry_id, at, jws, public_jwk)
  SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE entry_id >= ?)`;

export const createCheckpointRepository = ({ orm, client }: KmsDatabase): CheckpointRepository & CheckpointReader => ({
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
  insert: async ({ entryId, at, jws, publicJwk }) => {
    const { rowsAffected } = await client.execute({
      sql: INSERT,
      args: [entryId, at.getTime(), jws, JSON.stringify(publicJwk), entryId],
    });
    return rowsAffected === 1;
  },
});
