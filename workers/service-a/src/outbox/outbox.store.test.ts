import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ElementDocument, SearchRpc, SyncOperation } from "#shared/contracts/search.ts";
import type { Database } from "#shared/db/database.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { unavailable } from "../../../../tests/support/rpc/private-calls.ts";
import { createElementStore } from "../elements/elements.store.ts";
import { createDrain } from "../model/outbox.ts";
import type { ElementStore } from "../model/ports.ts";
import * as schema from "../model/schema.ts";
import { createDeadLetterStore } from "./dead-letters.store.ts";
import { createOutboxStore } from "./outbox.store.ts";

let opened: TestDatabase;
let database: Database<typeof schema>;
let elements: ElementStore;
beforeAll(async () => {
  opened = await openTestDatabase("service-a");
  const { client } = opened;
  database = { client, orm: drizzle({ client, schema }), probe: () => Promise.resolve() };
  elements = createElementStore(database);
});
afterAll(() => opened?.close());
beforeEach(async () => {
  const tables = ["elements", "versions", "outbox", "outbox_lease"];
  await opened.client.batch(
    tables.map((table) => `DELETE FROM ${table}`),
    "write",
  );
});

const draft = (elementId: number, text: string) => ({
  elementType: "action" as const,
  elementId,
  text,
  comment: "c",
  createdBy: "me",
  actingService: null,
  nowMs: Date.now(),
});

/** A search engine that takes its time, and notes what it was told and whether two told it at once. */
const createSearch = (delayMs: number) => {
  const told: ElementDocument[] = [];
  let talking = 0;
  let mostTalking = 0;
  const sync: SearchRpc["sync"] = async (operations: SyncOperation[]) => {
    talking += 1;
    mostTalking = Math.max(mostTalking, talking);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    for (const operation of operations) if (operation.operation !== "delete") told.push(operation.document);
    talking -= 1;
    return { ok: true, value: operations.map(({ document }) => ({ id: document.id, success: true })) };
  };
  return { search: { sync }, told, mostTalking: () => mostTalking };
};

const drainOf = (search: SearchRpc, warn: (event: string) => void = () => undefined) =>
  createDrain({
    outbox: createOutboxStore(database),
    search,
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newHolder: () => crypto.randomUUID(),
    random: Math.random,
    warn,
  }).drain;

const backlog = () => createOutboxStore(database).backlog();

describe("drainers in several isolates", () => {
  test("never tell search anything at the same time, and tell it of every change in order", async () => {
    const { search, told, mostTalking } = createSearch(5);
    const drains = [drainOf(search), drainOf(search), drainOf(search)];
    for (let id = 1; id <= 5; id += 1) await elements.create(draft(id, "version 1"));
    for (let version = 2; version <= 8; version += 1) {
      for (let id = 1; id <= 5; id += 1) await elements.addVersion({ ...draft(id, `version ${version}`), data: null });
      void Promise.all(drains.map((drain) => drain()));
    }
    await Promise.all(drains.map((drain) => drain()));
    await expect.poll(async () => (await backlog()).depth).toBe(0);
    expect(mostTalking()).toBe(1);
    for (let id = 1; id <= 5; id += 1) {
      const versions = told.filter((one) => one.element_id === id).map((one) => one.version_number);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(versions.at(-1)).toBe(8);
    }
  });

  test("leave nothing behind when one ends while another's change comes in", async () => {
    const { search } = createSearch(1);
    const drains = [drainOf(search), drainOf(search)];
    for (let id = 1; id <= 60; id += 1) {
      await elements.create(draft(id, "x"));
      void drains[id % 2]?.();
    }
    await expect.poll(async () => (await backlog()).depth, { timeout: 10_000 }).toBe(0);
  });
});

describe("the lease", () => {
  const outbox = () => createOutboxStore(database);

  test("is one's alone until it ends, is given back or runs out", async () => {
    await elements.create(draft(1, "x"));
    const at = Date.now() + 1_000;
    const isTaken = { failures: 0, changes: [{ attempts: 0, element: { elementId: 1, text: "x", versionNumber: 1 } }] };
    expect(await outbox().take("a", at, at + 100)).toMatchObject(isTaken);
    expect(await outbox().take("b", at + 99, at + 200)).toBeUndefined();
    expect(await outbox().take("a", at + 99, at + 200)).toMatchObject(isTaken);
    expect(await outbox().take("b", at + 200, at + 300)).toMatchObject(isTaken);
    expect(await outbox().advance("a", { deliveredIds: [], refused: [] }, at, at + 900)).toBeUndefined();
    expect(await outbox().advance("b", { deliveredIds: [], refused: [] }, at, at + 900)).toHaveLength(1);
  });

  test("is not to be had when nothing is due", async () => {
    expect(await outbox().take("a", Date.now(), Date.now() + 100)).toBeUndefined();
  });

  test("is kept while something is due, and given back else", async () => {
    await elements.create(draft(1, "x"));
    const at = Date.now() + 1_000;
    await outbox().take("a", at, at + 100);
    const [change] = (await outbox().advance("a", { deliveredIds: [], refused: [] }, at, at + 100)) ?? [];
    expect(await outbox().advance("a", { deliveredIds: [change?.rowId ?? 0], refused: [] }, at, at + 100)).toEqual([]);
    await elements.create(draft(2, "y"));
    expect(await outbox().take("b", at, at + 100)).toMatchObject({ changes: [{ element: { elementId: 2 } }] });
  });

  test("is not to be had during a pause, which remembers the failures", async () => {
    await elements.create(draft(1, "x"));
    const at = Date.now() + 1_000;
    await outbox().take("a", at, at + 100);
    await outbox().pause("a", at + 50, 4);
    expect(await outbox().take("a", at + 49, at + 500)).toBeUndefined();
    expect(await outbox().take("b", at + 50, at + 500)).toMatchObject({ failures: 4 });
  });
});

describe("changes", () => {
  test("that search refused wait for their time, and hold up no other", async () => {
    await elements.create(draft(1, "x"));
    await elements.create(draft(2, "y"));
    const outbox = createOutboxStore(database);
    const at = Date.now() + 1_000;
    const { changes = [] } = (await outbox.take("a", at, at + 100)) ?? {};
    const [first, second] = changes.map(({ rowId }) => rowId);
    const refused = [{ rowId: first ?? 0, attempts: 1, nextAttemptAtMs: at + 60, refusal: "odd" }];
    expect(await outbox.advance("a", { deliveredIds: [second ?? 0], refused }, at, at + 100)).toEqual([]);
    const later = await outbox.take("a", at + 60, at + 200);
    expect(later?.changes.map(({ rowId, attempts }) => [rowId, attempts])).toEqual([[first, 1]]);
  });

  test("come oldest first, as many as one delivery may hold", async () => {
    const long = "x".repeat(300_000);
    for (let id = 1; id <= 5; id += 1) await elements.create(draft(id, long));
    const outbox = createOutboxStore(database);
    const at = Date.now() + 1_000;
    const { changes = [] } = (await outbox.take("a", at, at + 100)) ?? {};
    expect(changes.map(({ element }) => element.elementId)).toEqual([1, 2]);
  });

  test("are counted, with the age of the oldest", async () => {
    expect(await backlog()).toEqual({ depth: 0, oldestAtMs: undefined, deadLetters: 0 });
    const first = draft(1, "x");
    await elements.create(first);
    await elements.create({ ...draft(2, "y"), nowMs: first.nowMs + 5_000 });
    expect(await backlog()).toEqual({ depth: 2, oldestAtMs: first.nowMs, deadLetters: 0 });
  });
});

describe("an element that search refuses", () => {
  /** A search engine that refuses element 1 as long as it is told to. */
  const createPicky = () => {
    const told: string[] = [];
    const state = { isRefusing: true, told };
    const sync: SearchRpc["sync"] = async (operations) => {
      const ids = operations.map(({ document }) => document.id);
      told.push(...ids);
      return { ok: true, value: ids.map((id) => ({ id, success: !(state.isRefusing && id === "action-1") })) };
    };
    return { search: { sync }, state };
  };
  const setTriesLeft = (count: number) =>
    opened.client.execute({ sql: "UPDATE outbox SET next_attempt_at = 0, attempts = ?", args: [20 - count] });
  const deadLetters = () => createDeadLetterStore(database);

  test("is a dead letter after twenty tries, which nobody tries again, and which does not count as waiting", async () => {
    const { search, state } = createPicky();
    const events: string[] = [];
    const drain = drainOf(search, (event) => events.push(event));
    await elements.create(draft(1, "x"));
    for (let left = 20; left > 0; left -= 1) {
      expect(await backlog()).toMatchObject({ depth: 1, deadLetters: 0 });
      await setTriesLeft(left);
      await drain();
    }
    expect(state.told).toHaveLength(20);
    expect(events.filter((event) => event === "outbox.dead-letters")).toHaveLength(1);
    await opened.client.execute("UPDATE outbox SET next_attempt_at = 0");
    await drain();
    expect(state.told).toHaveLength(20);
    expect(await backlog()).toEqual({ depth: 0, oldestAtMs: undefined, deadLetters: 1 });
    const [letter] = await deadLetters().list({ after: 0, limit: 10 });
    expect(letter).toMatchObject({ elementType: "action", elementId: 1, attempts: 20 });
    expect(await deadLetters().list({ after: letter?.id ?? 0, limit: 10 })).toEqual([]);
  });

  test("is delivered when it is driven again, in its latest state", async () => {
    const { search, state } = createPicky();
    await elements.create(draft(1, "x"));
    await setTriesLeft(1);
    await drainOf(search)();
    state.isRefusing = false;
    const upTo = await deadLetters().lastId();
    expect(await deadLetters().redrive({ upTo: upTo - 1, nowMs: Date.now() })).toMatchObject({ value: { outcome: 0 } });
    expect(await deadLetters().redrive({ upTo, nowMs: Date.now() })).toMatchObject({ value: { outcome: 1 } });
    await drainOf(search)();
    expect(await backlog()).toEqual({ depth: 0, oldestAtMs: undefined, deadLetters: 0 });
    expect(await deadLetters().lastId()).toBe(0);
    expect(await deadLetters().redrive({ upTo, nowMs: Date.now() })).toMatchObject({ value: { outcome: 0 } });
  });

  test("needs no second delivery when a later change of it has come through", async () => {
    const { search, state } = createPicky();
    for (const id of [1, 2]) await elements.create(draft(id, "x"));
    await drainOf(search)();
    await setTriesLeft(0);
    state.isRefusing = false;
    await elements.addVersion({ ...draft(2, "y"), data: null });
    await drainOf(search)();
    expect(await backlog()).toMatchObject({ depth: 0, deadLetters: 1 });
    await elements.addVersion({ ...draft(1, "y"), data: null });
    await drainOf(search)();
    expect(await backlog()).toMatchObject({ depth: 0, deadLetters: 0 });
  });

  test("does not lose a try while search is unavailable", async () => {
    await elements.create(draft(1, "x"));
    const sync: SearchRpc["sync"] = unavailable;
    await setTriesLeft(1);
    await drainOf({ sync })();
    expect(await backlog()).toMatchObject({ depth: 1, deadLetters: 0 });
  });
});
