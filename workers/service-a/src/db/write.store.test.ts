import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseUnavailable } from "#shared/db/database.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createElementStore } from "../elements/elements.store.ts";
import { KEPT_MS } from "../model/idempotency.ts";
import * as schema from "../model/schema.ts";

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase("service-a");
});
afterAll(() => opened?.close());

const storeOf = (client: Client) =>
  createElementStore({ client, orm: drizzle({ client: opened.client, schema }), probe: () => Promise.resolve() });

/** The database as it looks when it dies: before a write has reached it, or before its answer has reached us. */
const dying = (when: "before" | "after"): Client =>
  Object.assign(Object.create(opened.client), {
    batch: async (...args: Parameters<Client["batch"]>) => {
      if (when === "after") await opened.client.batch(...args);
      throw new DatabaseUnavailable("gone");
    },
  });

let lastId = 0;
const newDraft = (nowMs = 1_000) => {
  lastId += 1;
  return {
    elementType: "action" as const,
    elementId: lastId,
    text: "x",
    comment: "c",
    createdBy: "me",
    actingService: null,
    nowMs,
  };
};
const idempotencyKey = (fingerprint = "this") => ({ caller: "user:me", key: `key-${lastId}`, fingerprint });
const versionsOf = async (elementId: number): Promise<number> => {
  const sql = "SELECT count(*) AS versions FROM versions WHERE element_id = ?";
  return Number((await opened.client.execute({ sql, args: [elementId] })).rows[0]?.["versions"]);
};

describe("a write with a key", () => {
  test("whose answer got lost with the database is answered the next time, and has no second effect", async () => {
    const draft = newDraft();
    await expect(storeOf(dying("after")).create(draft, idempotencyKey())).rejects.toThrow(DatabaseUnavailable);
    const again = await storeOf(opened.client).create(draft, idempotencyKey());
    expect(again).toMatchObject({ ok: true, value: { isReplay: true, outcome: { ok: true } } });
    expect(await versionsOf(draft.elementId)).toBe(1);
  });

  test("that never reached the database leaves its key free", async () => {
    const draft = newDraft();
    await expect(storeOf(dying("before")).create(draft, idempotencyKey())).rejects.toThrow(DatabaseUnavailable);
    expect(await versionsOf(draft.elementId)).toBe(0);
    const again = await storeOf(opened.client).create(draft, idempotencyKey("another"));
    expect(again).toMatchObject({ ok: true, value: { isReplay: false } });
  });

  test("is done anew once its time is over, and not a millisecond before", async () => {
    const draft = newDraft();
    const store = storeOf(opened.client);
    await store.create(draft, idempotencyKey());
    const at = (nowMs: number) => store.addVersion({ ...draft, data: null, nowMs }, idempotencyKey("another"));
    expect(await at(draft.nowMs + KEPT_MS - 1)).toEqual({ ok: false, error: { kind: "key-taken" } });
    expect(await at(draft.nowMs + KEPT_MS)).toMatchObject({ ok: true, value: { isReplay: false } });
    expect(await versionsOf(draft.elementId)).toBe(2);
  });
});

test("a write without a key is done as often as it comes", async () => {
  const draft = newDraft();
  const store = storeOf(opened.client);
  await store.create(draft);
  for (const outcome of [2, 3])
    expect(await store.addVersion({ ...draft, data: null })).toMatchObject({
      value: { isReplay: false, outcome: { value: outcome } },
    });
});
