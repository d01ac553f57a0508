import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestBed, type TestTypesense } from "../../../../tests/support/search-cluster.ts";
import { create, queryOf } from "../../../../tests/support/search-index.ts";
import { jobStatusOf } from "../sync/build.ts";

const bed = openTestBed();
beforeEach(() => bed.reset());
afterEach(() => {
  expect(bed.standIn.violations).toEqual([]);
});

const many = (count: number, text = "harbour") =>
  Array.from({ length: count }, (_, index) => create(`d${index}`, { text: `${text} ${index}` }));

const collections = () => [...bed.standIn.state.collections.keys()];
const alias = () => bed.standIn.state.aliases.get("elements");
const found = async ({ engine }: TestTypesense) => (await engine.search(queryOf({}))).found;

/** What the cluster has, compared with what the worker has. */
const expectInStep = async ({ log }: TestTypesense): Promise<void> => {
  const stored = await log.documentsAfter(0, 10_000);
  expect(Object.fromEntries(bed.standIn.documentsOf("elements"))).toEqual(
    Object.fromEntries(stored.map(({ document }) => [document.id, document])),
  );
};

describe("a reindex", () => {
  test("fills another collection, points the alias at it, and removes the one before", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(300));
    const before = alias();
    const { jobId } = await typesense.reindexing.start();
    expect(await typesense.reindexing.find(jobId)).toMatchObject({ state: "copying", copied: 0, total: 300 });
    await typesense.reindexing.advance();
    const job = await typesense.reindexing.find(jobId);
    expect(job).toMatchObject({ state: "live", copied: 300, total: 300, failure: null });
    expect(job && jobStatusOf(job)).toBe("done");
    expect(alias()).toBe(`elements_${jobId}`);
    expect(alias()).not.toBe(before);
    await typesense.engine.maintain();
    expect(collections()).toEqual([`elements_${jobId}`]);
    await expectInStep(typesense);
  });

  test("loses no write that comes while it runs, and searches go on finding", async () => {
    const typesense = bed.isolate();
    const other = bed.isolate();
    await typesense.engine.sync(many(500));
    await typesense.reindexing.start();
    let isDone = false;
    const writing = (async () => {
      for (let round = 0; !isDone; round += 1) {
        await other.engine.sync([
          create(`new${round}`, { text: "written meanwhile" }),
          { operation: "update", document: { id: `d${round}`, text: "changed meanwhile" } },
          { operation: "delete", document: { id: `d${499 - round}` } },
        ]);
        const { found: changed } = await other.engine.search(queryOf({ q: "meanwhile" }));
        expect(changed).toBe(2 * (round + 1));
      }
    })();
    await typesense.reindexing.advance();
    isDone = true;
    await writing;
    expect((await typesense.builds.list("typesense")).map(({ state }) => state)).toEqual(["live", "retired"]);
    await expectInStep(typesense);
  });

  test("is taken up by another isolate where one broke off, and copies nothing twice", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(600));
    const { jobId } = await typesense.reindexing.start();
    bed.standIn.requests.length = 0;
    const [node] = bed.standIn.nodes;
    if (!node) throw new Error("a node was asked for");
    const stopping = (async () => {
      while (bed.standIn.requests.filter(({ path }) => path.includes("import")).length < 5)
        await new Promise((resolve) => setTimeout(resolve, 1));
      node.mode = "lagging";
    })();
    await expect(typesense.reindexing.advance()).rejects.toThrow("not-ready");
    await stopping;
    const broken = await typesense.reindexing.find(jobId);
    expect(broken?.state).toBe("copying");
    expect(broken?.copied).toBeGreaterThan(0);
    expect(broken?.copied).toBeLessThan(600);
    node.mode = "well";
    bed.clock.aheadMs += 10_000;
    bed.standIn.requests.length = 0;
    await bed.isolate().reindexing.advance();
    expect(await typesense.reindexing.find(jobId)).toMatchObject({ state: "live", copied: 600 });
    const lines = bed.standIn.requests
      .filter(({ path }) => path.includes("import"))
      .reduce((sum, { body }) => sum + body.split("\n").length, 0);
    expect(lines).toBe(600 - (broken?.copied ?? 0));
    await expectInStep(typesense);
  });

  test("is not begun twice, and is worked on by one at a time", async () => {
    const isolates = [bed.isolate(), bed.isolate(), bed.isolate()] as const;
    await isolates[0].engine.sync(many(200));
    const jobs = await Promise.all(isolates.map(({ reindexing }) => reindexing.start()));
    const ids = jobs.map(({ jobId }) => jobId);
    expect(new Set(ids).size).toBe(1);
    bed.standIn.requests.length = 0;
    await Promise.all(isolates.map(({ reindexing }) => reindexing.advance()));
    expect(bed.standIn.requests.filter(({ path }) => path.includes("import"))).toHaveLength(5);
  });

  test("does not take over with documents missing", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(50));
    const before = alias();
    const { jobId } = await typesense.reindexing.start();
    const losing = setInterval(() => bed.standIn.state.collections.get(`elements_${jobId}`)?.documents.delete("d7"), 1);
    await typesense.reindexing.advance().finally(() => clearInterval(losing));
    const job = await typesense.reindexing.find(jobId);
    expect(job).toMatchObject({
      state: "failed",
      failure: expect.stringContaining("49 of 50 documents"),
    });
    expect(job && jobStatusOf(job)).toBe("failed");
    expect(alias()).toBe(before);
    await typesense.engine.maintain();
    expect(collections()).toEqual([before]);
    expect(await found(typesense)).toBe(50);
  });

  test("leaves out what Typesense refuses, and says so", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(50));
    bed.standIn.state.refusedIds.add("d7");
    const { jobId } = await typesense.reindexing.start();
    await typesense.reindexing.advance();
    expect(await typesense.reindexing.find(jobId)).toMatchObject({ state: "live" });
    expect(await found(typesense)).toBe(49);
    expect(await typesense.log.refusals()).toEqual([{ id: "d7", refusal: "Document d7 is refused by the test." }]);
  });
});

describe("the collection", () => {
  test("is filled from the documents that are there when a cluster is set up", async () => {
    const typesense = bed.isolate();
    await typesense.log.apply(many(120), Date.now());
    expect(await found(typesense)).toBe(120);
  });

  test("is built anew when the cluster has lost it, with everything in it", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(70));
    bed.standIn.loseEverything();
    await expect(found(typesense)).rejects.toThrow("missing");
    expect(await found(typesense)).toBe(70);
    await expectInStep(typesense);
  });

  test("that is lost is noticed by a write, too, which does not count as found before it is", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(70));
    bed.standIn.loseEverything();
    await expect(typesense.engine.sync([create("new")])).rejects.toThrow("missing");
    await typesense.engine.sync([create("new")]);
    expect(await found(typesense)).toBe(71);
  });

  test("gets its alias back when somebody has pointed it elsewhere", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(3));
    const right = alias();
    bed.standIn.state.aliases.set("elements", "elsewhere");
    await typesense.engine.maintain();
    expect(alias()).toBe(right);
  });

  test("is built anew when its schema has changed", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(10));
    const before = alias();
    // From version 30 on the schema names sets of synonyms and curations.
    bed.standIn.state.version = "30.1";
    try {
      bed.clock.aheadMs += 6 * 60_000;
      await typesense.engine.maintain();
      expect(alias()).not.toBe(before);
      expect(bed.standIn.state.collections.get(alias() ?? "")?.schema).toMatchObject({ synonym_sets: ["elements"] });
      await expectInStep(typesense);
    } finally {
      bed.standIn.state.version = "29.0";
    }
  });

  test("keeps no more changes than some collection needs", async () => {
    const typesense = bed.isolate();
    await typesense.engine.sync(many(10));
    await typesense.engine.maintain();
    expect(await typesense.log.changesAfter(0, 100)).toEqual([]);
    await typesense.engine.sync(many(10));
    expect(await found(typesense)).toBe(10);
  });
});
