import { describe, expect, test } from "vitest";
import { create, documentOf, openTestEngine } from "../../../../tests/support/search-index.ts";
import type { DocumentOperation } from "../model/document.ts";

const engine = await openTestEngine();

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
    expect(await engine.idsOf({ q: "fourth" })).toEqual(["a"]);
    expect(await engine.idsOf({ q: "kept" })).toEqual(["a"]);
    expect(await engine.idsOf({ q: "third" })).toEqual([]);
    expect((await engine.rows()).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("changes nothing when the same operations come again", async () => {
    const operations: DocumentOperation[] = [
      create("a", { text: "one" }),
      create("b", { script_id: 5 }),
      { operation: "update", document: { id: "b", text: "two" } },
      { operation: "delete", document: { id: "c" } },
    ];
    await engine.sync(operations);
    const before = await engine.rows();
    await engine.sync(operations);
    expect(await engine.rows()).toEqual(before);
  });

  test("keeps the fields that an update leaves out, and clears a script that it sets to null", async () => {
    await engine.sync([create("a", { text: "one", comment: "two", script_id: 5 })]);
    await engine.sync([{ operation: "update", document: { id: "a", sequence_number: 9 } }]);
    expect(await engine.rows()).toMatchObject([{ text: "one", comment: "two", script_id: 5, sequence_number: 9 }]);
    await engine.sync([{ operation: "update", document: { id: "a", script_id: null } }]);
    expect(await engine.rows()).toMatchObject([{ text: "one", script_id: null }]);
  });

  test("clears the script of a document that is created anew without one", async () => {
    await engine.sync([create("a", { script_id: 5 }), create("a")]);
    expect(await engine.rows()).toMatchObject([{ script_id: null }]);
  });

  test("stores a whole document that is updated before it exists", async () => {
    expect(await engine.sync([{ operation: "update", document: documentOf("a", { text: "new" }) }])).toEqual([
      { id: "a", success: true },
    ]);
    expect(await engine.idsOf({ q: "new" })).toEqual(["a"]);
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
    expect(await engine.rows()).toEqual([]);
  });

  test("does nothing when asked for nothing", async () => {
    expect(await engine.sync([])).toEqual([]);
  });

  test("applies 5,000 operations at once", async () => {
    const batch = Array.from({ length: 5_000 }, (_, index) =>
      create(`e${index}`, { element_id: index + 1, sequence_number: index + 1, text: `Line ${index} of the speech` }),
    );
    const results = await engine.sync(batch);
    expect(results.every(({ success }) => success)).toBe(true);
    expect((await engine.status()).documents).toBe(5_000);
    expect(await engine.idsOf({ q: "line 4321" })).toEqual(["e4321"]);
  });

  test("leaves one set of documents when the same batch is applied twice at once", async () => {
    const batch = Array.from({ length: 300 }, (_, index) => create(`e${index}`, { text: `word${index}` }));
    await Promise.all([engine.sync(batch), engine.sync(batch)]);
    expect((await engine.rows()).length).toBe(300);
    expect(await engine.idsOf({ q: "word299" })).toEqual(["e299"]);
  });
});

test("upkeep, twice at once, leaves the index as good as it was", async () => {
  for (let round = 0; round < 5; round += 1) await engine.sync([create(`e${round}`, { text: `round ${round}` })]);
  await Promise.all([engine.maintain(), engine.maintain()]);
  expect((await engine.rows()).length).toBe(5);
  expect(await engine.idsOf({ q: "round" })).toHaveLength(5);
});
