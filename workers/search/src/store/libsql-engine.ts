/**
 * The search engine that needs nothing but the worker's own libSQL database: SQLite's FTS5 for the words, indexes for
 * the rest. Meant for one machine and up to about 100,000 documents.
 */
import { sql } from "drizzle-orm";
import type { ElementDocument } from "#shared/contracts/search.ts";
import type { Database } from "#shared/db/database.ts";
import type {
  EngineStatus,
  FacetCounts,
  Hit,
  ParameterFault,
  SearchAnswer,
  SearchEngine,
  SearchQuery,
} from "../domain/engine.ts";
import { isExtraName, isIdleWhenEmbedded } from "../domain/extras.ts";
import type { FieldName, ValueField } from "../domain/fields.ts";
import { highlight } from "../domain/highlight.ts";
import type * as schema from "./schema.ts";
import type { documents } from "./schema.ts";
import { countStatement, facetStatement, hitsStatement, reachOf, type Selection, selectionOf } from "./search-sql.ts";
import { syncStatements } from "./sync-sql.ts";

/** Pages of the index that one round of upkeep may rewrite, so that writers never wait long. */
const MERGE_PAGES = 500;

type HitRow = Omit<typeof documents.$inferSelect, "pk"> & { text_match: number };

interface FacetRow {
  value: string | number;
  count: number;
  total_values: number;
  documents: number;
  /** Of numbers only. */
  min?: number;
  max?: number;
  sum?: number;
}

const shown = (document: ElementDocument, fields: readonly FieldName[]): Partial<ElementDocument> =>
  Object.fromEntries(fields.filter((name) => document[name] !== undefined).map((name) => [name, document[name]]));

const toHit = ({ text_match, script_id, ...fields }: HitRow, query: SearchQuery, { terms }: Selection): Hit => ({
  document: shown({ ...fields, ...(script_id !== null && { script_id }) }, query.shownFields),
  highlights: query.highlight.fields.flatMap((field) => highlight(field, fields[field], terms, query.highlight) ?? []),
  ...(terms.length > 0 && { text_match: String(text_match) }),
});

const statsOf = (row: FacetRow | undefined): FacetCounts["stats"] => {
  if (!row) return { total_values: 0 };
  const { total_values, documents: count, min, max, sum } = row;
  if (min === undefined || max === undefined || sum === undefined) return { total_values };
  return { total_values, min, max, sum, avg: sum / count };
};

const toFacetCounts = (field: ValueField, rows: readonly FacetRow[]): FacetCounts => ({
  field_name: field,
  counts: rows.map(({ value, count }) => ({ value: String(value), highlighted: String(value), count })),
  sampled: false,
  stats: statsOf(rows[0]),
});

/** A small engine says what it leaves to a Typesense cluster. */
const refusalsOf = ({ extras }: SearchQuery): ParameterFault[] =>
  Object.entries(extras)
    .filter(([name, value]) => isExtraName(name) && !isIdleWhenEmbedded(name, value))
    .map(([parameter]) => ({
      parameter,
      status: 400,
      message: `Parameter \`${parameter}\` is not supported by the embedded search engine.`,
      detail: `The embedded search engine does not do \`${parameter}\` this way; a Typesense cluster does.`,
    }));

/** An engine on this database. Its methods fail with `DatabaseUnavailable`. */
export const createLibsqlEngine = ({ orm, client }: Pick<Database<typeof schema>, "orm" | "client">): SearchEngine => ({
  name: "libsql",

  sync: async (operations) => {
    const statements = syncStatements(operations);
    const answers = await client.batch(
      statements.map(({ statement }) => statement),
      "write",
    );
    const missing = new Set<number>();
    for (const [at, { dependents }] of statements.entries()) {
      const existing = new Set(answers[at]?.rows.map((row) => row["id"]));
      for (const index of dependents) if (!existing.has(operations[index]?.document.id ?? "")) missing.add(index);
    }
    return operations.map(({ document: { id } }, index) =>
      missing.has(index)
        ? { id, success: false, error: `Could not find a document with id: ${id}` }
        : { id, success: true },
    );
  },

  refusalsOf,

  search: async (query): Promise<SearchAnswer> => {
    const selection = selectionOf(query);
    const [counted, total, hits, ...facets] = await orm.batch([
      orm.all<{ found: number }>(countStatement(selection)),
      orm.all<{ found: number }>(countStatement(reachOf(query))),
      orm.all<HitRow>(hitsStatement(query, selection)),
      ...query.facets.map((facet) => orm.all<FacetRow>(facetStatement(facet, selection, query.maxFacetValues))),
    ]);
    return {
      found: counted[0]?.found ?? 0,
      out_of: total[0]?.found ?? 0,
      hits: hits.map((row) => toHit(row, query, selection)),
      facet_counts: query.facets.map(({ field }, at) => toFacetCounts(field, facets[at] ?? [])),
    };
  },

  status: async (): Promise<EngineStatus> => {
    const [row] = await orm.all<{ documents: number }>(sql`SELECT count(*) AS documents FROM documents`);
    // What sync has acknowledged is in the index already: they share a transaction.
    return { healthy: true, nodes: [], documents: row?.documents ?? 0, lagSeconds: 0 };
  },

  maintain: async () => {
    await client.execute(`INSERT INTO documents_text (documents_text, rank) VALUES ('merge', ${MERGE_PAGES})`);
  },
});
