/**
 * The full-text index of the embedded engine. This worker makes the tokens, so that texts, queries and the list of words
 * are folded in one way. A document is indexed in the transaction that stores it; what is on the list of unindexed
 * documents follows: all of them when the tokens have changed, and those that a worker of an earlier version has stored.
 */
import type { InStatement } from "@libsql/client";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { inSlices, type Steps } from "#shared/lang/steps.ts";
import { indexText } from "../text/tokens.ts";
import type * as schema from "./schema.ts";
import { addWords } from "./words.ts";

/** To be raised whenever other tokens are made of a text: all documents are then indexed again, while searches continue. */
export const INDEX_VERSION = 1;

/** Those of a document, or their tokens. */
interface Texts {
  comment: string;
  text: string;
}

export interface IndexedDocument extends Texts {
  id: string;
}

/** The tokens of a document's texts; adds the words among them to `words`. */
export function* tokensOfDocument({ comment, text }: Texts, words: Set<string>): Steps<Texts> {
  return { comment: yield* indexText(comment, words), text: yield* indexText(text, words) };
}

/** Indexes the documents with these ids that are stored and unindexed. In the order of their keys, which FTS5 needs. */
const INDEX_STORED = `
INSERT OR REPLACE INTO document_tokens (rowid, comment, text)
SELECT unindexed.pk, sent.value ->> 'comment', sent.value ->> 'text'
FROM json_each(?) AS sent CROSS JOIN documents ON documents.id = sent.value ->> 'id'
  CROSS JOIN unindexed ON unindexed.pk = documents.pk
ORDER BY unindexed.pk`;

const STORED_ARE_INDEXED = `
DELETE FROM unindexed WHERE pk IN (
  SELECT documents.pk FROM json_each(?) AS sent CROSS JOIN documents ON documents.id = sent.value)`;

/** For the transaction that has stored documents: makes them searchable. */
export const indexStored = (documents: readonly IndexedDocument[]): InStatement[] =>
  documents.length === 0
    ? []
    : [
        { sql: INDEX_STORED, args: [JSON.stringify(documents)] },
        { sql: STORED_ARE_INDEXED, args: [JSON.stringify(documents.map(({ id }) => id))] },
      ];

const PAGE_SIZE = 500;
/** In characters: six bytes for each still fit into a response of sqld. */
const TEXT_BUDGET = 2 ** 19;

const ALL = "SELECT seq, pk FROM unindexed ORDER BY seq LIMIT ?";
const WITH_IDS = `
  SELECT seq, unindexed.pk FROM json_each(?) AS wanted CROSS JOIN documents ON documents.id = wanted.value
  CROSS JOIN unindexed ON unindexed.pk = documents.pk ORDER BY seq LIMIT ${PAGE_SIZE}`;

/** The first documents of a list, until the texts before them have used up the budget. */
const textsOf = (list: string): string => `
  SELECT seq, pk, comment, text FROM (
    SELECT seq, documents.pk, comment, text, sum(length(comment) + length(text)) OVER (
      ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS length_before
    FROM (${list}) AS listed CROSS JOIN documents ON documents.pk = listed.pk
  ) WHERE coalesce(length_before, 0) <= ${TEXT_BUDGET}`;

const textRow = z.object({ seq: z.number(), pk: z.number(), comment: z.string(), text: z.string() });
type TextRow = z.infer<typeof textRow>;

/** A document that has changed since it was read has another number, and stays on the list. */
const INDEX_LISTED = `
INSERT OR REPLACE INTO document_tokens (rowid, comment, text)
SELECT unindexed.pk, sent.value ->> 'comment', sent.value ->> 'text'
FROM json_each(?) AS sent CROSS JOIN unindexed ON unindexed.seq = sent.value ->> 'seq' AND unindexed.pk = sent.value ->> 'pk'
ORDER BY unindexed.pk`;

const LISTED_ARE_INDEXED = "DELETE FROM unindexed WHERE seq IN (SELECT value FROM json_each(?))";

function* indexingOf(rows: readonly TextRow[]): Steps<InStatement[]> {
  const words = new Set<string>();
  const sent: object[] = [];
  for (const { seq, pk, ...texts } of rows) sent.push({ seq, pk, ...(yield* tokensOfDocument(texts, words)) });
  return [
    ...addWords(words),
    { sql: INDEX_LISTED, args: [JSON.stringify(sent)] },
    { sql: LISTED_ARE_INDEXED, args: [JSON.stringify(rows.map(({ seq }) => seq))] },
  ];
}

/** All documents are put on the list when the index has the tokens of another version. */
const RENEW = [
  `INSERT OR REPLACE INTO unindexed (pk) SELECT pk FROM documents
   WHERE (SELECT version FROM text_index) <> ${INDEX_VERSION} ORDER BY pk`,
  `UPDATE text_index SET version = ${INDEX_VERSION} WHERE version <> ${INDEX_VERSION}`,
];

/** No worker of the version before serves any more. */
const DROP_PREVIOUS = [
  "INSERT INTO documents_text (documents_text) VALUES ('delete-all')",
  "UPDATE text_index SET previous_until = NULL",
];

type Client = Pick<Database<typeof schema>["client"], "batch" | "execute">;

const indexPage = async (client: Client, page: InStatement): Promise<number> => {
  const rows = z.array(textRow).parse((await client.execute(page)).rows);
  if (rows.length > 0) await client.batch(await inSlices(indexingOf(rows)), "write");
  return rows.length;
};

/** Indexes those of these documents that are not. */
export const indexDocuments = async (client: Client, ids: readonly string[]): Promise<void> => {
  const page = { sql: textsOf(WITH_IDS), args: [JSON.stringify(ids)] };
  for (let indexed = 1; indexed > 0; ) indexed = await indexPage(client, page);
};

/** Indexes what is on the list, for as long as it may; resolves to whether nothing is left. */
export const indexListed = async (client: Client, goOn: () => boolean): Promise<boolean> => {
  while (goOn()) if ((await indexPage(client, { sql: textsOf(ALL), args: [PAGE_SIZE] })) === 0) return true;
  return false;
};

const STATE = `
  SELECT version, previous_until < unixepoch() AS droppable, EXISTS (SELECT 1 FROM unindexed) AS unindexed FROM text_index`;
const stateRow = z.object({ version: z.number(), droppable: z.number().nullable(), unindexed: z.number() });

/** Brings the index to the version of this worker, for as long as it may; resolves to whether nothing is unindexed. */
export const renewIndex = async (client: Client, goOn: () => boolean): Promise<boolean> => {
  const { version, droppable, unindexed } = stateRow.parse((await client.execute(STATE)).rows[0]);
  if (droppable === 1) await client.batch(DROP_PREVIOUS, "write");
  if (version !== INDEX_VERSION) await client.batch(RENEW, "write");
  return (version === INDEX_VERSION && unindexed === 0) || indexListed(client, goOn);
};

const LIST_PAGE = `
INSERT OR REPLACE INTO unindexed (pk) SELECT pk FROM documents WHERE pk > ? ORDER BY pk LIMIT ${PAGE_SIZE} RETURNING pk`;

/** Puts some documents on the list, so that they are indexed again: those after a key, whose keys it returns. */
export const listPage = async (client: Client, afterPk: number): Promise<number[]> => {
  const { rows } = await client.execute({ sql: LIST_PAGE, args: [afterPk] });
  return rows.map((row) => Number(row["pk"]));
};
