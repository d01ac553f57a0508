/** What the tests of the store share: an engine on a real database, and documents to give it. */
import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, afterEach } from "vitest";
import { createLibsqlEngine } from "../../workers/search/src/embedded/libsql-engine.ts";
import type { DocumentOperation, WholeDocument } from "../../workers/search/src/model/document.ts";
import type { SearchParameters } from "../../workers/search/src/query/parameters.ts";
import { parseQuery } from "../../workers/search/src/query/query.ts";
import * as schema from "../../workers/search/src/storage/schema.ts";
import { openTestDatabase } from "./database.ts";

export const documentOf = (id: string, fields: Partial<WholeDocument> = {}): WholeDocument => ({
  id,
  element_type: "action",
  element_id: 1,
  sequence_number: 1,
  version_number: 1,
  comment: "",
  text: "",
  script_id: null,
  service_name: "service-a",
  updated_at: 1_700_000_000,
  ...fields,
});

export const create = (id: string, fields?: Partial<WholeDocument>): DocumentOperation => ({
  operation: "create",
  document: documentOf(id, fields),
});

/** The query; for everything, and in both text fields, unless told. */
export const queryOf = (parameters: SearchParameters) => {
  const parsed = parseQuery({ q: "*", query_by: "text,comment", ...parameters });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error.faults));
  return parsed.value.query;
};

/** An engine on a migrated database, and ways to look into it. */
export const createTestEngine = (client: Client) => {
  const engine = createLibsqlEngine({ client, orm: drizzle({ client, schema }) });
  const search = (parameters: SearchParameters) => engine.search(queryOf(parameters));
  return {
    ...engine,
    search,
    /** The engine's own search, for a query made elsewhere. */
    answer: engine.search,
    idsOf: async (parameters: SearchParameters) =>
      (await search({ per_page: 250, ...parameters })).hits.map(({ document }) => document.id),
    /** Every row, after it was checked that the index is sound and has just these. */
    rows: async () => {
      await client.execute("INSERT INTO document_tokens (document_tokens) VALUES ('integrity-check')");
      const { rows: missing } = await client.execute(
        "SELECT pk FROM documents WHERE pk NOT IN (SELECT id FROM document_tokens_docsize) UNION ALL SELECT pk FROM unindexed",
      );
      const { rows: surplus } = await client.execute(
        "SELECT id FROM document_tokens_docsize WHERE id NOT IN (SELECT pk FROM documents)",
      );
      if (missing.length + surplus.length > 0) throw new Error("the index does not have just the documents");
      const { rows } = await client.execute("SELECT * FROM documents ORDER BY id");
      return rows.map(({ length, ...columns }) => columns);
    },
    words: async () => (await client.execute("SELECT word FROM words")).rows.map((row) => row["word"]),
    trigramsOf: async (word: string) => {
      const sql = "SELECT trigram FROM word_trigrams WHERE word_id = (SELECT id FROM words WHERE word = ?)";
      return (await client.execute({ sql, args: [word] })).rows.map((row) => row["trigram"]);
    },
  };
};

/** An engine on a database of this test file's own, emptied after every test. */
export const openTestEngine = async (): Promise<ReturnType<typeof createTestEngine>> => {
  const database = await openTestDatabase("search");
  afterEach(async () => {
    await database.client.execute("DELETE FROM documents");
  });
  afterAll(() => database.close());
  return createTestEngine(database.client);
};
