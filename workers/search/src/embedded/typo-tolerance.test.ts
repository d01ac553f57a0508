import { beforeEach, describe, expect, test } from "vitest";
import { create, openTestEngine } from "../../../../tests/support/search-index.ts";

const engine = await openTestEngine();

beforeEach(async () => {
  await engine.sync([
    create("lighthouse", { text: "The lighthouse keeper waits.", sequence_number: 1 }),
    create("harbour", { text: "Fog over the harbour.", comment: "night", sequence_number: 2 }),
    create("keeper", { text: "A keeper of secrets", sequence_number: 3 }),
    create("cafe", { text: "Crème brûlée in the café", sequence_number: 4 }),
  ]);
});

describe("a word with typing errors is found", () => {
  test.each([
    ["a wrong letter", "harbuur", ["harbour"]],
    ["a missing letter", "harbor", ["harbour"]],
    ["a surplus letter", "harrbour", ["harbour"]],
    ["letters changed over", "harbuor", ["harbour"]],
    ["a wrong first letter", "barbour", ["harbour"]],
    ["two errors in a long word", "lihgthuose", ["lighthouse"]],
    ["an error in a beginning", "lighhto", ["lighthouse"]],
    ["an error in one of the words", "keeper lighthuose", ["lighthouse"]],
    ["errors in both words", "keepr lighthuose", ["lighthouse"]],
    ["accents left out, and an error", "bruele", ["cafe"]],
    ["three errors", "hxrbxxr", []],
    ["an error in a word of three letters", "fxg", []],
    ["two errors in a word of six", "kexxer", []],
    ["quotes around it", '"harbor"', []],
  ])("%s", async (_, q, ids) => {
    expect(await engine.idsOf({ q, drop_tokens_threshold: 0 })).toEqual(ids);
  });

  test("only when nothing is found as it was typed, unless more is asked for", async () => {
    await engine.sync([create("keepers", { text: "kepper", sequence_number: 5 })]);
    expect(await engine.idsOf({ q: "keeper" })).toEqual(["lighthouse", "keeper"]);
    expect(await engine.idsOf({ q: "keeper", typo_tokens_threshold: 10 })).toEqual(["lighthouse", "keeper", "keepers"]);
  });

  test("never, where the query forbids it", async () => {
    expect(await engine.idsOf({ q: "harbor", num_typos: 0 })).toEqual([]);
    expect(await engine.idsOf({ q: "harbor", typo_tokens_threshold: 0 })).toEqual([]);
    expect(await engine.idsOf({ q: "lihgthuose", num_typos: 1 })).toEqual([]);
    expect(await engine.idsOf({ q: "harbor", min_len_1typo: 7 })).toEqual([]);
    expect(await engine.idsOf({ q: "fxg", min_len_1typo: 3 })).toEqual(["harbour"]);
    expect(await engine.idsOf({ q: "nihgt", query_by: "text,comment", num_typos: "2,0" })).toEqual([]);
    expect(await engine.idsOf({ q: "lighhto", prefix: false })).toEqual([]);
  });

  test("and marked as it stands in the text", async () => {
    const [hit] = (await engine.search({ q: "harbuor" })).hits;
    expect(hit?.highlights).toEqual([
      { field: "text", snippet: "Fog over the <mark>harbour</mark>.", matched_tokens: ["harbour"] },
    ]);
  });

  test("with the filter, and counted in facets", async () => {
    expect(await engine.search({ q: "harbuor", filter_by: "id:!=harbour" })).toMatchObject({ found: 0 });
    const answer = await engine.search({ q: "harbuor", facet_by: "sequence_number" });
    expect(answer.facet_counts[0]?.counts).toEqual([{ value: "2", highlighted: "2", count: 1 }]);
  });
});

describe("words are left out when nothing has them all", () => {
  test.each([
    ["keeper banana", {}, ["lighthouse", "keeper"]],
    ["banana keeper", {}, []],
    ["banana keeper", { drop_tokens_mode: "left_to_right" }, ["lighthouse", "keeper"]],
    ["keeper banana", { drop_tokens_threshold: 0 }, []],
    ["keeper lighthouse banana", {}, ["lighthouse"]],
    ["keeper lighthouse banana", { drop_tokens_threshold: 2 }, ["lighthouse", "keeper"]],
    ["keeper -banana", {}, ["lighthouse", "keeper"]],
    ["keeper banana -lighthouse", {}, ["keeper"]],
  ])("%s %j", async (q, parameters, ids) => {
    expect(await engine.idsOf({ q, ...parameters })).toEqual(ids);
  });

  test("but not in a query of very many words", async () => {
    const q = `keeper ${Array.from({ length: 40 }, (_, index) => `banana${index}`).join(" ")}`;
    expect(await engine.idsOf({ q })).toEqual([]);
  });
});

describe("the words that can be meant", () => {
  test("are those of documents as they are stored, changed and moved", async () => {
    await engine.sync([{ operation: "update", document: { id: "harbour", text: "Now a warehouse" } }]);
    expect(await engine.idsOf({ q: "warehoose" })).toEqual(["harbour"]);
    expect(await engine.idsOf({ q: "harbor" })).toEqual([]);
  });

  test("are found before and after upkeep gave them their trigrams", async () => {
    const found = () => Promise.all(["harbuor", "lihgthuose", "bruele", "keepr"].map((q) => engine.idsOf({ q })));
    const before = await found();
    expect(before).toEqual([["harbour"], ["lighthouse"], ["cafe"], ["lighthouse", "keeper"]]);
    expect(await engine.trigramsOf("fog")).toEqual([]);
    await Promise.all([engine.maintain(), engine.maintain()]);
    expect((await engine.trigramsOf("fog")).toSorted()).toEqual(["  f", " fo", "fog", "og "]);
    expect(await found()).toEqual(before);
  });

  test("are forgotten by upkeep when no document has them, and only then", async () => {
    await engine.sync([{ operation: "delete", document: { id: "harbour" } }]);
    for (let round = 0; round < 30; round += 1) await engine.maintain();
    const words = await engine.words();
    expect(words).not.toContain("harbour");
    expect(await engine.trigramsOf("harbour")).toEqual([]);
    expect(words).toEqual(expect.arrayContaining(["lighthouse", "keeper", "creme", "brulee"]));
    expect(await engine.idsOf({ q: "lighthuose" })).toEqual(["lighthouse"]);
    await engine.sync([create("again", { text: "harbour" })]);
    expect(await engine.idsOf({ q: "harbor" })).toEqual(["again"]);
  });
});
