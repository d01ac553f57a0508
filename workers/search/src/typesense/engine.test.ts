import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestBed } from "../../../../tests/support/search-cluster.ts";
import { create, queryOf } from "../../../../tests/support/search-index.ts";
import type { DocumentOperation } from "../model/document.ts";

const bed = openTestBed({ nodes: 3 });
beforeEach(() => bed.reset());
afterEach(() => {
  expect(bed.standIn.violations).toEqual([]);
});

const idsIn = (name = "elements") => [...bed.standIn.documentsOf(name).keys()].sort();

const node = (index: number) => {
  const found = bed.standIn.nodes[index];
  if (!found) throw new Error(`there is no node ${index}`);
  return found;
};

describe("sync", () => {
  test("brings documents to the cluster in batches of at most forty, and they are found at once", async () => {
    const { engine } = bed.isolate();
    const operations = Array.from({ length: 205 }, (_, index) => create(`d${index}`, { text: `word${index} harbour` }));
    const results = await engine.sync(operations);
    expect(results).toEqual(operations.map(({ document: { id } }) => ({ id, success: true })));
    expect(bed.standIn.documentsOf("elements").size).toBe(205);
    const imports = bed.standIn.requests.filter(({ path }) => path.includes("/import?action=upsert"));
    expect(imports.map(({ body }) => body.split("\n").length).sort()).toEqual([40, 40, 40, 40, 40, 5]);
    const answer = await engine.search(queryOf({ q: "word7 harbour" }));
    expect(answer.hits[0]?.document).toMatchObject({ id: "d7", text: "word7 harbour" });
  });

  test("leaves what a series of changes to one document comes to, and does the same when it comes again", async () => {
    const { engine } = bed.isolate();
    const operations: DocumentOperation[] = [
      create("a", { text: "first", script_id: 5 }),
      { operation: "update", document: { id: "a", text: "second" } },
      create("b"),
      { operation: "delete", document: { id: "b" } },
      { operation: "delete", document: { id: "c" } },
      { operation: "update", document: { id: "d", text: "of nothing" } },
      { operation: "update", document: { id: "a", script_id: null } },
    ];
    for (let time = 0; time < 2; time += 1) {
      expect((await engine.sync(operations)).map(({ success }) => success)).toEqual([
        true,
        true,
        true,
        true,
        true,
        false,
        true,
      ]);
      expect(idsIn()).toEqual(["a"]);
      expect(bed.standIn.documentsOf("elements").get("a")).toMatchObject({ text: "second" });
      expect(bed.standIn.documentsOf("elements").get("a")).not.toHaveProperty("script_id");
    }
  });

  test("tells of the document that Typesense refuses, and brings the others", async () => {
    const { engine, events } = bed.isolate();
    bed.standIn.state.refusedIds.add("b");
    const results = await engine.sync([create("a"), create("b"), create("c")]);
    expect(results).toEqual([
      { id: "a", success: true },
      { id: "b", success: false, error: "Document b is refused by the test." },
      { id: "c", success: true },
    ]);
    expect(events).toContainEqual(expect.objectContaining({ event: "typesense.refused" }));
    bed.standIn.state.refusedIds.clear();
    expect(await engine.sync([create("b")])).toEqual([{ id: "b", success: true }]);
    expect(idsIn()).toEqual(["a", "b", "c"]);
  });

  test("by several isolates at once brings every document, the last change of each", async () => {
    const isolates = [bed.isolate(), bed.isolate(), bed.isolate()];
    await isolates[0]?.engine.sync([create("z")]);
    const work = isolates.flatMap(({ engine }, which) =>
      [0, 1, 2, 3].map((round) =>
        engine.sync([create(`own-${which}-${round}`), create("shared", { sequence_number: which * 10 + round })]),
      ),
    );
    for (const results of await Promise.all(work)) expect(results.every(({ success }) => success)).toBe(true);
    expect(idsIn()).toHaveLength(14);
    const [{ log }] = [bed.isolate()];
    const [, , ...rows] = await log.documentsAfter(0, 100);
    const stored = rows.find(({ document }) => document.id === "shared")?.document;
    expect(bed.standIn.documentsOf("elements").get("shared")).toEqual(stored);
  });

  test("fails in time while no node answers, and what was accepted is found when one does again", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("before")]);
    await bed.standIn.stopAll();
    await expect(engine.sync([create("during")])).rejects.toThrow("Typesense: unreachable");
    expect((await engine.status()).lagSeconds).toBeGreaterThanOrEqual(0);
    await bed.standIn.startAll();
    bed.clock.aheadMs += 10_000;
    await engine.maintain();
    expect(idsIn()).toEqual(["before", "during"]);
    expect(await engine.status()).toMatchObject({ healthy: true, documents: 2, lagSeconds: 0 });
  });

  test("goes on with the nodes that are left, lagging, mute and hanging ones aside", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("a")]);
    node(0).mode = "lagging";
    await engine.sync([create("b")]);
    node(0).mode = "failing";
    await engine.sync([create("c")]);
    node(0).mode = "mute";
    await engine.sync([create("d")]);
    await node(0).stop();
    await engine.sync([{ operation: "delete", document: { id: "a" } }]);
    expect(idsIn()).toEqual(["b", "c", "d"]);
  });

  test("sends once more what had no answer, when it can no longer come late", async () => {
    const { engine, builds } = bed.isolate();
    await engine.sync([create("a", { text: "old" })]);
    for (const each of bed.standIn.nodes) each.mode = "mute";
    await expect(engine.sync([create("a", { text: "new" })])).rejects.toThrow("unreachable");
    for (const each of bed.standIn.nodes) each.mode = "well";
    bed.clock.aheadMs += 10_000;
    await engine.maintain();
    // An import that was still under way arrives now, after the newer one.
    const [live] = await builds.list("typesense");
    bed.standIn.documentsOf("elements").get("a")?.["text"];
    const documents = bed.standIn.state.collections.get(live?.collection ?? "")?.documents;
    documents?.set("a", { ...documents.get("a"), id: "a", text: "old" });
    bed.clock.aheadMs += 60_000;
    await engine.maintain();
    expect(bed.standIn.documentsOf("elements").get("a")).toMatchObject({ text: "new" });
    expect((await builds.list("typesense"))[0]).toMatchObject({ unconfirmedSeq: null });
  });
});

describe("search", () => {
  test("asks by parameters that Typesense knows, and reads all of its answer", async () => {
    const { engine } = bed.isolate();
    await engine.sync([
      create("a", { text: "The harbour gate", element_type: "section", script_id: 1, sequence_number: 3 }),
      create("b", { text: "A harbour at night", script_id: 1, sequence_number: 2 }),
      create("c", { text: "harbours", script_id: 2, sequence_number: 1 }),
    ]);
    const answer = await engine.search(
      queryOf({
        q: "harbour",
        filter_by: "script_id:=1 || (element_type:section && sequence_number:>2)",
        sort_by: "sequence_number:desc",
        facet_by: "element_type,sequence_number",
        per_page: 1,
      }),
    );
    expect(answer).toMatchObject({
      found: 2,
      out_of: 3,
      hits: [{ document: { id: "a" }, highlights: [{ field: "text", snippet: "The <mark>harbour</mark> gate" }] }],
      facet_counts: [
        { field_name: "element_type", counts: expect.arrayContaining([expect.objectContaining({ count: 1 })]) },
        { field_name: "sequence_number", stats: { min: 2, max: 3, sum: 5, avg: 2.5, total_values: 2 } },
      ],
    });
    expect(answer.hits[0]?.text_match).toMatch(/^\d{18}$/);
  });

  test("finds, counts and pins nothing outside of what its caller is confined to", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("mine", { script_id: 1 }), create("theirs", { script_id: 2 })]);
    const embeddedFilter = queryOf({ filter_by: "script_id:=1" }).filter;
    if (!embeddedFilter) throw new Error("a filter was given");
    const query = { ...queryOf({ filter_by: "id:=theirs || script_id:>0", pinned_hits: "theirs:1" }), embeddedFilter };
    const answer = await engine.search(query);
    expect(answer).toMatchObject({ found: 1, out_of: 1, hits: [{ document: { id: "mine" } }] });
    const sent = JSON.parse(bed.standIn.requests.findLast(({ path }) => path === "/multi_search")?.body ?? "");
    expect(sent.searches[0]).toMatchObject({ filter_curated_hits: true });
  });

  test.each([
    [{}, 500],
    [{ search_cutoff_ms: 60_000 }, 500],
    [{ search_cutoff_ms: -1 }, 500],
    [{ search_cutoff_ms: "x" }, 500],
    [{ search_cutoff_ms: 100 }, 100],
  ])("is cut off by Typesense itself before a node looks down: %j", async (parameters, cutoffMs) => {
    const { engine } = bed.isolate();
    await engine.sync([create("a")]);
    await engine.search(queryOf(parameters));
    const sent = JSON.parse(bed.standIn.requests.findLast(({ path }) => path === "/multi_search")?.body ?? "");
    expect(sent.searches[0]).toMatchObject({ search_cutoff_ms: cutoffMs });
  });

  test("refuses a value with a backtick, by which a filter could get out of its parentheses", async () => {
    const { engine } = bed.isolate();
    const query = queryOf({ filter_by: "text:=`a\\`) || (id:=secret`" });
    expect(engine.refusalsOf(query)).toEqual([expect.objectContaining({ parameter: "filter_by", status: 400 })]);
    await expect(engine.search(query)).rejects.toThrow("backtick");
    expect(bed.standIn.requests).toEqual([]);
  });

  test("is refused in Typesense's words where Typesense refuses it", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("a")]);
    await expect(engine.search({ ...queryOf({}), limit: 9_999, maxHits: 9_999 })).rejects.toMatchObject({
      name: "SearchRefused",
      fault: { status: 422, message: "Only upto 250 hits can be fetched per page." },
    });
  });

  test("does not wait for ever when every node hangs, and finds again when they answer", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("a")]);
    for (const each of bed.standIn.nodes) each.mode = "hanging";
    await expect(engine.search(queryOf({}))).rejects.toThrow("Typesense: unreachable");
    for (const each of bed.standIn.nodes) each.mode = "well";
    bed.clock.aheadMs += 5_000;
    expect((await engine.search(queryOf({}))).found).toBe(1);
  });

  test("begins an empty collection when there is none yet", async () => {
    const { engine } = bed.isolate();
    expect(await engine.search(queryOf({}))).toMatchObject({ found: 0, hits: [] });
    expect(bed.standIn.state.aliases.has("elements")).toBe(true);
  });
});

describe("status", () => {
  test("tells which nodes are well, and how far behind the cluster is", async () => {
    const { engine } = bed.isolate();
    await engine.sync([create("a"), create("b")]);
    await node(1).stop();
    expect(await engine.status()).toEqual({
      healthy: true,
      nodes: bed.standIn.nodes.map(({ url }, index) => ({ url, healthy: index !== 1 })),
      documents: 2,
      lagSeconds: 0,
    });
    await bed.standIn.stopAll();
    await engine.sync([create("c")]).catch(() => undefined);
    bed.clock.aheadMs += 30_000;
    const status = await engine.status();
    expect(status).toMatchObject({ healthy: false, documents: 0 });
    expect(status.lagSeconds).toBeGreaterThanOrEqual(30);
  });
});
