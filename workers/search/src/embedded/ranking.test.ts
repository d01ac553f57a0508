import { describe, expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";

const engine = await openTestEngine();

/** Ids as they rank. */
const ranked = async (parameters: Record<string, string | number>) => {
  const { hits } = await engine.search(parameters);
  return hits.map(({ document, text_match }) => ({ id: document.id, score: Number(text_match) }));
};

describe("how well a document matches is decided", () => {
  test("by whole words before beginnings, then by the field, then by how many fields", async () => {
    await engine.sync([
      create("begins-in-comment", { comment: "foxes", sequence_number: 1 }),
      create("begins-in-text", { text: "foxes", sequence_number: 2 }),
      create("in-comment", { comment: "fox", sequence_number: 3 }),
      create("in-text", { text: "fox", sequence_number: 4 }),
      create("in-both", { text: "fox", comment: "fox", sequence_number: 5 }),
    ]);
    expect(await engine.idsOf({ q: "fox" })).toEqual([
      "in-both",
      "in-text",
      "in-comment",
      "begins-in-text",
      "begins-in-comment",
    ]);
  });

  test("by words next to each other, then in one field, then in several", async () => {
    await engine.sync([
      create("spread", { text: "red", comment: "fox", sequence_number: 1 }),
      create("apart-in-comment", { comment: "red quick fox", sequence_number: 2 }),
      create("apart", { text: "fox and red", sequence_number: 3 }),
      create("together-in-comment", { comment: "a red fox", sequence_number: 4 }),
      create("together", { text: "the red fox", sequence_number: 5 }),
      create("open", { text: "the red foxes", sequence_number: 6 }),
    ]);
    expect(await engine.idsOf({ q: "red fox" })).toEqual([
      "together",
      "together-in-comment",
      "apart",
      "apart-in-comment",
      "spread",
      "open",
    ]);
  });

  test("by the weights of the query, of which equal ones leave it to the sequence", async () => {
    await engine.sync([
      create("comment", { comment: "fox", sequence_number: 1 }),
      create("text", { text: "fox", sequence_number: 2 }),
      create("later-comment", { comment: "fox", sequence_number: 3 }),
    ]);
    const weighted = (query_by_weights: string) => engine.idsOf({ q: "fox", query_by_weights });
    expect(await weighted("1,2")).toEqual(["comment", "later-comment", "text"]);
    expect(await weighted("2,1")).toEqual(["text", "comment", "later-comment"]);
    expect(await weighted("1,1")).toEqual(["comment", "text", "later-comment"]);
  });

  test("and equal matches are in sequence, however often a word occurs", async () => {
    await engine.sync([
      create("b", { text: "fox fox fox", sequence_number: 2 }),
      create("a", { text: "fox and more words", sequence_number: 1 }),
      create("c", { text: "fox", sequence_number: 2 }),
    ]);
    expect(await engine.idsOf({ q: "fox" })).toEqual(["a", "b", "c"]);
    expect(new Set((await ranked({ q: "fox" })).map(({ score }) => score)).size).toBe(1);
  });
});

describe("whatever is sorted by", () => {
  const operations = [
    create("a", { text: "fox", sequence_number: 3, element_id: 1 }),
    create("b", { text: "foxes", sequence_number: 2, element_id: 1 }),
    create("c", { comment: "fox", sequence_number: 1, element_id: 2 }),
  ];

  test.each([
    ["", ["a", "c", "b"]],
    ["_text_match:asc", ["b", "c", "a"]],
    ["element_id:asc,_text_match:desc", ["a", "b", "c"]],
    ["element_id:desc,_text_match:asc", ["c", "b", "a"]],
    ["sequence_number:asc", ["c", "b", "a"]],
    ["element_id:asc", ["b", "a", "c"]],
  ])("%j, the hits tell how well they match", async (sort_by, ids) => {
    await engine.sync(operations);
    const hits = await ranked({ q: "fox", sort_by });
    expect(hits.map(({ id }) => id)).toEqual(ids);
    const byScore = hits.toSorted((first, second) => second.score - first.score).map(({ id }) => id);
    expect(byScore).toEqual(["a", "c", "b"]);
    expect(hits.every(({ score }) => Number.isSafeInteger(score) && score > 0)).toBe(true);
  });
});

test("pages go on from one rank to the next without gap or repetition", async () => {
  await engine.sync(
    Array.from({ length: 30 }, (_, index) =>
      create(`e${index}`, {
        sequence_number: index,
        text: ["fox", "foxes", "red"][index % 3] ?? "",
        comment: index % 2 === 0 ? "fox" : "",
      }),
    ),
  );
  const whole = await engine.idsOf({ q: "fox" });
  const pages = await Promise.all([1, 2, 3, 4, 5].map((page) => engine.search({ q: "fox", page, per_page: 6 })));
  expect(pages.flatMap(({ hits }) => hits.map(({ document }) => document.id))).toEqual(whole);
  expect(new Set(whole).size).toBe(25);
  const { hits } = await engine.search({ q: "fox", offset: 7, limit: 5 });
  expect(hits.map(({ document }) => document.id)).toEqual(whole.slice(7, 12));
});
