/** The statements of one search: the count, a page of hits, and the values of each facet. */
import { and, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { FacetRequest, SearchedField, SearchQuery, Sort } from "../domain/engine.ts";
import { FIELDS, type TextField, type ValueField } from "../domain/fields.ts";
import { both } from "../domain/filter.ts";
import { asksForEverything, parseTerms, type Term } from "../domain/terms.ts";
import { compileFilter, rowsMatching } from "./filter-sql.ts";
import { matchAny, matchTerms } from "./match.ts";
import { documents } from "./schema.ts";

/** Turns bm25's small fractions into integers that still tell hits apart. */
const TEXT_MATCH_SCALE = 1_000_000_000;

/** What is searched, as SQL; `terms` are the words to highlight. */
export interface Selection {
  terms: Term[];
  source: SQL;
  /** Holds as many rows as `source`, and costs less to count. */
  countable: SQL;
  where: SQL | undefined;
  textMatch: SQL;
}

const NOTHING = sql`FALSE`;
const NO_MATCH = sql`0`;
const DOCUMENTS = sql`documents`;
const ENTRIES = sql`documents_text`;
/** A cross join keeps its order: the full-text index is asked once, then each of its rows is looked up. */
const MATCHING_DOCUMENTS = sql`documents_text CROSS JOIN documents ON documents.pk = documents_text.rowid`;

const weightOf = (field: TextField, queryBy: readonly SearchedField[]): number =>
  queryBy.find((searched) => searched.field === field)?.weight ?? 0;

/** bm25 is the lower the better; the score is the higher the better. The order of weights is that of the columns. */
const scoreIn = (queryBy: readonly SearchedField[]): SQL =>
  sql`CAST(round(-bm25(documents_text, ${weightOf("comment", queryBy)}, ${weightOf("text", queryBy)}) * ${TEXT_MATCH_SCALE}) AS INTEGER)`;

const fromDocuments = (where: SQL | undefined): Selection => ({
  terms: [],
  source: DOCUMENTS,
  countable: DOCUMENTS,
  where,
  textMatch: NO_MATCH,
});

const withoutAnyOf = (queryBy: readonly SearchedField[], exclude: readonly Term[]): SQL =>
  sql`documents.pk NOT IN ${rowsMatching(
    matchAny(
      queryBy.map(({ field }) => field),
      exclude.map((term) => [term]),
    ),
  )}`;

/** All that the caller may find. */
export const reachOf = ({ confinement }: SearchQuery): Selection =>
  fromDocuments(confinement && compileFilter(confinement));

/** Reads the user's words. A query without a letter or digit finds nothing; one of exclusions only, all the others. */
export const selectionOf = ({ q, queryBy, filter, confinement, hidden }: SearchQuery): Selection => {
  const allowed = both(confinement, filter);
  const filtered = and(
    allowed && compileFilter(allowed),
    hidden.length > 0 ? sql`documents.id NOT IN (SELECT value FROM json_each(${JSON.stringify(hidden)}))` : undefined,
  );
  if (asksForEverything(q)) return fromDocuments(filtered);
  const terms = parseTerms(q);
  if (terms.include.length === 0)
    return fromDocuments(and(terms.exclude.length === 0 ? NOTHING : withoutAnyOf(queryBy, terms.exclude), filtered));
  const columns = queryBy.map(({ field }) => field);
  return {
    terms: terms.include,
    source: MATCHING_DOCUMENTS,
    countable: filtered ? MATCHING_DOCUMENTS : ENTRIES,
    where: and(sql`documents_text MATCH ${matchTerms(columns, terms)}`, filtered),
    textMatch: scoreIn(queryBy),
  };
};

const whereClause = (...conditions: (SQL | undefined)[]): SQL => {
  const condition = and(...conditions);
  return condition ? sql` WHERE ${condition}` : sql``;
};

export const countStatement = ({ countable, where }: Selection): SQL =>
  sql`SELECT count(*) AS found FROM ${countable}${whereClause(where)}`;

const nullsOf = ({ field, missing }: Sort): SQL => {
  if (field !== "script_id") return sql``;
  return missing === "first" ? sql` NULLS FIRST` : sql` NULLS LAST`;
};

const orderOf = (sort: Sort): SQL => {
  const value = sort.field === "_text_match" ? sql`text_match` : sql`${documents[sort.field]}`;
  return sql`${value} ${sort.descending ? sql`DESC` : sql`ASC`}${nullsOf(sort)}`;
};

const DEFAULT_SORT: Sort[] = [
  { field: "_text_match", descending: true },
  { field: "sequence_number", descending: false },
];

/** The order is total: what the caller leaves open, the text match, the sequence number and the id decide. */
const orderBy = (sort: readonly Sort[], selection: Selection): SQL => {
  const given = new Set(sort.map(({ field }) => field));
  const useful = [...sort, ...DEFAULT_SORT.filter(({ field }) => !given.has(field))].filter(
    ({ field }) => field !== "_text_match" || selection.textMatch !== NO_MATCH,
  );
  return sql.join([...useful.map(orderOf), sql`${documents.id} ASC`], sql`, `);
};

const COLUMNS = sql.join(
  Object.values(getTableColumns(documents)).filter((column) => column !== documents.pk),
  sql`, `,
);

/** One page; hits beyond `maxHits` are left out. */
export const hitsStatement = (query: SearchQuery, selection: Selection): SQL => {
  const { offset } = query;
  const limit = Math.max(0, Math.min(query.limit, query.maxHits - offset));
  const { source, where } = selection;
  return sql`SELECT ${COLUMNS}, ${selection.textMatch} AS text_match FROM ${source}${whereClause(where)} ORDER BY ${orderBy(query.sort, selection)} LIMIT ${limit} OFFSET ${offset}`;
};

const NUMBER_STATISTICS = sql`, min(value) OVER () AS min, max(value) OVER () AS max, total(value * count) OVER () AS sum`;

const isPresent = (field: ValueField): SQL | undefined =>
  field === "script_id" ? sql`${documents.script_id} IS NOT NULL` : undefined;

/**
 * The most frequent values of a field among all that was found. Each row repeats what is true of all values: how many
 * there are, how many documents have one, and the extremes and the sum of numbers.
 */
export const facetStatement = ({ field }: FacetRequest, { source, where }: Selection, maxValues: number): SQL => {
  const groups = sql`SELECT ${documents[field]} AS value, count(*) AS count FROM ${source}${whereClause(where, isPresent(field))} GROUP BY ${documents[field]}`;
  const numbers = FIELDS[field] === "integer" ? NUMBER_STATISTICS : sql``;
  return sql`SELECT value, count, count(*) OVER () AS total_values, sum(count) OVER () AS documents${numbers} FROM (${groups}) ORDER BY count DESC, value LIMIT ${maxValues}`;
};
