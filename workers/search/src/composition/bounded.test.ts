import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SearchEngine, SearchResult } from "../query/engine.ts";
import type { Filter } from "../query/filter.ts";
import { parseQuery } from "../query/query.ts";
import { bounded } from "./bounded.ts";

const FILTER: Filter = { kind: "compare", field: "script_id", operator: ":>", value: 3 };
const ANSWER: SearchResult = { found: 0, out_of: 0, hits: [], facet_counts: [] };

const queryOf = (filter?: Filter) => {
  const parsed = parseQuery({ q: "word", query_by: "text" }, filter && { filter });
  if (!parsed.ok) throw new Error("the query is good");
  return parsed.value.query;
};

let running: PromiseWithResolvers<SearchResult>[];

/** An engine whose searches end when the test says so. */
const engineOf = (name: SearchEngine["name"]): SearchEngine =>
  bounded(
    {
      name,
      sync: async () => [],
      refusalsOf: () => [],
      search: () => {
        const search = Promise.withResolvers<SearchResult>();
        running.push(search);
        return search.promise;
      },
      status: () => Promise.reject(new Error("not asked for")),
      maintain: async () => {},
    },
    { now: Date.now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  );

const searchMany = (
  engine: SearchEngine,
  count: number,
  embeddedFilter?: Filter,
): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(Array.from({ length: count }, () => engine.search(queryOf(embeddedFilter))));

beforeEach(() => {
  running = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("four searches are at the database at a time, and the next ones follow", async () => {
  const searches = searchMany(engineOf("libsql"), 6);
  await vi.advanceTimersByTimeAsync(100);
  expect(running).toHaveLength(4);
  for (const { resolve } of running) resolve(ANSWER);
  await vi.advanceTimersByTimeAsync(100);
  expect(running).toHaveLength(6);
  for (const { resolve } of running) resolve(ANSWER);
  expect((await searches).every(({ status }) => status === "fulfilled")).toBe(true);
});

test("searches of scoped keys leave places to the others", async () => {
  const engine = engineOf("libsql");
  const scoped = searchMany(engine, 20, FILTER);
  await vi.advanceTimersByTimeAsync(10);
  expect(running).toHaveLength(2);
  const other = engine.search(queryOf());
  await vi.advanceTimersByTimeAsync(10);
  expect(running).toHaveLength(3);
  running.at(-1)?.resolve(ANSWER);
  expect(await other).toEqual(ANSWER);
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await scoped).every(({ status }) => status === "rejected")).toBe(true);
});

test("a search is refused after a second, and keeps its place while the database works on", async () => {
  const engine = engineOf("libsql");
  const first = searchMany(engine, 4);
  await vi.advanceTimersByTimeAsync(1_000);
  for (const settled of await first)
    expect(settled).toMatchObject({ status: "rejected", reason: { message: "the search takes too long" } });
  const late = searchMany(engine, 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await late).toMatchObject([{ status: "rejected" }]);
  expect(running).toHaveLength(4);
  const afterwards = searchMany(engine, 1);
  for (const { resolve } of running) resolve(ANSWER);
  await vi.advanceTimersByTimeAsync(60);
  running.at(-1)?.resolve(ANSWER);
  expect(await afterwards).toMatchObject([{ status: "fulfilled" }]);
});

test("a cluster's searches do not wait for each other", async () => {
  const searches = searchMany(engineOf("typesense"), 20, FILTER);
  await vi.advanceTimersByTimeAsync(0);
  expect(running).toHaveLength(20);
  for (const { resolve } of running) resolve(ANSWER);
  expect(await searches).toHaveLength(20);
});
