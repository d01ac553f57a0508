/** Reads the parameters of a search that are lists: what to sort by, what to count, what to show. */

import { success } from "#shared/lang/result.ts";
import {
  FIELDS,
  type FieldName,
  isFieldName,
  isIntegerField,
  isTextField,
  isValueField,
  type TextField,
} from "../model/fields.ts";
import type { FacetRequest, Sort } from "./engine.ts";
import { expandName, invalid, type Read, splitList } from "./parameters.ts";

const MAX_SORT_FIELDS = 3;

const FIELD_NAMES = Object.keys(FIELDS).filter(isFieldName);
const TEXT_FIELDS: TextField[] = FIELD_NAMES.filter(isTextField);
const VALUE_FIELDS = FIELD_NAMES.filter(isValueField);

/** A name, options in parentheses, and what comes after. No two runs of spaces meet: the time would be their square. */
const WITH_OPTIONS = /^([\w*]+)\s*(?:\((.*)\)\s*)?(?::(.*))?$/s;

const MISSING_VALUES = /^missing_values\s*:\s*(first|last)$/i;

const isSortable = (name: string): name is Sort["field"] => name === "_text_match" || isValueField(name);

const readSort = (written: string): Read<Sort> => {
  const [, field = "", options, order] = WITH_OPTIONS.exec(written) ?? [];
  if (order === undefined) return invalid(400, "Parameter `sort_by` is malformed.");
  if (!isSortable(field)) return invalid(404, `Could not find a field named \`${field}\` in the schema for sorting.`);
  const direction = order.trim().toLowerCase();
  if (direction !== "asc" && direction !== "desc")
    return invalid(400, `Order for field\` ${field}\` should be either ASC or DESC.`);
  const sort = { field, descending: direction === "desc" };
  if (options === undefined) return success(sort);
  const [, missing] = MISSING_VALUES.exec(options.trim()) ?? [];
  if (missing === undefined || field === "_text_match") return invalid(400, "Parameter `sort_by` is malformed.");
  return success({ ...sort, missing: missing.toLowerCase() === "first" ? "first" : "last" });
};

/** All values, or the first fault. */
const collect = <Value>(reads: readonly Read<Value>[]): Read<Value[]> => {
  const values: Value[] = [];
  for (const read of reads) {
    if (!read.ok) return read;
    values.push(read.value);
  }
  return success(values);
};

export const readSorts = (list: string): Read<Sort[]> => {
  const written = splitList(list);
  if (written.length > MAX_SORT_FIELDS) return invalid(400, "Only upto 3 sort fields are allowed.");
  return collect(written.map(readSort));
};

/** A label, and the ends of the range. */
const RANGE = /^([^[]*):\s*\[([^,]*),([^,]*)\]$/;
const RANGE_END = /^-?\d*$/;
/** Each is a condition of one statement. */
const MAX_RANGES = 100;
const ORDER = /^sort_by\s*:\s*(_alpha|_count)\s*(?::\s*(asc|desc))?$/i;

const readRange = (written: string): Read<{ label: string; from: number; to: number }> => {
  const [label = "", from = "", to = ""] =
    RANGE.exec(written)
      ?.slice(1)
      .map((part) => part.trim()) ?? [];
  if (label === "" || !RANGE_END.test(from) || !RANGE_END.test(to))
    return invalid(400, "Facet range value is not valid.");
  const range = {
    label,
    from: from === "" ? Number.MIN_SAFE_INTEGER : Number(from),
    to: to === "" ? Number.MAX_SAFE_INTEGER : Number(to),
  };
  return Number.isSafeInteger(range.from) && Number.isSafeInteger(range.to) && range.from <= range.to
    ? success(range)
    : invalid(400, "Facet range value is not valid.");
};

const FACET_ORDERS: Record<string, FacetRequest["order"]> = {
  "_alpha:asc": "value-ascending",
  "_alpha:desc": "value-descending",
  "_count:desc": "count",
};

const readFacetOptions = (facet: FacetRequest, options: string): Read<FacetRequest> => {
  const [, by, direction] = ORDER.exec(options.trim()) ?? [];
  if (by !== undefined) {
    const key = by.toLowerCase();
    const order = FACET_ORDERS[`${key}:${direction?.toLowerCase() ?? (key === "_alpha" ? "asc" : "desc")}`];
    return order ? success({ ...facet, order }) : invalid(400, "Facet format is malformed.");
  }
  if (!isIntegerField(facet.field)) return invalid(400, "Range facet is restricted to only integer and float fields.");
  const written = splitList(options);
  if (written.length > MAX_RANGES) return invalid(400, `A facet can have at most ${MAX_RANGES} ranges.`);
  const ranges = collect(written.map(readRange));
  if (!ranges.ok) return ranges;
  return ranges.value.length > 0
    ? success({ ...facet, ranges: ranges.value })
    : invalid(400, "Facet format is malformed.");
};

const readFacet = (written: string): Read<FacetRequest[]> => {
  const [, name = written, options, surplus] = WITH_OPTIONS.exec(written) ?? [];
  const fields = expandName(name, VALUE_FIELDS);
  if (surplus !== undefined) return invalid(400, "Facet format is malformed.");
  if (fields.length === 0) return invalid(404, `Could not find a facet field named \`${name}\` in the schema.`);
  const facets = fields.map((field): FacetRequest => ({ field, order: "count" }));
  return options === undefined ? success(facets) : collect(facets.map((facet) => readFacetOptions(facet, options)));
};

/** Each field once; the last word on it holds. */
export const readFacets = (list: string): Read<FacetRequest[]> => {
  const read = collect(splitList(list).map(readFacet));
  if (!read.ok) return read;
  return success([...new Map(read.value.flat().map((facet) => [facet.field, facet])).values()]);
};

const readTextField = (name: string): Read<TextField[]> => {
  if (!name.includes("*") && !isFieldName(name))
    return invalid(404, `Could not find a field named \`${name}\` in the schema.`);
  const fields = expandName(name, TEXT_FIELDS);
  if (fields.length > 0) return success(fields);
  return invalid(
    400,
    `Field \`${name}\` should be a string or a string array.`,
    `\`${name}\` is not full-text searchable.`,
  );
};

/** The fields to search in, each once. */
export const readTextFields = (list: string): Read<TextField[]> => {
  const read = collect(splitList(list).map(readTextField));
  return read.ok ? success([...new Set(read.value.flat())]) : read;
};

/** The text fields that a list names; `none` and what is no text field stand for nothing. */
export const textFieldsIn = (list: string): TextField[] => [
  ...new Set(splitList(list).flatMap((name) => expandName(name, TEXT_FIELDS))),
];

/** The fields that hits show; names the collection does not have stand for nothing. */
export const shownFields = (include: string, exclude: string): FieldName[] => {
  const named = (list: string): FieldName[] => splitList(list).flatMap((name) => expandName(name, FIELD_NAMES));
  const included = new Set(splitList(include).length === 0 ? FIELD_NAMES : named(include));
  const excluded = new Set(named(exclude));
  return FIELD_NAMES.filter((name) => included.has(name) && !excluded.has(name));
};
