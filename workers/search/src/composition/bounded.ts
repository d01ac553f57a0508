/** Bounds how long a search waits for its engine. */
import { DatabaseUnavailable } from "#shared/db/database.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import type { SearchEngine } from "../query/engine.ts";

/** A caller hears within two seconds that the engine does not answer; a cluster's calls have limits of their own. */
const SEARCH_LIMITS_MS = { libsql: 1_000, typesense: 1_800 } as const;

/** The engine, whose searches fail as unavailable when they take too long. */
export const bounded = (engine: SearchEngine): SearchEngine => ({
  ...engine,
  search: async (query) => {
    const answer = await withinTime(engine.search(query), SEARCH_LIMITS_MS[engine.name]);
    if (!answer) throw new DatabaseUnavailable("the search takes too long");
    return answer;
  },
});
