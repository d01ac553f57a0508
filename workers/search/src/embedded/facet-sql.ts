/** The statements that count values. */
import { type SQL, sql } from "drizzle-orm";
import { FIELDS, type ValueField } from "../model/fields.ts";
import type { FacetCounts, FacetRequest, SearchQuery } from "../query/engine.ts";
import { documents } from "../storage/schema.ts";
import type { FacetValue, FoundValue } from "./facet-values.ts";
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

const isNumber = ({ field }: FacetRequest): boolean => FIELDS[field] === "integer";

/** Each value of a field, or range, among all that was found. */
const groupsOf = (facet: FacetRequest, selection: Selection): SQL => {
  const { field, ranges } = facet;
  const column = documents[field];
  const value = ranges ? labelOf(facet) : sql`${column}`;
  const numbers = isNumber(facet)
    ? sql`, min(${column}) AS least, max(${column}) AS most, total(${column}) AS subtotal`
    : sql``;
  return sql`SELECT ${value} AS value, count(*) AS count${numbers} FROM ${sourceOf(selection, isPresent(field))} GROUP BY 1`;
};

/** The first values of a field, at most `maxValues` of them. */
export const facetStatement = (facet: FacetRequest, selection: Selection, maxValues: number): SQL =>
  sql`SELECT value, count, count(*) OVER () AS total_values, sum(count) OVER () AS documents${isNumber(facet) ? NUMBER_STATISTICS : sql``} FROM (${groupsOf(facet, selection)}) WHERE value IS NOT NULL ORDER BY ${ORDERS[facet.order]} LIMIT ${maxValues}`;

/** How many characters of values are fetched at a time: six bytes for each still fit into a response of sqld. */
const PAGE_LENGTH = 1_000_000;

/** All values in one row, as a list of pairs of value and count. */
export interface FacetValuesRow extends Omit<FacetRow, "value" | "count"> {
  list: string;
}

/** Values in their own order, after one; as many as fit into a response. */
export const facetValuesStatement = (facet: FacetRequest, selection: Selection, after?: FacetValue["value"]): SQL => {
  const groups = groupsOf(facet, selection);
  const later = after === undefined ? sql`` : sql` AND value > ${after}`;
  const sized = sql`SELECT *, sum(length(value) + 8) OVER (ORDER BY value) AS size, count(*) OVER () AS total_values, sum(count) OVER () AS documents${isNumber(facet) ? NUMBER_STATISTICS : sql``} FROM (${groups}) WHERE value IS NOT NULL${later}`;
  const statistics = isNumber(facet) ? sql`, min(min) AS min, max(max) AS max, max(sum) AS sum` : sql``;
  return sql`SELECT json_group_array(json_array(value, count)) AS list, coalesce(max(total_values), 0) AS total_values, coalesce(max(documents), 0) AS documents${statistics} FROM (${sized}) WHERE size <= ${PAGE_LENGTH}`;
};

type Statistics = Omit<FacetRow, "value" | "count">;

const statsOf = (row: Statistics | undefined): FacetCounts["stats"] => {
  if (!row) return { total_values: 0 };
  const { total_values, documents: count, min, max, sum } = row;
  // Without a value there are none.
  if (typeof min !== "number" || typeof max !== "number" || typeof sum !== "number") return { total_values };
  return { total_values, min, max, sum, avg: sum / count };
};

/** A field's values as in the response. */
export const toFacetCounts = ({ field, ranges }: FacetRequest, rows: readonly FacetRow[]): FacetCounts => ({
  field_name: field,
  counts: rows.map(({ value, count }) => ({ value: String(value), highlighted: ranges ? "" : String(value), count })),
  sampled: false,
  stats: statsOf(rows[0]),
});

/** Those that a `facet_query` has found, as in the response. */
export const toFoundCounts = (
  { field }: FacetRequest,
  found: readonly FoundValue[],
  statistics: Statistics,
  { maxFacetValues }: SearchQuery,
): FacetCounts => ({
  field_name: field,
  counts: found
    .slice(0, maxFacetValues)
    .map(({ value, count, highlighted }) => ({ value: String(value), highlighted, count })),
  sampled: false,
  stats: { ...statsOf(statistics), total_values: found.length },
});
