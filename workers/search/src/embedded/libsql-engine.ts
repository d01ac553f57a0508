/**
 * The search engine that needs nothing but the worker's own libSQL database: SQLite's FTS5 for the words, indexes for
 * the rest. Meant for one machine and up to about 100,000 documents.
 */
import { type SQL, sql } from "drizzle-orm";
import type { ElementDocument } from "#shared/contracts/search.ts";
import type { Database } from "#shared/db/database.ts";
import { inSlices, type Steps } from "#shared/lang/steps.ts";
import type { FieldName } from "../model/fields.ts";
import type { Hit, SearchEngine, SearchQuery, SearchResult } from "../query/engine.ts";
import { exactInterpretation } from "../query/interpretations.ts";
import { applyOperations } from "../storage/apply.ts";
import type * as schema from "../storage/schema.ts";
import { renewIndex } from "../storage/text-index.ts";
import { candidatesStatement, indexWords, pruneWords } from "../storage/vocabulary.ts";
import { type Highlight, highlight } from "../text/highlight.ts";
import { indexTerms } from "../text/matches.ts";
import { parseTerms } from "../text/terms.ts";
import { type AnyFacetRow, facetStatements, readFacets } from "./facet-reader.ts";
import type { FacetValuesRow } from "./facet-sql.ts";
import { type HitRow, withTexts } from "./hit-texts.ts";
import { refusalsOf } from "./refusals.ts";
import {
  countStatement,
  hitsStatement,
  reachOf,
  type Selection,
  selectionOf,
  wordlessSelection,
} from "./search-sql.ts";
import { type Lookups, tolerantInterpretations } from "./typo-tolerance.ts";

/** Pages of the index that one round of upkeep may rewrite, so that writers never wait long. */
const MERGE_PAGES = 500;
/** Documents that are indexed again when the index has another version: so long at a time. */
const INDEXING_MS = 20_000;
/** More new words than so many rounds take wait for the next upkeep. */
const INDEX_ROUNDS = 10;

type LibsqlDatabase = Pick<Database<typeof schema>, "orm" | "client">;

const shown = (document: ElementDocument, fields: readonly FieldName[]): Partial<ElementDocument> =>
  Object.fromEntries(fields.filter((name) => document[name] !== undefined).map((name) => [name, document[name]]));

/**
 * Further texts of a response, in characters, are shown without marks: to mark a million takes some tenths of a second in
 * all.
 */
const MARKED_CHARACTERS = 2 ** 20;

type TextRow = Awaited<ReturnType<typeof withTexts>>[number];

function* toHits(rows: readonly TextRow[], query: SearchQuery, { terms }: Selection): Steps<Hit[]> {
  const index = indexTerms(terms);
  let left = MARKED_CHARACTERS;
  const hits: Hit[] = [];
  for (const { text_match, script_id, ...fields } of rows) {
    const highlights: Highlight[] = [];
    for (const field of query.highlight.fields) {
      left -= fields[field].length;
      const marked = left < 0 ? undefined : yield* highlight(field, fields[field], index, query.highlight);
      if (marked !== undefined) highlights.push(marked);
    }
    hits.push({
      document: shown({ ...fields, ...(script_id !== null && { script_id }) }, query.shownFields),
      highlights,
      ...(terms.length > 0 && { text_match: String(text_match) }),
    });
  }
  return hits;
}

/** All statements in one round trip, on one state of the database. */
const createReader =
  ({ orm }: LibsqlDatabase) =>
  async <Row>(statements: readonly SQL[]): Promise<Row[][]> => {
    const [first, ...others] = statements.map((statement) => orm.all<Row>(statement));
    return first ? orm.batch([first, ...others]) : [];
  };

const createSearch = (database: LibsqlDatabase) => {
  const readAll = createReader(database);
  const { orm } = database;

  const counts = async (selections: readonly Selection[]): Promise<number[]> => {
    const rows = await readAll<{ found: number }>(selections.map(countStatement));
    return rows.map(([row]) => row?.found ?? 0);
  };

  const lookupsFor = (query: SearchQuery): Lookups => ({
    countsOf: (interpretations) =>
      counts(interpretations.map((interpretation) => selectionOf(query, [interpretation]))),
    candidatesFor: async (suspects) => {
      const found = await readAll<{ word: string }>(suspects.map(candidatesStatement));
      return found.map((rows) => rows.map(({ word }) => word));
    },
  });

  const execute = async (query: SearchQuery, selection: Selection): Promise<SearchResult> => {
    const [counted, reach, hits, ...facets] = await orm.batch([
      orm.all<{ found: number }>(countStatement(selection)),
      orm.all<{ found: number }>(countStatement(reachOf(query))),
      orm.all<HitRow>(hitsStatement(query, selection)),
      ...facetStatements(query, selection).map((statement) => orm.all<AnyFacetRow>(statement)),
    ]);
    const whole = await withTexts(hits, selection, (statement) => orm.all(statement));
    return {
      found: counted[0]?.found ?? 0,
      out_of: reach[0]?.found ?? 0,
      hits: await inSlices(toHits(whole, query, selection)),
      facet_counts: await readFacets(query, selection, facets, (statement) => orm.all<FacetValuesRow>(statement)),
    };
  };

  return async (query: SearchQuery): Promise<SearchResult> => {
    const wordless = wordlessSelection(query);
    if (wordless) return execute(query, wordless);
    const terms = parseTerms(query.q).include;
    const exact = await execute(query, selectionOf(query, [exactInterpretation(terms)]));
    const interpretations = await tolerantInterpretations(query, terms, exact.found, lookupsFor(query));
    return interpretations.length === 1 ? exact : execute(query, selectionOf(query, interpretations));
  };
};

/** An engine on this database. Its methods fail with `DatabaseUnavailable`. */
export const createLibsqlEngine = (database: LibsqlDatabase): SearchEngine => {
  const { orm, client } = database;
  return {
    name: "libsql",
    refusalsOf,

    sync: async (operations) => (await applyOperations(client, operations)).results,

    search: createSearch(database),

    status: async () => {
      const [row] = await orm.all<{ documents: number }>(sql`SELECT documents FROM documents_total`);
      // What sync has acknowledged is in the index already: they share a transaction.
      return { healthy: true, nodes: [], documents: row?.documents ?? 0, lagSeconds: 0 };
    },

    maintain: async () => {
      const endsAtMs = Date.now() + INDEXING_MS;
      await renewIndex(client, () => Date.now() < endsAtMs);
      await client.execute(`INSERT INTO document_tokens (document_tokens, rank) VALUES ('merge', ${MERGE_PAGES})`);
      await client.execute(pruneWords);
      for (let round = 0; round < INDEX_ROUNDS; round += 1) {
        const [, indexed] = await client.batch([...indexWords], "write");
        if (indexed?.rowsAffected === 0) return;
      }
    },
  };
};
