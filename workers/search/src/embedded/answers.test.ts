import { describe, expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";

const engine = await openTestEngine();

describe("order and pages", () => {
  const operations = [
    create("b", { sequence_number: 2, element_id: 1, script_id: 1 }),
    create("a", { sequence_number: 2, element_id: 2 }),
    create("c", { sequence_number: 1, element_id: 2, script_id: 2 }),
  ];

  test.each([
    [undefined, ["c", "a", "b"]],
    ["sequence_number:desc", ["a", "b", "c"]],
    ["element_id:asc", ["b", "c", "a"]],
    ["element_id:desc,sequence_number:desc", ["a", "c", "b"]],
    ["script_id:asc", ["b", "c", "a"]],
    ["script_id:desc", ["c", "b", "a"]],
    ["_text_match:desc,element_id:desc", ["c", "a", "b"]],
  ])("sorted by %s", async (sort_by, ids) => {
    await engine.sync(operations);
    expect(await engine.idsOf({ sort_by })).toEqual(ids);
  });

  test("pages follow each other without gap or repetition, and past the end there is nothing", async () => {
    await engine.sync(Array.from({ length: 25 }, (_, index) => create(`e${index}`, { text: "same" })));
    const pages = await Promise.all([1, 2, 3, 4].map((page) => engine.search({ q: "same", page })));
    expect(pages.map(({ hits }) => hits.length)).toEqual([10, 10, 5, 0]);
    expect(pages.map(({ found, out_of }) => [found, out_of])).toEqual(Array(4).fill([25, 25]));
    expect(new Set(pages.flatMap(({ hits }) => hits.map(({ document }) => document.id))).size).toBe(25);
  });

  test("max_hits cuts the pages off, and leaves the count", async () => {
    await engine.sync(Array.from({ length: 25 }, (_, index) => create(`e${index}`)));
    const sizes = await Promise.all(
      [1, 2, 3].map(async (page) => (await engine.search({ page, max_hits: 15 })).hits.length),
    );
    expect(sizes).toEqual([10, 5, 0]);
    expect((await engine.search({ max_hits: 15 })).found).toBe(25);
  });
});

describe("facets", () => {
  test("count the values of all that was found, most frequent first", async () => {
    await engine.sync([
      create("a", { text: "fox", sequence_number: 1, script_id: 7 }),
      create("b", { text: "fox", sequence_number: 2, element_type: "section" }),
      create("c", { text: "fox", sequence_number: 3, script_id: 7 }),
      create("d", { text: "dog", sequence_number: 4 }),
    ]);
    const { facet_counts } = await engine.search({
      q: "fox",
      facet_by: "element_type,script_id,sequence_number",
      per_page: 1,
    });
    expect(facet_counts).toEqual([
      {
        field_name: "element_type",
        counts: [
          { value: "action", highlighted: "action", count: 2 },
          { value: "section", highlighted: "section", count: 1 },
        ],
        sampled: false,
        stats: { total_values: 2 },
      },
      {
        field_name: "script_id",
        counts: [{ value: "7", highlighted: "7", count: 2 }],
        sampled: false,
        stats: { total_values: 1, min: 7, max: 7, sum: 14, avg: 7 },
      },
      {
        field_name: "sequence_number",
        counts: ["1", "2", "3"].map((value) => ({ value, highlighted: value, count: 1 })),
        sampled: false,
        stats: { total_values: 3, min: 1, max: 3, sum: 6, avg: 2 },
      },
    ]);
  });

  test("of nothing are empty", async () => {
    expect((await engine.search({ facet_by: "script_id" })).facet_counts).toEqual([
      { field_name: "script_id", counts: [], sampled: false, stats: { total_values: 0 } },
    ]);
  });
});

test("status counts the documents", async () => {
  await engine.sync([create("a"), create("b")]);
  expect(await engine.status()).toEqual({ healthy: true, nodes: [], documents: 2, lagSeconds: 0 });
});
