/** The statements that count values. */
import { type SQL, sql } from "drizzle-orm";
import type { Steps } from "#shared/lang/steps.ts";
import { FIELDS, type ValueField } from "../model/fields.ts";
import type { FacetCounts, FacetRequest, SearchQuery } from "../query/engine.ts";
import { documents } from "../storage/schema.ts";
import { markMatches } from "../text/highlight.ts";
import { indexTerms } from "../text/matches.ts";
import { parseTerms } from "../text/terms.ts";
import { type Selection, sourceOf } from "./search-sql.ts";

/** One value or range; what is true of all of them stands in every row. */
export interface FacetRow {
  value: string | number;
  count: number;
  total_values: number;
  documents: number;
  /** Of numbers only. */
  min?: number;
  max?: number;
  sum?: number;
}

const isPresent = (field: ValueField): SQL | undefined =>
  field === "script_id" ? sql`${documents.script_id} IS NOT NULL` : undefined;

/** The label of the range a number is in. */
const labelOf = ({ field, ranges = [] }: FacetRequest): SQL => {
  const cases = ranges.map(
    ({ label, from, to }) => sql`WHEN ${documents[field]} >= ${from} AND ${documents[field]} < ${to} THEN ${label}`,
  );
  return sql`CASE ${sql.join(cases, sql` `)} END`;
};

const ORDERS: Record<FacetRequest["order"], SQL> = {
  count: sql`count DESC, value`,
  "value-ascending": sql`value`,
  "value-descending": sql`value DESC`,
};

const NUMBER_STATISTICS = sql`, min(least) OVER () AS min, max(most) OVER () AS max, total(subtotal) OVER () AS sum`;

/** The values of a field among all that was found, at most `maxValues` of them. */
export const facetStatement = (facet: FacetRequest, selection: Selection, maxValues: number): SQL => {
  const { field, order, ranges } = facet;
  const column = documents[field];
  const isNumber = FIELDS[field] === "integer";
  const value = ranges ? labelOf(facet) : sql`${column}`;
  const numbers = isNumber
    ? sql`, min(${column}) AS least, max(${column}) AS most, total(${column}) AS subtotal`
    : sql``;
  const groups = sql`SELECT ${value} AS value, count(*) AS count${numbers} FROM ${sourceOf(selection, isPresent(field))} GROUP BY 1`;
  return sql`SELECT value, count, count(*) OVER () AS total_values, sum(count) OVER () AS documents${isNumber ? NUMBER_STATISTICS : sql``} FROM (${groups}) WHERE value IS NOT NULL ORDER BY ${ORDERS[order]} LIMIT ${maxValues}`;
};

/** Values are compared with a `facet_query` outside the database, and so many of them at most. */
const MAX_COMPARED_VALUES = 10_000;

/** How many values of a facet a response needs. */
export const rowsNeeded = ({ field }: FacetRequest, { facetQuery, maxFacetValues }: SearchQuery): number =>
  facetQuery?.field === field ? MAX_COMPARED_VALUES : maxFacetValues;

const statsOf = (row: FacetRow | undefined): FacetCounts["stats"] => {
  if (!row) return { total_values: 0 };
  const { total_values, documents: count, min, max, sum } = row;
  if (min === undefined || max === undefined || sum === undefined) return { total_values };
  return { total_values, min, max, sum, avg: sum / count };
};

const countOf = ({ ranges }: FacetRequest, { value, count }: FacetRow): FacetCounts["counts"][number] => ({
  value: String(value),
  highlighted: ranges ? "" : String(value),
  count,
});

/** A field's values as in the response; with a `facet_query`, those that have words with this prefix. */
export function* toFacetCounts(facet: FacetRequest, rows: readonly FacetRow[], query: SearchQuery): Steps<FacetCounts> {
  const { field } = facet;
  const { facetQuery, maxFacetValues, highlight } = query;
  const counts = rows.map((row) => countOf(facet, row));
  const base = { field_name: field, sampled: false };
  if (facetQuery?.field !== field) return { ...base, counts, stats: statsOf(rows[0]) };
  const index = indexTerms(parseTerms(facetQuery.words).include);
  const wanted: FacetCounts["counts"] = [];
  for (const { value, count } of counts) {
    const highlighted = yield* markMatches(value, index, highlight);
    if (highlighted !== undefined) wanted.push({ value, highlighted, count });
  }
  return {
    ...base,
    counts: wanted.slice(0, maxFacetValues),
    stats: { ...statsOf(rows[0]), total_values: wanted.length },
  };
}
