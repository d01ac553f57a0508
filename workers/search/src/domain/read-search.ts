/** From a search's parameters to a query that the engine can answer. */
import type { SearchEngine } from "./engine.ts";
import type { Filter } from "./filter.ts";
import type { SearchParameters } from "./parameters.ts";
import { parseQuery, type QueryResult } from "./query.ts";

/** The query, or a fault for each parameter that is wrong or that this engine has no answer to. */
export const readSearch = (
  engine: Pick<SearchEngine, "refusalsOf">,
  parameters: SearchParameters,
  confinement?: Filter,
): QueryResult => {
  const parsed = parseQuery(parameters, confinement);
  if (!parsed.ok) return parsed;
  const faults = engine.refusalsOf(parsed.query);
  return faults.length > 0 ? { ok: false, faults } : parsed;
};
