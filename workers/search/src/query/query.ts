/** Turns the parameters of a search into a query; or says which ones are wrong. */

import { failure, type Result, success } from "#shared/lang/result.ts";
import { FIELD_NAMES, type FieldName, isOmittable, type TextField } from "../model/fields.ts";
import type { HighlightStyle } from "../text/highlight.ts";
import { asksForEverything, countTokens, MAX_QUERY_WORDS, parseTerms } from "../text/terms.ts";
import type { ParameterFault, SearchedField, SearchQuery } from "./engine.ts";
import { asksForForeign, type Extras, FOREIGN, isExtraName } from "./extras.ts";
import { readFacetQuery, readFacets } from "./facets.ts";
import { readTextFields, shownFields, textFieldsIn } from "./field-lists.ts";
import { type Filter, fieldsOf } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";
import { hiddenFieldFaults } from "./hidden-fields.ts";
import type { QueryParameter } from "./parameter-names.ts";
import { invalid, type Read, type SearchParameters, splitList, textOf } from "./parameters.ts";
import { createReader, parseBoolean, parseSmall, type Reader } from "./reader.ts";
import type { Restrictions } from "./restrictions.ts";
import { readSorts } from "./sorts.ts";
import { readTypoTolerance } from "./typo-parameters.ts";

/** Typesense's defaults and limits. */
export const DEFAULT_PER_PAGE = 10;
export const MAX_PER_PAGE = 250;
/** As long as in an address: it is taken apart into words more than once. */
const MAX_QUERY_LENGTH = 4_000;
const MAX_TYPOS = 2;
const FIRST_WEIGHT = 15;
const MAX_GIVEN_WEIGHT = 127;
const DEFAULT_FACET_VALUES = 10;
/** Far more than any page shows, and still cheap. */
const MAX_FACET_VALUES = 10_000;
const MAX_AFFIX_WORDS = 1_000;
/** A tag stands twice around every match, and a long text has many. */
const MAX_TAG_LENGTH = 200;

/** A query, and how its response counts pages: by `page`, or by `offset`, as the caller did. */
export interface ParsedQuery {
  query: SearchQuery;
  paging: { page: number } | { offset: number };
}

/** A fault for each parameter that cannot be used. */
export interface InvalidQuery {
  readonly kind: "invalid";
  readonly faults: readonly ParameterFault[];
}

export type QueryResult = Result<ParsedQuery, InvalidQuery>;

const readQ = (q: string): Read<string> => {
  if (q.length > MAX_QUERY_LENGTH) return invalid(400, `A query can have at most ${MAX_QUERY_LENGTH} characters.`);
  const wellFormed = q.toWellFormed();
  if (countTokens(parseTerms(wellFormed)) <= MAX_QUERY_WORDS) return success(wellFormed);
  return invalid(400, `A query can have at most ${MAX_QUERY_WORDS} different words.`);
};

const readQueryBy = (list: string, q: string, known: readonly FieldName[]): Read<TextField[]> => {
  const fields = readTextFields(list, known);
  if (fields.ok && fields.value.length === 0 && !asksForEverything(q))
    return invalid(
      400,
      "No search fields specified for the query.",
      "Name the fields to search, for example `text,comment`.",
    );
  return fields;
};

/** One for each field; where there are none, a field named earlier counts for more. */
const readWeights = (list: string, fieldCount: number): Read<number[]> => {
  const weights = splitList(list).flatMap((text) => parseSmall(MAX_GIVEN_WEIGHT)(text) ?? []);
  if (splitList(list).length === 0) return success(Array.from({ length: fieldCount }, (_, at) => FIRST_WEIGHT - at));
  if (weights.length === fieldCount && weights.length === splitList(list).length) return success(weights);
  return invalid(400, "Number of weights in `query_by_weights` does not match number of `query_by` fields.");
};

/** More than two are two, as in Typesense. */
const parseTypos = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Math.min(Number(text), MAX_TYPOS) : undefined;

const searchedFields = (reader: Reader, fields: readonly TextField[]): SearchedField[] => {
  const count = fields.length;
  const weights = reader.keep("query_by_weights", readWeights(reader.text("query_by_weights"), count), []);
  const prefixes = reader.perField("prefix", count, true, parseBoolean);
  const typos = reader.perField("num_typos", count, MAX_TYPOS, parseTypos);
  return fields.map((field, index) => ({
    field,
    weight: weights[index] ?? 0,
    prefix: prefixes[index] ?? true,
    maxTypos: typos[index] ?? MAX_TYPOS,
  }));
};

const readFilterBy = (source: string, known: readonly FieldName[]): Read<Filter | undefined> => {
  if (source.trim() === "") return success(undefined);
  const parsed = parseFilter(source.toWellFormed());
  if (!parsed.ok) {
    const { message, detail } = parsed.error;
    return invalid(400, message, `Invalid filter: ${detail}.`);
  }
  const hidden = fieldsOf(parsed.value).find((field) => !known.includes(field));
  if (hidden === undefined) return parsed;
  return invalid(400, `Could not find a filter field named \`${hidden}\` in the schema.`);
};

const readPerPage = (perPage: number): Read<number> =>
  perPage <= MAX_PER_PAGE ? success(perPage) : invalid(422, `Only upto ${MAX_PER_PAGE} hits can be fetched per page.`);

/** `page` with `per_page`, or `offset` with `limit`; page 0 is the first too, as in Typesense. */
const readPaging = (reader: Reader, otherwise: number) => {
  const sizeName = reader.has("limit") ? "limit" : "per_page";
  const limit = reader.keep(sizeName, readPerPage(reader.unsigned(sizeName, otherwise)), otherwise);
  const page = Math.max(1, reader.unsigned("page", 1));
  const offset = reader.unsigned("offset", 0);
  const byOffset = reader.has("offset") && !reader.has("page");
  return byOffset
    ? { limit, offset, paging: { offset } }
    : { limit, offset: Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER), paging: { page } };
};

const readTag = (reader: Reader, name: QueryParameter, otherwise: string): string => {
  const tag = reader.text(name) || otherwise;
  const isShort = tag.length <= MAX_TAG_LENGTH;
  const fault = `Parameter \`${name}\` can have at most ${MAX_TAG_LENGTH} characters.`;
  return reader.keep(name, isShort ? success(tag) : invalid(400, fault), otherwise);
};

const readHighlight = (reader: Reader, fields: readonly TextField[], known: readonly FieldName[]): HighlightStyle => ({
  fields: reader.has("highlight_fields") ? textFieldsIn(reader.text("highlight_fields"), known) : [...fields],
  fullFields: textFieldsIn(reader.text("highlight_full_fields"), known),
  startTag: readTag(reader, "highlight_start_tag", "<mark>"),
  endTag: readTag(reader, "highlight_end_tag", "</mark>"),
  affixWords: Math.min(reader.unsigned("highlight_affix_num_tokens", 4), MAX_AFFIX_WORDS),
  snippetThreshold: reader.unsigned("snippet_threshold", 30),
});

const extrasIn = (parameters: SearchParameters): Extras =>
  Object.fromEntries(
    Object.keys(parameters)
      .filter((name) => isExtraName(name) && textOf(parameters, name) !== "")
      .map((name) => [name, textOf(parameters, name).toWellFormed()]),
  );

const notSupported = (parameter: string): string => {
  const isTrueOnly = FOREIGN[parameter]?.includes("true") === true;
  return `Parameter \`${parameter}\` is ${isTrueOnly ? "supported as `true` only" : "not supported"}.`;
};

const foreignFaults = (parameters: SearchParameters): ParameterFault[] =>
  Object.keys(parameters)
    .filter((name) => asksForForeign(name, textOf(parameters, name)))
    .map((parameter) => ({ parameter, status: 400, message: notSupported(parameter) }));

/** The query, or a fault for each parameter that cannot be used. `within` is what the caller of a scoped key may see. */
export const parseQuery = (parameters: SearchParameters, within?: Restrictions): QueryResult => {
  const reader = createReader(parameters);
  const known = within?.fields ?? FIELD_NAMES;
  const q = reader.keep("q", readQ(reader.text("q")), "");
  const fields = reader.keep("query_by", readQueryBy(reader.text("query_by"), q, known), []);
  const filter = reader.keep("filter_by", readFilterBy(reader.text("filter_by"), known), undefined);
  const sort = reader.keep("sort_by", readSorts(reader.text("sort_by"), known), []);
  const facets = reader.keep("facet_by", readFacets(reader.text("facet_by"), known), []);
  const facetQuery = reader.keep(
    "facet_query",
    readFacetQuery(reader.text("facet_query"), (field) => facets.some((facet) => facet.field === field)),
    undefined,
  );
  const facetTypos = Math.min(reader.unsigned("facet_query_num_typos", MAX_TYPOS), MAX_TYPOS);
  const { limit, offset, paging } = readPaging(reader, facetQuery ? 0 : DEFAULT_PER_PAGE);
  const query: SearchQuery = {
    q,
    queryBy: searchedFields(reader, fields),
    typoTolerance: readTypoTolerance(reader),
    ...(filter && { filter }),
    ...(within?.filter && { embeddedFilter: within.filter }),
    isScoped: within !== undefined,
    hidden: splitList(reader.text("hidden_hits").toWellFormed()),
    sort,
    facets,
    maxFacetValues: Math.min(reader.unsigned("max_facet_values", DEFAULT_FACET_VALUES), MAX_FACET_VALUES),
    ...(facetQuery && { facetQuery: { ...facetQuery, maxTypos: facetTypos } }),
    offset,
    limit,
    maxHits: Math.min(
      reader.unsigned("max_hits", Number.MAX_SAFE_INTEGER),
      reader.unsigned("limit_hits", Number.MAX_SAFE_INTEGER),
      within?.maxHits ?? Number.MAX_SAFE_INTEGER,
    ),
    shownFields: shownFields(reader.text("include_fields"), reader.text("exclude_fields"), known),
    omitted: [
      ...new Set([...splitList(reader.text("exclude_fields")).filter(isOmittable), ...(within?.omitted ?? [])]),
    ],
    highlight: readHighlight(reader, fields, known),
    extras: extrasIn(parameters),
  };
  const faults = [...reader.faults, ...foreignFaults(parameters), ...hiddenFieldFaults(parameters, within?.fields)];
  return faults.length > 0 ? failure("invalid", { faults }) : success({ query, paging });
};
