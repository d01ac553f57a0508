import { describe, expect, test } from "vitest";
import { create, openTestEngine, queryOf } from "../../../../tests/support/search-index.ts";
import { parseFilter } from "../query/filter-parser.ts";

const engine = await openTestEngine();

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
    ["id:*", ["a1", "a2", "s1", "w1"]],
    ["id: * && sequence_number:>3", ["w1"]],
    ["id:!=*", []],
    ["id:=`*`", []],
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
    expect(await engine.idsOf({ filter_by })).toEqual(ids);
    expect((await engine.search({ filter_by, per_page: 0 })).found).toBe(ids.length);
  });

  test("and words narrow each other", async () => {
    await engine.sync([create("a", { text: "harbour" }), create("b", { text: "harbour", element_type: "section" })]);
    expect(await engine.idsOf({ q: "harbour", filter_by: "element_type:=section" })).toEqual(["b"]);
  });

  test("of the greatest size that is read is answered", async () => {
    const values = Array.from({ length: 250 }, (_, index) => `p${index}*`).join(",");
    expect(await engine.idsOf({ filter_by: `id:[${values}]` })).toEqual([]);
    const nested = `${"(".repeat(20)}id:=a${")".repeat(20)}`;
    expect(await engine.idsOf({ filter_by: Array(10).fill(nested).join(" || ") })).toEqual([]);
  });

  test.each([
    ["numbers", "script_id:!=[7, 9..10]"],
    ["words", "text:!harbour"],
    ["beginnings", "comment:!=a*"],
  ])("as deep as any that is read is answered: %s", async (_, clause) => {
    const alternating = Array.from({ length: 21 }, (_, at) => `${clause}${at % 2 ? " ||" : " &&"}`).join(" ");
    const deepest = `${`(${clause} || (${clause} && `.repeat(10)}${alternating} ${clause}${"))".repeat(10)}`;
    const embeddedFilter = parseFilter(deepest);
    if (!embeddedFilter.ok) throw new Error(embeddedFilter.error.detail);
    expect(parseFilter(`${deepest} || ${clause} && ${clause}`)).toMatchObject({ ok: false });
    await engine.sync([create("a", { text: "stillness" })]);
    const query = queryOf({ q: "stillness", filter_by: deepest, facet_by: "element_type", sort_by: "script_id:asc" });
    expect((await engine.answer({ ...query, embeddedFilter: embeddedFilter.value })).found).toBe(1);
  });
});
