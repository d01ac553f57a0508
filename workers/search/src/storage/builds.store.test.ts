import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openTestDatabase } from "../../../../tests/support/database.ts";
import { create } from "../../../../tests/support/search-index.ts";
import { createEmbedded } from "../embedded/embedded.ts";
import { createBuildStore } from "./builds.store.ts";
import { createDocumentLog } from "./document-log.store.ts";
import * as schema from "./schema.ts";

const { client, close } = await openTestDatabase("search");
const builds = createBuildStore({ client });
const log = createDocumentLog({ client });
afterAll(close);
afterEach(async () => {
  for (const table of ["documents", "changes", "builds"]) await client.execute(`DELETE FROM ${table}`);
});

const newBuild = (jobId: string, engine: "typesense" | "libsql" = "typesense") => ({
  jobId,
  engine,
  collection: `elements_${jobId}`,
  schemaVersion: "1",
  startedAtMs: Number(jobId),
});

const lease = (holder: string, nowMs: number, untilMs = nowMs + 10) => ({ holder, nowMs, untilMs });

describe("a build", () => {
  test("runs alone for its engine, from the changes that are in the documents already", async () => {
    const { seq } = await log.apply([create("a"), create("b")], 5);
    expect(await builds.begin(newBuild("1"))).toMatchObject({
      ok: true,
      value: { state: "copying", total: 2, syncedSeq: seq, copied: 0 },
    });
    expect(await builds.begin(newBuild("2"))).toEqual({ ok: false, error: { kind: "running" } });
    expect((await builds.begin(newBuild("3", "libsql"))).ok).toBe(true);
  });

  test("is held by one until his time is over, and whoever lost it changes nothing", async () => {
    await builds.begin(newBuild("1"));
    expect(await builds.take("1", lease("first", 0))).toBeDefined();
    expect(await builds.take("1", lease("second", 9))).toBeUndefined();
    expect(await builds.advance("1", { copied: 5 }, lease("first", 9))).toBe(true);
    expect(await builds.take("1", lease("second", 19))).toMatchObject({ copied: 5 });
    expect(await builds.advance("1", { copied: 6 }, lease("first", 20))).toBe(false);
    expect(await builds.goLive("1", lease("first", 20))).toBe(false);
    expect(await builds.find("1")).toMatchObject({ copied: 5, state: "copying" });
  });

  test("that goes live retires the one before", async () => {
    for (const id of ["1", "2"]) {
      await builds.begin(newBuild(id));
      await builds.take(id, lease("x", 0));
      expect(await builds.goLive(id, lease("x", 7))).toBe(true);
    }
    expect((await builds.list("typesense")).map(({ jobId, state }) => [jobId, state])).toEqual([
      ["2", "live"],
      ["1", "retired"],
    ]);
  });

  test("goes back to what was sent without an answer, once there have been no more such doubts", async () => {
    await builds.begin(newBuild("1"));
    await builds.take("1", lease("x", 0));
    await builds.advance("1", { syncedSeq: 9 }, lease("x", 0));
    await builds.markUnconfirmed("1", 5, lease("x", 100));
    await builds.take("1", lease("x", 100));
    await builds.markUnconfirmed("1", 7, lease("x", 200));
    await builds.resendUnconfirmed("1", 150);
    expect(await builds.find("1")).toMatchObject({ syncedSeq: 9, unconfirmedSeq: 5 });
    await builds.resendUnconfirmed("1", 201);
    expect(await builds.find("1")).toMatchObject({ syncedSeq: 5, unconfirmedSeq: null, unconfirmedAtMs: null });
  });

  test("that is over is remembered, but not for ever", async () => {
    for (let id = 1; id <= 25; id += 1) {
      await builds.begin(newBuild(String(id)));
      await builds.mark(String(id), "removed");
    }
    expect(await builds.list("typesense")).toHaveLength(20);
    expect(await builds.find("1")).toBeUndefined();
  });
});

test("a cluster that was left for the embedded engine has to be filled anew", async () => {
  await builds.begin(newBuild("1"));
  await builds.take("1", lease("x", 0));
  await builds.goLive("1", lease("x", 1));
  await builds.begin(newBuild("2"));
  const database = { client, orm: drizzle({ client, schema }) };
  const { engine } = createEmbedded({ database, builds, now: Date.now, newId: () => crypto.randomUUID() });
  await engine.sync([create("a")]);
  expect((await builds.list("typesense")).map(({ state }) => state)).toEqual(["failed", "retired"]);
});

describe("changes", () => {
  test("are numbered in their order, the last of each document, with the document as it is", async () => {
    await log.apply([create("a", { text: "old" }), create("b")], 5);
    await log.apply([create("a", { text: "new" }), { operation: "delete", document: { id: "b" } }], 6);
    const changes = await log.changesAfter(0, 10);
    expect(changes.map(({ id, document }) => [id, document?.text])).toEqual([
      ["a", "new"],
      ["b", undefined],
    ]);
    const [first] = changes;
    expect((await log.changesAfter(first?.seq ?? 0, 10)).map(({ id }) => id)).toEqual(["b"]);
    expect(await log.oldestAfter(0)).toBe(6);
  });

  test("and documents with long texts are read in pages that an answer of the database has room for", async () => {
    const text = "…".repeat(2 ** 20);
    for (let at = 0; at < 12; at += 1) await log.apply([create(`long${at}`, { text })], 5);
    await log.apply([create("a"), create("b")], 6);
    const changed: string[] = [];
    for (let seq = 0, page = await log.changesAfter(0, 100); page.length > 0; page = await log.changesAfter(seq, 100)) {
      seq = page.at(-1)?.seq ?? seq;
      changed.push(...page.map(({ id }) => id));
    }
    const copied: string[] = [];
    for (
      let pk = 0, page = await log.documentsAfter(0, 100);
      page.length > 0;
      page = await log.documentsAfter(pk, 100)
    ) {
      pk = page.at(-1)?.pk ?? pk;
      copied.push(...page.map(({ document }) => document.id));
    }
    expect(changed).toEqual([...Array.from({ length: 12 }, (_, at) => `long${at}`), "a", "b"]);
    expect(copied).toEqual(changed);
  });

  test("keep their numbers when they are forgotten", async () => {
    const { seq } = await log.apply([create("a")], 5);
    await log.forget(seq);
    expect(await log.changesAfter(0, 10)).toEqual([]);
    expect(await log.extent()).toEqual({ documents: 1, seq });
    expect((await log.apply([create("b")], 6)).seq).toBe(seq + 1);
  });

  test("of refused documents are remembered until the document changes", async () => {
    const { seq } = await log.apply([create("a"), create("b")], 5);
    await log.refuse([{ id: "a", refusal: "too big" }]);
    await log.forget(seq);
    expect(await log.refusals()).toEqual([{ id: "a", refusal: "too big" }]);
    expect(await log.refusals(["b"])).toEqual([]);
    await log.apply([create("a")], 6);
    expect(await log.refusals()).toEqual([]);
  });
});
