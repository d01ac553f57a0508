/**
 * Bounds how long a search waits for its engine, and how many of a process the embedded one works on at a time: all workers
 * share one database server, which a few long searches keep busy for everyone.
 */

import { type ConcurrencyLimit, createConcurrencyLimit } from "#shared/db/concurrency-limit.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import type { SearchEngine, SearchQuery } from "../query/engine.ts";

/** Callers learn within two seconds that the engine does not respond; calls to a cluster have limits of their own. */
const SEARCH_LIMITS_MS = { libsql: 1_000, typesense: 1_800 } as const;

const CONCURRENT_SEARCHES = 4;
/** Of scoped keys, which strangers may hold, all together. */
const CONCURRENT_SCOPED_SEARCHES = 2;
/** The database continues after the caller is refused: the slot stays taken until it ends, or for this long. */
const ABANDONED_MS = 3_000;

export interface BoundedOptions {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

const createLimits = ({ now, sleep }: BoundedOptions): ((query: SearchQuery) => ConcurrencyLimit) => {
  const limitTo = (width: number): ConcurrencyLimit =>
    createConcurrencyLimit({
      width,
      now,
      sleep,
      maxWaitMs: SEARCH_LIMITS_MS.libsql,
      workMs: ABANDONED_MS,
      onTimeout: () => new Unavailable("too many searches are waiting for the database"),
    });
  const all = limitTo(CONCURRENT_SEARCHES);
  const scoped = limitTo(CONCURRENT_SCOPED_SEARCHES);
  return ({ isScoped }) => (isScoped ? (work) => scoped(() => all(work)) : all);
};

/** The engine, whose searches fail as unavailable when they take too long. */
export const bounded = (engine: SearchEngine, options: BoundedOptions): SearchEngine => {
  const limitFor = createLimits(options);
  const find = (query: SearchQuery): ReturnType<SearchEngine["search"]> =>
    engine.name === "libsql" ? limitFor(query)(() => engine.search(query)) : engine.search(query);
  return {
    ...engine,
    search: async (query) => {
      const result = await withinTime(find(query), SEARCH_LIMITS_MS[engine.name]);
      if (!result) throw new Unavailable("the search takes too long");
      return result;
    },
  };
};
