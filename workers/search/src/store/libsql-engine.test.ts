import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/database.ts";
import type { DocumentOperation, WholeDocument } from "../domain/document.ts";
import type { SearchEngine } from "../domain/engine.ts";
import { parseQuery, type SearchParameters } from "../domain/query.ts";
import { createLibsqlEngine } from "./libsql-engine.ts";
import * as schema from "./schema.ts";

let database: TestDatabase;
let engine: SearchEngine;

beforeAll(async () => {
  database = await openTestDatabase("search");
  const { client } = database;
  engine = createLibsqlEngine({ client, orm: drizzle({ client, schema }) });
});
afterEach(async () => {
  await database.client.execute("DELETE FROM documents");
});
afterAll(() => database.close());

const documentOf = (id: string, fields: Partial<WholeDocument> = {}): WholeDocument => ({
  id,
  element_type: "action",
  element_id: 1,
  sequence_number: 1,
  version_number: 1,
  comment: "",
  text: "",
  script_id: null,
  service_name: "service-a",
  updated_at: 1_700_000_000,
  ...fields,
});

const create = (id: string, fields?: Partial<WholeDocument>): DocumentOperation => ({
  operation: "create",
  document: documentOf(id, fields),
});

const search = async (parameters: Partial<SearchParameters>) => {
  const parsed = parseQuery({ q: "*", query_by: "text,comment", ...parameters });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return engine.search(parsed.query);
};

const idsOf = async (parameters: Partial<SearchParameters>) =>
  (await search({ per_page: 250, ...parameters })).hits.map(({ document }) => document.id);

/** Everything that is stored and indexed; FTS5 compares its index with the documents. */
const state = async () => {
  await database.client.execute("INSERT INTO documents_text (documents_text, rank) VALUES ('integrity-check', 1)");
  return (await database.client.execute("SELECT * FROM documents ORDER BY id")).rows.map((row) => ({ ...row }));
};

describe("sync", () => {
  test("stores, changes and removes documents in the order given, the same id several times over", async () => {
    const results = await engine.sync([
      create("a", { text: "first" }),
      create("b", { text: "stays" }),
      { operation: "update", document: { id: "a", text: "second" } },
      { operation: "delete", document: { id: "a" } },
      create("a", { text: "third", comment: "kept" }),
      { operation: "update", document: { id: "a", text: "fourth" } },
      { operation: "delete", document: { id: "c" } },
    ]);
    expect(results).toEqual(["a", "b", "a", "a", "a", "a", "c"].map((id) => ({ id, success: true })));
    expect(await idsOf({ q: "fourth" })).toEqual(["a"]);
    expect(await idsOf({ q: "kept" })).toEqual(["a"]);
    expect(await idsOf({ q: "third" })).toEqual([]);
    expect((await state()).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("changes nothing when the same operations come again", async () => {
    const operations: DocumentOperation[] = [
      create("a", { text: "one" }),
      create("b", { script_id: 5 }),
      { operation: "update", document: { id: "b", text: "two" } },
      { operation: "delete", document: { id: "c" } },
    ];
    await engine.sync(operations);
    const before = await state();
    await engine.sync(operations);
    expect(await state()).toEqual(before);
  });

  test("keeps the fields that an update leaves out, and clears a script that it sets to null", async () => {
    await engine.sync([create("a", { text: "one", comment: "two", script_id: 5 })]);
    await engine.sync([{ operation: "update", document: { id: "a", sequence_number: 9 } }]);
    expect(await state()).toMatchObject([{ text: "one", comment: "two", script_id: 5, sequence_number: 9 }]);
    await engine.sync([{ operation: "update", document: { id: "a", script_id: null } }]);
    expect(await state()).toMatchObject([{ text: "one", script_id: null }]);
  });

  test("clears the script of a document that is created anew without one", async () => {
    await engine.sync([create("a", { script_id: 5 }), create("a")]);
    expect(await state()).toMatchObject([{ script_id: null }]);
  });

  test("stores a whole document that is updated before it exists", async () => {
    expect(await engine.sync([{ operation: "update", document: documentOf("a", { text: "new" }) }])).toEqual([
      { id: "a", success: true },
    ]);
    expect(await idsOf({ q: "new" })).toEqual(["a"]);
  });

  test("refuses a partial update of a missing document, and only that", async () => {
    const results = await engine.sync([
      { operation: "update", document: { id: "ghost", text: "boo" } },
      create("a"),
      { operation: "update", document: { id: "a", text: "fine" } },
      { operation: "delete", document: { id: "a" } },
      { operation: "update", document: { id: "a", text: "too late" } },
    ]);
    expect(results.map(({ success }) => success)).toEqual([false, true, true, true, false]);
    expect(results[0]?.error).toBe("Could not find a document with id: ghost");
    expect(await state()).toEqual([]);
  });

  test("does nothing when asked for nothing", async () => {
    expect(await engine.sync([])).toEqual([]);
  });

  test("applies 5,000 operations in well under a second each time", async () => {
    const batch = Array.from({ length: 5_000 }, (_, index) =>
      create(`e${index}`, { element_id: index + 1, sequence_number: index + 1, text: `Line ${index} of the speech` }),
    );
    const startedAtMs = performance.now();
    const results = await engine.sync(batch);
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
    expect(results.every(({ success }) => success)).toBe(true);
    expect((await engine.status()).documents).toBe(5_000);
    expect(await idsOf({ q: "line 4321" })).toEqual(["e4321"]);
  });

  test("leaves one set of documents when the same batch is applied by many at once", async () => {
    const batch = Array.from({ length: 300 }, (_, index) => create(`e${index}`, { text: `word${index}` }));
    await Promise.all(Array.from({ length: 8 }, () => engine.sync(batch)));
    expect((await state()).length).toBe(300);
    expect(await idsOf({ q: "word299" })).toEqual(["e299"]);
  });
});

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
    ["stor never", []],
    ['"never ending story"', ["dialogue"]],
    ['"story never"', []],
    ["harbour", ["action", "comment"]],
    ["harbour -night", ["action"]],
    ['harbour -"at night"', ["action"]],
    ["-harbour", ["dialogue", "cjk"]],
    ["日本", ["cjk"]],
    ["日本語", ["cjk"]],
    ["👍", []],
    ["—", []],
  ])("%j finds %j", async (q, ids) => {
    await engine.sync([
      create("dialogue", { text: "Zoë, don't go. Not now! It's a never-ending story in this café…" }),
      create("action", { text: "The harbour lies still.", sequence_number: 2 }),
      create("comment", { comment: "harbour at night", text: "Waves.", sequence_number: 3 }),
      create("cjk", { text: "日本語 👍", sequence_number: 4 }),
    ]);
    expect((await idsOf({ q })).toSorted()).toEqual(ids.toSorted());
    expect((await search({ q })).found).toBe(ids.length);
  });

  test("searches only the fields it is told to", async () => {
    await engine.sync([create("a", { text: "harbour" }), create("b", { comment: "harbour" })]);
    expect(await idsOf({ q: "harbour", query_by: "text" })).toEqual(["a"]);
    expect(await idsOf({ q: "harbour", query_by: "comment" })).toEqual(["b"]);
    expect(await idsOf({ q: "-harbour", query_by: "comment" })).toEqual(["a"]);
  });

  test("ranks a match in the field named first above one in a later field", async () => {
    await engine.sync([
      create("a", { text: "harbour", comment: "x" }),
      create("b", { text: "x", comment: "harbour" }),
      ...Array.from({ length: 8 }, (_, index) => create(`z${index}`, { text: "filler" })),
    ]);
    expect(await idsOf({ q: "harbour", query_by: "text,comment" })).toEqual(["a", "b"]);
    expect(await idsOf({ q: "harbour", query_by: "comment,text" })).toEqual(["b", "a"]);
    const [first, second] = (await search({ q: "harbour" })).hits;
    expect(first?.text_match).toBeGreaterThan(second?.text_match ?? Number.POSITIVE_INFINITY);
    expect(second?.text_match).toBeGreaterThan(0);
    expect(Number.isSafeInteger(first?.text_match)).toBe(true);
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
    `"${"fox ".repeat(100)}"`,
    "-".repeat(4_000),
    '"'.repeat(4_000),
  ])("takes whatever is typed as words: %j", async (q) => {
    await engine.sync([create("a", { text: "some words" })]);
    const answer = await search({ q });
    expect(answer.found).toBe(answer.hits.length);
  });

  test("marks what it found in each field that was searched", async () => {
    await engine.sync([create("a", { text: "Red Running Shoes", comment: "for running" })]);
    expect((await search({ q: "runnin" })).hits[0]?.highlights).toEqual([
      { field: "text", snippet: "Red <mark>Runnin</mark>g Shoes", matched_tokens: ["Runnin"] },
      { field: "comment", snippet: "for <mark>runnin</mark>g", matched_tokens: ["runnin"] },
    ]);
  });

  test("gives the document as it was stored, without a script when it has none", async () => {
    await engine.sync([create("a", { text: "x\u0000y 👍 <b>" }), create("b", { script_id: 3, sequence_number: 2 })]);
    const { script_id, ...a } = documentOf("a", { text: "x\u0000y 👍 <b>" });
    expect(script_id).toBeNull();
    expect((await search({})).hits).toEqual([
      { document: a, highlights: [], text_match: 0 },
      { document: documentOf("b", { script_id: 3, sequence_number: 2 }), highlights: [], text_match: 0 },
    ]);
  });
});

describe("a filter", () => {
  test.each([
    ["element_type:action", ["a1", "a2"]],
    ["element_type:=Action", ["a1", "a2"]],
    ["element_type:!=action", ["s1", "w1"]],
    ["element_type:[section, spokenWord]", ["s1", "w1"]],
    ["element_type:!=[section,spokenWord]", ["a1", "a2"]],
    ["element_type:spoken*", ["w1"]],
    ["id:=a1", ["a1"]],
    ["id:=A1", []],
    ["id:[a1,s1,nope]", ["a1", "s1"]],
    ["id:!=a1", ["a2", "s1", "w1"]],
    ["sequence_number:>2", ["s1", "w1"]],
    ["sequence_number:>=2", ["a2", "s1", "w1"]],
    ["sequence_number:<2", ["a1"]],
    ["sequence_number:<=2", ["a1", "a2"]],
    ["sequence_number:[2..3]", ["a2", "s1"]],
    ["sequence_number:[1, 3..4]", ["a1", "s1", "w1"]],
    ["sequence_number:!=[1..3]", ["w1"]],
    ["script_id:=7", ["a1"]],
    ["script_id:!=7", ["a2", "s1", "w1"]],
    ["text:harbour", ["a1", "w1"]],
    ["text:[stillness, night harbour]", ["a2", "w1"]],
    ["text:harb*", ["a1", "w1"]],
    ["text:harb", []],
    ["text:—", []],
    ["text:=`The harbour.`", ["a1"]],
    ["text:=`the HARBOUR.`", ["a1"]],
    ["text:!=`The harbour.`", ["a2", "s1", "w1"]],
    ["text:=The*", ["a1"]],
    ["comment:`it's \\`mine\\` && (yours)`", ["s1"]],
    ["element_type:action && sequence_number:>1", ["a2"]],
    ["element_type:action || sequence_number:>3", ["a1", "a2", "w1"]],
    ["(element_type:action || element_type:section) && sequence_number:>=2", ["a2", "s1"]],
    ["id:='; DROP TABLE documents; --", []],
    ["id:=`\u0000`", []],
  ])("%s keeps %j", async (filter_by, ids) => {
    await engine.sync([
      create("a1", { sequence_number: 1, script_id: 7, text: "The harbour." }),
      create("a2", { sequence_number: 2, text: "Stillness" }),
      create("s1", { sequence_number: 3, element_type: "section", comment: "it's `mine` && (yours)" }),
      create("w1", { sequence_number: 4, element_type: "spokenWord", text: "A harbour at night" }),
    ]);
    expect(await idsOf({ filter_by })).toEqual(ids);
    expect((await search({ filter_by, per_page: 0 })).found).toBe(ids.length);
  });

  test("and words narrow each other", async () => {
    await engine.sync([create("a", { text: "harbour" }), create("b", { text: "harbour", element_type: "section" })]);
    expect(await idsOf({ q: "harbour", filter_by: "element_type:=section" })).toEqual(["b"]);
  });

  test("of the greatest size that is read is answered", async () => {
    const values = Array.from({ length: 250 }, (_, index) => `p${index}*`).join(",");
    expect(await idsOf({ filter_by: `id:[${values}]` })).toEqual([]);
    const nested = `${"(".repeat(20)}id:=a${")".repeat(20)}`;
    expect(await idsOf({ filter_by: Array(10).fill(nested).join(" || ") })).toEqual([]);
  });
});

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
    expect(await idsOf({ sort_by })).toEqual(ids);
  });

  test("equal matches are in sequence, and _text_match can be turned round", async () => {
    const filler = Array.from({ length: 8 }, (_, index) => create(`z${index}`, { text: "filler" }));
    await engine.sync([
      ...filler,
      create("best", { text: "fox fox fox", sequence_number: 9 }),
      create("second", { text: "fox and more words here", sequence_number: 2 }),
      create("first", { text: "fox and more words here", sequence_number: 1 }),
    ]);
    expect(await idsOf({ q: "fox" })).toEqual(["best", "first", "second"]);
    expect(await idsOf({ q: "fox", sort_by: "_text_match:asc" })).toEqual(["first", "second", "best"]);
    expect(await idsOf({ q: "fox", sort_by: "sequence_number:asc" })).toEqual(["first", "second", "best"]);
  });

  test("pages follow each other without gap or repetition, and past the end there is nothing", async () => {
    await engine.sync(Array.from({ length: 25 }, (_, index) => create(`e${index}`, { text: "same" })));
    const pages = await Promise.all([1, 2, 3, 4].map((page) => search({ q: "same", page })));
    expect(pages.map(({ hits }) => hits.length)).toEqual([10, 10, 5, 0]);
    expect(pages.map(({ found, page }) => [found, page])).toEqual([1, 2, 3, 4].map((page) => [25, page]));
    expect(new Set(pages.flatMap(({ hits }) => hits.map(({ document }) => document.id))).size).toBe(25);
  });

  test("max_hits cuts the pages off, and leaves the count", async () => {
    await engine.sync(Array.from({ length: 25 }, (_, index) => create(`e${index}`)));
    const sizes = await Promise.all([1, 2, 3].map(async (page) => (await search({ page, max_hits: 15 })).hits.length));
    expect(sizes).toEqual([10, 5, 0]);
    expect((await search({ max_hits: 15 })).found).toBe(25);
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
    const { facet_counts } = await search({
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
    expect((await search({ facet_by: "script_id" })).facet_counts).toEqual([
      { field_name: "script_id", counts: [], sampled: false, stats: { total_values: 0 } },
    ]);
  });
});

test("status counts the documents", async () => {
  await engine.sync([create("a"), create("b")]);
  expect(await engine.status()).toEqual({ healthy: true, nodes: [], documents: 2, lagSeconds: 0 });
});

test("upkeep, twice at once, leaves the index as good as it was", async () => {
  for (let round = 0; round < 5; round += 1) await engine.sync([create(`e${round}`, { text: `round ${round}` })]);
  await Promise.all([engine.maintain(), engine.maintain()]);
  expect((await state()).length).toBe(5);
  expect(await idsOf({ q: "round" })).toHaveLength(5);
});
