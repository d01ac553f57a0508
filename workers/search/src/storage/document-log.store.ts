/** The documents in the order of their keys and of their changes. */
import { z } from "zod";
import type { ElementDocument } from "#shared/contracts/search.ts";
import type { Database } from "#shared/db/database.ts";
import type { Change, DocumentLog, RefusedDocument, StoredDocument } from "../model/document-log.ts";
import { applyOperations } from "./apply.ts";
import type * as schema from "./schema.ts";

const NOTE = `
  INSERT OR REPLACE INTO changes (document_id, changed_at)
  SELECT DISTINCT value, :nowMs FROM json_each(:ids)`;

/** The last number given, that of a forgotten change, too. */
const LAST_SEQ = "SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'changes'";

const EXTENT = `SELECT (SELECT count(*) FROM documents) AS documents, (${LAST_SEQ}) AS seq`;

/** Six bytes for each character, and the longest text after them, still fit into a response of sqld. */
const TEXT_BUDGET = 2 ** 19;

/** The first row of a page, and those after it until the texts before them have used up the budget. */
const withinBudget = (page: string, order: string): string => `
  SELECT * FROM (
    SELECT page.*, sum(length(comment) + length(text)) OVER (
      ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS length_before
    FROM (${page}) AS page
  )
  WHERE coalesce(length_before, 0) <= ${TEXT_BUDGET} ORDER BY ${order}`;

const CHANGES = withinBudget(
  `SELECT changes.seq, changes.document_id, documents.* FROM changes
  LEFT JOIN documents ON documents.id = changes.document_id
  WHERE changes.seq > :seq ORDER BY changes.seq LIMIT :limit`,
  "seq",
);

const DOCUMENTS = withinBudget("SELECT * FROM documents WHERE pk > :pk ORDER BY pk LIMIT :limit", "pk");

const REFUSE = `
  UPDATE changes SET refusal = refused.value ->> 'refusal'
  FROM json_each(:refused) AS refused WHERE changes.document_id = refused.value ->> 'id'`;

/** A document that is copied, not changed, may be refused as well. */
const NOTE_REFUSED = `
  INSERT INTO changes (document_id, changed_at, refusal)
  SELECT value ->> 'id', 0, value ->> 'refusal' FROM json_each(:refused) WHERE true
  ON CONFLICT (document_id) DO NOTHING`;

const REFUSALS = "SELECT document_id AS id, refusal FROM changes WHERE refusal IS NOT NULL";
const REFUSALS_AMONG = `${REFUSALS} AND document_id IN (SELECT value FROM json_each(:ids))`;

const OLDEST = "SELECT min(changed_at) AS oldest FROM changes WHERE seq > :seq AND refusal IS NULL";

const FORGET = "DELETE FROM changes WHERE seq <= :seq AND refusal IS NULL";

const documentRow = z
  .object({
    id: z.string(),
    element_type: z.string(),
    element_id: z.number(),
    sequence_number: z.number(),
    version_number: z.number(),
    comment: z.string(),
    text: z.string(),
    script_id: z.number().nullable(),
    service_name: z.string(),
    updated_at: z.number(),
  })
  .transform(({ script_id, ...fields }): ElementDocument => ({ ...fields, ...(script_id !== null && { script_id }) }));

const storedRow = z
  .looseObject({ pk: z.number() })
  .transform((row): StoredDocument => ({ pk: row.pk, document: documentRow.parse(row) }));

const changeRow = z
  .looseObject({ seq: z.number(), document_id: z.string(), pk: z.number().nullable() })
  .transform((row): Change => {
    const document = row.pk === null ? undefined : documentRow.parse(row);
    return { seq: row.seq, id: row.document_id, document };
  });

const refusalRow = z.object({ id: z.string(), refusal: z.string() });
const extentRow = z.object({ documents: z.number(), seq: z.number() });

export const createDocumentLog = ({ client }: Pick<Database<typeof schema>, "client">): DocumentLog => ({
  apply: async (operations, nowMs) => {
    const ids = JSON.stringify(operations.map(({ document }) => document.id));
    const { results, along } = await applyOperations(client, operations, [
      { sql: NOTE, args: { nowMs, ids } },
      LAST_SEQ,
    ]);
    return { results, seq: Number(along[1]?.rows[0]?.["seq"]) };
  },

  changesAfter: async (seq, limit) => {
    const { rows } = await client.execute({ sql: CHANGES, args: { seq, limit } });
    return z.array(changeRow).parse(rows);
  },

  documentsAfter: async (pk, limit) => {
    const { rows } = await client.execute({ sql: DOCUMENTS, args: { pk, limit } });
    return z.array(storedRow).parse(rows);
  },

  extent: async () => {
    const { rows } = await client.execute(EXTENT);
    return extentRow.parse(rows[0]);
  },

  refuse: async (refused: readonly RefusedDocument[]) => {
    const args = { refused: JSON.stringify(refused) };
    await client.batch(
      [
        { sql: REFUSE, args },
        { sql: NOTE_REFUSED, args },
      ],
      "write",
    );
  },

  voidRefusals: async () => {
    await client.execute("UPDATE changes SET refusal = NULL WHERE refusal IS NOT NULL");
  },

  refusals: async (ids) => {
    const { rows } = await client.execute(
      ids === undefined ? REFUSALS : { sql: REFUSALS_AMONG, args: { ids: JSON.stringify(ids) } },
    );
    return z.array(refusalRow).parse(rows);
  },

  oldestAfter: async (seq) => {
    const { rows } = await client.execute({ sql: OLDEST, args: { seq } });
    return z.object({ oldest: z.number().nullable() }).parse(rows[0]).oldest ?? undefined;
  },

  forget: async (seq) => {
    await client.execute({ sql: FORGET, args: { seq } });
  },
});
