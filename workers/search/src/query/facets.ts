/** Reads `facet_by` and `facet_query`. */
import { success } from "#shared/lang/result.ts";
import { type FieldName, isIntegerField, isValueField, type ValueField } from "../model/fields.ts";
import type { FacetRequest } from "./engine.ts";
import { toInt64 } from "./int64.ts";
import { collect, expandName, invalid, type Read, splitList, splitOptions } from "./parameters.ts";

const MALFORMED = "Facet format is malformed.";

/** A label, and the ends of the range. */
const RANGE = /^([^[]*):\s*\[([^,]*),([^,]*)\]$/;
/** Each is a condition of one statement. */
const MAX_RANGES = 100;
const ORDER = /^sort_by\s*:\s*(\w+)\s*(?::\s*(asc|desc))?$/i;

const endOf = (written: string, otherwise: number): number | undefined =>
  written === "" ? otherwise : toInt64(written);

const readRange = (written: string): Read<{ label: string; from: number; to: number }> => {
  const [label = "", first = "", last = ""] =
    RANGE.exec(written)
      ?.slice(1)
      .map((part) => part.trim()) ?? [];
  const from = endOf(first, Number.MIN_SAFE_INTEGER);
  const to = endOf(last, Number.MAX_SAFE_INTEGER);
  if (label === "" || from === undefined || to === undefined || from > to)
    return invalid(400, "Facet range value is not valid.");
  return success({ label, from, to });
};

const readRanges = (facet: FacetRequest, options: string): Read<FacetRequest> => {
  if (!isIntegerField(facet.field)) return invalid(400, "Range facet is restricted to only integer and float fields.");
  const written = splitList(options);
  if (written.length > MAX_RANGES) return invalid(400, `A facet can have at most ${MAX_RANGES} ranges.`);
  const ranges = collect(written.map(readRange));
  if (!ranges.ok) return ranges;
  return ranges.value.length > 0 ? success({ ...facet, ranges: ranges.value }) : invalid(400, MALFORMED);
};

const ORDERS: Record<string, FacetRequest["order"]> = {
  "_alpha:asc": "value-ascending",
  "_alpha:desc": "value-descending",
  "_count:desc": "count",
};

const readOrder = (
  facet: FacetRequest,
  by: string,
  direction: string | undefined,
  known: readonly FieldName[],
): Read<FacetRequest> => {
  const key = by.toLowerCase();
  if (key === "_alpha" || key === "_count") {
    const order = ORDERS[`${key}:${direction ?? (key === "_alpha" ? "asc" : "desc")}`];
    return order ? success({ ...facet, order }) : invalid(400, MALFORMED);
  }
  if (!isValueField(by) || !known.includes(by))
    return invalid(404, `Could not find a field named \`${by}\` in the schema for sorting.`);
  return success({ ...facet, sortField: { field: by, descending: direction === "desc" } });
};

const readOptions = (facet: FacetRequest, options: string, known: readonly FieldName[]): Read<FacetRequest> => {
  const [, by, direction] = ORDER.exec(options) ?? [];
  if (by !== undefined) return readOrder(facet, by, direction?.toLowerCase(), known);
  if (options.includes("[")) return readRanges(facet, options);
  return invalid(
    400,
    MALFORMED,
    `\`${facet.field}(${options})\` is neither an order (\`sort_by:\`) nor a list of ranges.`,
  );
};

const readFacet = (written: string, known: readonly FieldName[]): Read<FacetRequest[]> => {
  const { name, options, rest: surplus } = splitOptions(written);
  const fields = expandName(name, known.filter(isValueField));
  if (surplus !== undefined) return invalid(400, MALFORMED);
  if (fields.length === 0) return invalid(404, `Could not find a facet field named \`${name}\` in the schema.`);
  const facets = fields.map((field): FacetRequest => ({ field, order: "count" }));
  if (options === undefined) return success(facets);
  return collect(facets.map((facet) => readOptions(facet, options.trim(), known)));
};

/** Each field that is known to the caller once; the last word on it holds. */
export const readFacets = (list: string, known: readonly FieldName[]): Read<FacetRequest[]> => {
  const read = collect(splitList(list).map((written) => readFacet(written, known)));
  if (!read.ok) return read;
  return success([...new Map(read.value.flat().map((facet) => [facet.field, facet])).values()]);
};

const FACET_QUERY = /^\s*(\w+)\s*:(.*)$/s;

/** The words that the values of a field are narrowed by; `undefined` without any. */
export const readFacetQuery = (
  source: string,
  isCounted: (field: ValueField) => boolean,
): Read<{ field: ValueField; words: string } | undefined> => {
  if (source.trim() === "") return success(undefined);
  const [, field = "", words] = FACET_QUERY.exec(source) ?? [];
  if (words === undefined) return invalid(400, "Facet query must be in the `facet_field: value` format.");
  if (!isValueField(field) || !isCounted(field))
    return invalid(400, `Facet query refers to a facet field \`${field}\` that is not part of \`facet_by\` parameter.`);
  return success(words.trim() === "" ? undefined : { field, words: words.trim().toWellFormed() });
};
