/** Search responses in Typesense's shape. */
import type { Omittable } from "../model/fields.ts";
import type { GroupedHits, Hit, SearchQuery, SearchResult } from "./engine.ts";
import { type SearchParameters, textOf } from "./parameters.ts";
import type { ParsedQuery } from "./query.ts";

/** The request, as far as the response repeats it. */
export interface RequestedSearch {
  collection: string;
  parameters: SearchParameters;
  query: SearchQuery;
  paging: ParsedQuery["paging"];
}

/** Clients read the newer `highlight`, and older ones the list. */
const toHit = (hit: Hit, withList: boolean): object => {
  const { highlights, text_match, ...rest } = hit;
  return {
    ...rest,
    highlight: Object.fromEntries(highlights.map(({ field, ...highlight }) => [field, highlight])),
    ...(withList && { highlights }),
    // A JSON number, which most readers round; the exact one is in `text_match_info.score`.
    ...(text_match !== undefined && { text_match: Number(text_match) }),
  };
};

const toGroup = (group: GroupedHits, withList: boolean): object => ({
  ...group,
  hits: group.hits.map((hit) => toHit(hit, withList)),
});

/** Whether hits have the list of highlights, beside the newer form. */
export const showsHighlightList = (parameters: SearchParameters): boolean =>
  textOf(parameters, "enable_highlight_v1").trim().toLowerCase() !== "false";

/** The body of the response. */
export const toTypesenseResponse = (result: SearchResult, asked: RequestedSearch, elapsedMs: number): object => {
  const { query, paging, parameters, collection } = asked;
  const withList = showsHighlightList(parameters);
  const { hits, grouped_hits, out_of, ...counts } = result;
  const isShown = (part: Omittable): boolean => !query.omitted.includes(part);
  return {
    search_cutoff: false,
    ...counts,
    ...(isShown("out_of") && { out_of }),
    ...(grouped_hits
      ? { grouped_hits: grouped_hits.map((group) => toGroup(group, withList)) }
      : { hits: hits.map((hit) => toHit(hit, withList)) }),
    ...paging,
    request_params: { collection_name: collection, first_q: query.q, per_page: query.limit, q: query.q },
    ...(isShown("search_time_ms") && { search_time_ms: elapsedMs }),
  };
};
