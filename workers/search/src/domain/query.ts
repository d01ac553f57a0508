/** Turns the parameters of a search, which are strings as in Typesense, into a query; or says which one is wrong. */
import type { SearchQuery, Sort } from "./engine.ts";
import { isTextField, isValueField, type TextField, type ValueField } from "./fields.ts";
import type { Filter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";
import { asksForEverything, countWords, MAX_QUERY_WORDS, parseTerms } from "./terms.ts";

export const DEFAULT_PER_PAGE = 10;
/** Typesense's limits. */
export const MAX_PER_PAGE = 250;
export const MAX_PARAMETER_LENGTH = 4_000;
const MAX_SORT_FIELDS = 3;

export interface SearchParameters {
  q: string;
  query_by?: string | undefined;
  filter_by?: string | undefined;
  sort_by?: string | undefined;
  facet_by?: string | undefined;
  page?: number | undefined;
  per_page?: number | undefined;
  max_hits?: number | undefined;
}

export interface ParameterFault {
  parameter: keyof SearchParameters;
  detail: string;
}

type Parsed<Value> = { ok: true; value: Value } | { ok: false; detail: string };

export type QueryResult = { ok: true; query: SearchQuery } | { ok: false; faults: ParameterFault[] };

const namesIn = (list: string | undefined): string[] =>
  (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

const parseNames = <Name extends string>(
  list: string | undefined,
  isKnown: (name: string) => name is Name,
  purpose: string,
): Parsed<Name[]> => {
  const names = namesIn(list);
  const unknown = names.find((name) => !isKnown(name));
  if (unknown !== undefined) return { ok: false, detail: `There is no field \`${unknown}\` to ${purpose}.` };
  return { ok: true, value: [...new Set(names.filter(isKnown))] };
};

const SORT = /^(\w+)\s*:\s*(asc|desc)$/i;

const parseSort = (list: string | undefined): Parsed<Sort[]> => {
  const sorts: Sort[] = [];
  for (const part of namesIn(list)) {
    const [, field = "", order = ""] = SORT.exec(part) ?? [];
    if (field === "") return { ok: false, detail: `\`${part}\` is not \`field:asc\` or \`field:desc\`.` };
    if (field !== "_text_match" && !isValueField(field))
      return { ok: false, detail: `There is no field \`${field}\` to sort by.` };
    sorts.push({ field, descending: order.toLowerCase() === "desc" });
  }
  if (sorts.length > MAX_SORT_FIELDS)
    return { ok: false, detail: `At most ${MAX_SORT_FIELDS} fields can be sorted by.` };
  return { ok: true, value: sorts };
};

const parseFilterBy = (source: string | undefined): Parsed<Filter | undefined> => {
  if (source === undefined || source.trim() === "") return { ok: true, value: undefined };
  const parsed = parseFilter(source.toWellFormed());
  return parsed.ok
    ? { ok: true, value: parsed.filter }
    : { ok: false, detail: `This filter cannot be read: ${parsed.detail}.` };
};

const parseQ = (q: string): Parsed<string> => {
  const wellFormed = q.toWellFormed();
  if (countWords(parseTerms(wellFormed)) > MAX_QUERY_WORDS)
    return { ok: false, detail: `At most ${MAX_QUERY_WORDS} different words can be searched for at once.` };
  return { ok: true, value: wellFormed };
};

const parseQueryBy = (list: string | undefined, q: string): Parsed<TextField[]> => {
  const fields = parseNames(list, isTextField, "search in");
  if (fields.ok && fields.value.length === 0 && !asksForEverything(q))
    return { ok: false, detail: "Name the fields to search in, for example `text,comment`." };
  return fields;
};

const parseFacets = (list: string | undefined): Parsed<ValueField[]> => parseNames(list, isValueField, "count by");

/** The query, or a fault for each parameter that cannot be used. */
export const parseQuery = (parameters: SearchParameters): QueryResult => {
  const parsed = {
    q: parseQ(parameters.q),
    query_by: parseQueryBy(parameters.query_by, parameters.q),
    filter_by: parseFilterBy(parameters.filter_by),
    sort_by: parseSort(parameters.sort_by),
    facet_by: parseFacets(parameters.facet_by),
  };
  const { q, query_by, filter_by, sort_by, facet_by } = parsed;
  if (q.ok && query_by.ok && filter_by.ok && sort_by.ok && facet_by.ok)
    return {
      ok: true,
      query: {
        q: q.value,
        queryBy: query_by.value,
        ...(filter_by.value && { filter: filter_by.value }),
        sort: sort_by.value,
        facets: facet_by.value,
        page: parameters.page ?? 1,
        perPage: parameters.per_page ?? DEFAULT_PER_PAGE,
        maxHits: parameters.max_hits ?? Number.MAX_SAFE_INTEGER,
      },
    };
  const names = ["q", "query_by", "filter_by", "sort_by", "facet_by"] as const;
  return {
    ok: false,
    faults: names.flatMap((parameter) => {
      const result = parsed[parameter];
      return result.ok ? [] : [{ parameter, detail: result.detail }];
    }),
  };
};
