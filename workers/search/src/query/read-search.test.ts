import { describe, expect, test } from "vitest";
import { type ParameterFault, SearchRefused } from "./engine.ts";
import { search } from "./read-search.ts";

const FAULT: ParameterFault = { parameter: "filter_by", status: 400, message: "It cannot be read." };
const result = { found: 0, out_of: 0, hits: [], facet_counts: [] };
const engine = { refusalsOf: () => [], search: () => Promise.resolve(result) };

describe("a search", () => {
  test("gives the answer with the query it is for", async () => {
    const found = await search(engine, { q: "*", page: 3 });
    expect(found).toMatchObject({ ok: true, value: { result, query: { q: "*", offset: 20 }, paging: { page: 3 } } });
  });

  test("that the engine refuses, beforehand or when it is asked, says what is wrong", async () => {
    const beforehand = { ...engine, refusalsOf: () => [FAULT] };
    const whenAsked = { ...engine, search: () => Promise.reject(new SearchRefused(FAULT)) };
    for (const refusing of [beforehand, whenAsked])
      expect(await search(refusing, { q: "*" })).toEqual({ ok: false, error: { kind: "invalid", faults: [FAULT] } });
  });

  test("fails as the engine does when that cannot be asked", async () => {
    const gone = { ...engine, search: () => Promise.reject(new Error("gone")) };
    await expect(search(gone, { q: "*" })).rejects.toThrow("gone");
  });
});
