/** From a search's parameters to a query that the engine supports, and to its result. */
import { type SearchEngine, SearchRefused, type SearchResult } from "./engine.ts";
import type { Filter } from "./filter.ts";
import type { SearchParameters } from "./parameters.ts";
import { parseQuery, type QueryResult } from "./query.ts";

/** The query, or a fault for each parameter that is invalid or that this engine does not support. */
export const readSearch = (
  engine: Pick<SearchEngine, "refusalsOf">,
  parameters: SearchParameters,
  embeddedFilter?: Filter,
): QueryResult => {
  const parsed = parseQuery(parameters, embeddedFilter);
  if (!parsed.ok) return parsed;
  const faults = engine.refusalsOf(parsed.query);
  return faults.length > 0 ? { ok: false, faults } : parsed;
};

/** What was found, and for which query; or what is wrong with the parameters, whenever that came to light. */
export type Found =
  | (Extract<QueryResult, { ok: true }> & { result: SearchResult })
  | Extract<QueryResult, { ok: false }>;

export const search = async (
  engine: Pick<SearchEngine, "refusalsOf" | "search">,
  parameters: SearchParameters,
  embeddedFilter?: Filter,
): Promise<Found> => {
  const read = readSearch(engine, parameters, embeddedFilter);
  if (!read.ok) return read;
  try {
    return { ...read, result: await engine.search(read.query) };
  } catch (error) {
    if (error instanceof SearchRefused) return { ok: false, faults: [error.fault] };
    throw error;
  }
};
