/** From a search's parameters to a query that the engine supports, and to its result. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type SearchEngine, SearchRefused, type SearchResult } from "./engine.ts";
import type { SearchParameters } from "./parameters.ts";
import { type InvalidQuery, type ParsedQuery, parseQuery, type QueryResult } from "./query.ts";
import type { Restrictions } from "./restrictions.ts";

/** The query, or a fault for each parameter that is invalid or that this engine does not support. */
export const readSearch = (
  engine: Pick<SearchEngine, "refusalsOf">,
  parameters: SearchParameters,
  within?: Restrictions,
): QueryResult => {
  const parsed = parseQuery(parameters, within);
  if (!parsed.ok) return parsed;
  const faults = engine.refusalsOf(parsed.value.query);
  return faults.length > 0 ? failure("invalid", { faults }) : parsed;
};

/** What was found, and for which query. */
export interface Found extends ParsedQuery {
  result: SearchResult;
}

export const search = async (
  engine: Pick<SearchEngine, "refusalsOf" | "search">,
  parameters: SearchParameters,
  within?: Restrictions,
): Promise<Result<Found, InvalidQuery>> => {
  const read = readSearch(engine, parameters, within);
  if (!read.ok) return read;
  try {
    return success({ ...read.value, result: await engine.search(read.value.query) });
  } catch (error) {
    if (error instanceof SearchRefused) return failure("invalid", { faults: [error.fault] });
    throw error;
  }
};
