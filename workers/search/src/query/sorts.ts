/** Reads `sort_by`. */
import { success } from "#shared/lang/result.ts";
import { type FieldName, isValueField } from "../model/fields.ts";
import type { Sort } from "./engine.ts";
import { collect, invalid, type Read, splitList, splitOptions } from "./parameters.ts";

const MAX_SORT_FIELDS = 3;
const MISSING_VALUES = /^missing_values\s*:\s*(first|last)$/i;
const BUCKETS = /^(buckets|bucket_size)\s*:\s*(\d{1,9})$/i;
const MALFORMED = "Parameter `sort_by` is malformed.";

/** What Typesense can sort by besides fields, and Fountain cannot. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  "_eval",
  "_group_found",
  "_rand",
  "_seq_id",
  "_union_search_index",
  "_vector_distance",
  "_vector_query",
]);

const isSortable = (name: string): name is Sort["field"] => name === "_text_match" || isValueField(name);

const unsupported = (what: string): Read<never> =>
  invalid(
    400,
    `Sorting by \`${what}\` is not supported.`,
    `Sorting by \`${what}\` is not supported. Sort by fields and by \`_text_match\`.`,
  );

const readDirection = (field: string, order: string): Read<{ descending: boolean }> => {
  const direction = order.trim().toLowerCase();
  if (direction === "asc" || direction === "desc") return success({ descending: direction === "desc" });
  return invalid(400, `Order for field\` ${field}\` should be either ASC or DESC.`);
};

/** With options in parentheses: where documents without a value go, or how coarsely matches are ranked. */
const withOptions = (sort: Sort, options: string): Read<Sort> => {
  if (sort.field === "_text_match") {
    const [, by, count] = BUCKETS.exec(options) ?? [];
    if (by === undefined) return unsupported(`_text_match(${options})`);
    return success({ ...sort, buckets: `${by.toLowerCase()}: ${Number(count)}` });
  }
  const [, missing] = MISSING_VALUES.exec(options) ?? [];
  if (missing === undefined) return unsupported(`${sort.field}(${options})`);
  return success({ ...sort, missing: missing.toLowerCase() === "first" ? "first" : "last" });
};

const readSort = (written: string, known: readonly FieldName[]): Read<Sort> => {
  const { name: field, options, rest: order } = splitOptions(written);
  if (UNSUPPORTED.has(field)) return unsupported(field);
  if (order === undefined) return invalid(400, MALFORMED);
  if (!isSortable(field) || !(field === "_text_match" || known.includes(field)))
    return invalid(404, `Could not find a field named \`${field}\` in the schema for sorting.`);
  const direction = readDirection(field, order);
  if (!direction.ok) return direction;
  const sort: Sort = { field, ...direction.value };
  return options === undefined ? success(sort) : withOptions(sort, options.trim());
};

/** At most three, by fields that are known to the caller. */
export const readSorts = (list: string, known: readonly FieldName[]): Read<Sort[]> => {
  const written = splitList(list);
  if (written.length > MAX_SORT_FIELDS) return invalid(400, "Only upto 3 sort fields are allowed.");
  return collect(written.map((each) => readSort(each, known)));
};
