/**
 * Bounds how long a search waits for its engine, and how many of a process the embedded one works on at a time: all workers
 * share one database server, which a few long searches keep busy for everyone.
 */
import { DatabaseUnavailable } from "#shared/db/database.ts";
import { createTurns, type Turns } from "#shared/db/turns.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import type { SearchEngine, SearchQuery } from "../query/engine.ts";

/** A caller hears within two seconds that the engine does not answer; a cluster's calls have limits of their own. */
const SEARCH_LIMITS_MS = { libsql: 1_000, typesense: 1_800 } as const;

const CONCURRENT_SEARCHES = 4;
/** Of scoped keys, which strangers may hold, all together. */
const CONCURRENT_SCOPED_SEARCHES = 2;
/** The database works on after the caller was refused: the place stays taken until then, or for so long. */
const ABANDONED_MS = 3_000;

export interface BoundedOptions {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

const createPlaces = ({ now, sleep }: BoundedOptions): ((query: SearchQuery) => Turns) => {
  const placesFor = (width: number): Turns =>
    createTurns({
      width,
      now,
      sleep,
      patienceMs: SEARCH_LIMITS_MS.libsql,
      workMs: ABANDONED_MS,
      onTimeout: () => new DatabaseUnavailable("too many searches wait for the database"),
    });
  const all = placesFor(CONCURRENT_SEARCHES);
  const scoped = placesFor(CONCURRENT_SCOPED_SEARCHES);
  return ({ confinement }) => (confinement === undefined ? all : (work) => scoped(() => all(work)));
};

/** The engine, whose searches fail as unavailable when they take too long. */
export const bounded = (engine: SearchEngine, options: BoundedOptions): SearchEngine => {
  const placeOf = createPlaces(options);
  const find = (query: SearchQuery): ReturnType<SearchEngine["search"]> =>
    engine.name === "libsql" ? placeOf(query)(() => engine.search(query)) : engine.search(query);
  return {
    ...engine,
    search: async (query) => {
      const answer = await withinTime(find(query), SEARCH_LIMITS_MS[engine.name]);
      if (!answer) throw new DatabaseUnavailable("the search takes too long");
      return answer;
    },
  };
};
