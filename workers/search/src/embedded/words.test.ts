import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { create, documentOf, openTestEngine } from "../../../../tests/support/search-index.ts";

const engine = await openTestEngine();

describe("a search for words", () => {
  test.each([
    ["don't go", ["dialogue"]],
    ["DON’T GO", ["dialogue"]],
    ["don t", ["dialogue"]],
    ["never-ending story", ["dialogue"]],
    ["never ending", ["dialogue"]],
    ["cafe", ["dialogue"]],
    ["CAFÉ zoe", ["dialogue"]],
    ["Zoë — don't go, not now!", ["dialogue"]],
    ["gooo", []],
    ["stor", ["dialogue"]],
    ['"never ending story"', ["dialogue"]],
    ['"story never"', []],
    ["harbour", ["action", "comment"]],
    ["harbour -night", ["action"]],
    ['harbour -"at night"', ["action"]],
    ["-harbour", ["dialogue", "cjk"]],
    ["日本", ["cjk"]],
    ["日本語", ["cjk"]],
    ["👍", ["cjk"]],
    ["語", ["cjk"]],
    ["—", []],
  ])("%j finds %j", async (q, ids) => {
    await engine.sync([
      create("dialogue", { text: "Zoë, don't go. Not now! It's a never-ending story in this café…" }),
      create("action", { text: "The harbour lies still.", sequence_number: 2 }),
      create("comment", { comment: "harbour at night", text: "Waves.", sequence_number: 3 }),
      create("cjk", { text: "日本語 👍", sequence_number: 4 }),
    ]);
    expect((await engine.idsOf({ q })).toSorted()).toEqual(ids.toSorted());
    expect((await engine.search({ q })).found).toBe(ids.length);
  });

  test("searches only the fields it is told to", async () => {
    await engine.sync([create("a", { text: "harbour" }), create("b", { comment: "harbour" })]);
    expect(await engine.idsOf({ q: "harbour", query_by: "text" })).toEqual(["a"]);
    expect(await engine.idsOf({ q: "harbour", query_by: "comment" })).toEqual(["b"]);
    expect(await engine.idsOf({ q: "-harbour", query_by: "comment" })).toEqual(["a"]);
  });

  test("ranks a match in the field named first above one in a later field", async () => {
    await engine.sync([
      create("a", { text: "harbour", comment: "x" }),
      create("b", { text: "x", comment: "harbour" }),
      ...Array.from({ length: 8 }, (_, index) => create(`z${index}`, { text: "filler" })),
    ]);
    expect(await engine.idsOf({ q: "harbour", query_by: "text,comment" })).toEqual(["a", "b"]);
    expect(await engine.idsOf({ q: "harbour", query_by: "comment,text" })).toEqual(["b", "a"]);
    const [first, second] = (await engine.search({ q: "harbour" })).hits;
    expect(Number(first?.text_match)).toBeGreaterThan(Number(second?.text_match));
    expect(Number(second?.text_match)).toBeGreaterThan(0);
    expect(first?.text_match).toMatch(/^\d+$/);
  });

  test.each([
    '"',
    '""',
    '"""',
    "*",
    "a*b*",
    "NEAR(a b)",
    "AND OR NOT",
    "a AND",
    "NOT a",
    "(a",
    "a)",
    "{text}: a",
    "text:a",
    "^a",
    "a + b",
    "-",
    "--",
    "- -a",
    "a\u0000b",
    "\u0000",
    "'; DROP TABLE documents; --",
    "\\",
    "👩‍👩‍👧‍👦",
    "\ud800",
    "\ufffe\uffff",
    "e\u0301\u0301\u0301",
    "a".repeat(4_000),
    `"${"fox ".repeat(300)}"`,
    "-".repeat(4_000),
    '"'.repeat(4_000),
  ])("takes whatever is typed as words: %#", async (q) => {
    await engine.sync([create("a", { text: "some words" })]);
    const answer = await engine.search({ q });
    expect(answer.found).toBe(answer.hits.length);
  });

  test("takes whatever is typed, in whatever order, in every way to search", async () => {
    await engine.sync([create("a", { text: "some words of the harbour", comment: 'and "more"' })]);
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        "-",
        "*",
        " ",
        "(",
        ")",
        "AND",
        "NOT",
        "NEAR(",
        "{text}",
        ":",
        "^",
        "'",
        "`",
        "||",
        "harbuor",
      ),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    );
    const q = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const sort_by = fc.constantFrom("", "_text_match:asc", "element_id:asc,_text_match:desc", "updated_at:desc");
    await fc.assert(
      fc.asyncProperty(q, sort_by, fc.boolean(), async (typed, order, prefix) => {
        const answer = await engine.search({ q: typed, sort_by: order, prefix, facet_by: "element_type" });
        expect(answer.hits.length).toBe(answer.found);
      }),
      { numRuns: 150 },
    );
  });

  test("marks what it found in each field that was searched", async () => {
    await engine.sync([create("a", { text: "Red Running Shoes", comment: "for running" })]);
    expect((await engine.search({ q: "runnin" })).hits[0]?.highlights).toEqual([
      { field: "text", snippet: "Red <mark>Runnin</mark>g Shoes", matched_tokens: ["Runnin"] },
      { field: "comment", snippet: "for <mark>runnin</mark>g", matched_tokens: ["runnin"] },
    ]);
  });

  test("gives the document as it was stored, without a script when it has none", async () => {
    await engine.sync([create("a", { text: "x\u0000y 👍 <b>" }), create("b", { script_id: 3, sequence_number: 2 })]);
    const { script_id, ...a } = documentOf("a", { text: "x\u0000y 👍 <b>" });
    expect(script_id).toBeNull();
    expect((await engine.search({})).hits).toEqual([
      { document: a, highlights: [] },
      { document: documentOf("b", { script_id: 3, sequence_number: 2 }), highlights: [] },
    ]);
  });
});
