import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createObjectStore } from "./objects.store.ts";
import type { ObjectStore, ObjectWrite } from "./stored.ts";

let database: TestDatabase;
let store: ObjectStore;
beforeAll(async () => {
  database = await openTestDatabase("gateway");
  store = createObjectStore({ client: database.client });
});
afterAll(() => database?.close());
beforeEach(async () => {
  await database.client.execute("DELETE FROM configuration");
  await database.client.execute("UPDATE configuration_revision SET revision = 0");
});

const write = (changed: Partial<ObjectWrite> = {}): ObjectWrite => ({
  kind: "limit",
  name: "logins",
  body: { limit: 1 },
  claim: null,
  expected: undefined,
  nowMs: 1_000,
  ...changed,
});
const errorOf = async (changed: Partial<ObjectWrite>) => {
  const stored = await store.put(write(changed));
  return stored.ok ? undefined : stored.error.kind;
};

test("an object is created, replaced as a whole, and deleted", async () => {
  expect(await store.put(write())).toMatchObject({ ok: true, value: { version: 1, createdAtMs: 1_000 } });
  const replaced = await store.put(write({ body: { limit: 2 }, nowMs: 2_000 }));
  const expected = { version: 2, body: { limit: 2 }, createdAtMs: 1_000, updatedAtMs: 2_000 };
  expect(replaced).toMatchObject({ ok: true, value: expected });
  expect(await store.find("limit", "logins")).toMatchObject(expected);
  expect(await store.find("policy", "logins")).toBeUndefined();
  expect(await store.remove("limit", "logins", undefined)).toBe("removed");
  expect(await store.remove("limit", "logins", undefined)).toBe("unknown");
});

test("a change applies to the expected version only", async () => {
  expect(await errorOf({ expected: [1] })).toBe("changed");
  expect(await errorOf({ expected: [0] })).toBeUndefined();
  expect(await errorOf({ expected: [0] })).toBe("changed");
  expect(await errorOf({ expected: [2, 3] })).toBe("changed");
  expect(await errorOf({ expected: [1] })).toBeUndefined();
  expect(await store.remove("limit", "logins", [1])).toBe("changed");
  expect(await store.remove("limit", "logins", [2])).toBe("removed");
});

test("one that is deleted and created again has no version that it had before", async () => {
  await store.put(write());
  await store.put(write());
  await store.remove("limit", "logins", undefined);
  const again = await store.put(write({ expected: [0] }));
  expect(again.ok && again.value.version).toBeGreaterThan(2);
  expect(await errorOf({ expected: [1, 2] })).toBe("changed");
});

test("a replacement is told from a creation, even within a millisecond", async () => {
  const created = await store.put(write());
  const replaced = await store.put(write());
  expect([created, replaced]).toMatchObject([
    { ok: true, value: { createdAtMs: 1_000, updatedAtMs: 1_000 } },
    { ok: true, value: { createdAtMs: 1_000, updatedAtMs: 1_001 } },
  ]);
});

test("of twenty that create it at once, one does", async () => {
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.put(write({ expected: [0] }))));
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  expect((await store.find("limit", "logins"))?.version).toBe(1);
});

test("no two have the same claim", async () => {
  const upstream = { kind: "upstream", claim: "* /notes" } as const;
  expect(await errorOf({ ...upstream, name: "notes" })).toBeUndefined();
  expect(await errorOf({ ...upstream, name: "others" })).toBe("taken");
  expect(await errorOf({ ...upstream, name: "notes" })).toBeUndefined();
  expect(await errorOf({ kind: "upstream", name: "others", claim: "* /others" })).toBeUndefined();
  expect(await errorOf({ ...upstream, name: "others" })).toBe("taken");
});

test("there are at most 200 of a kind, and those can still be replaced", async () => {
  const names = Array.from({ length: 200 }, (_, at) => `limit-${at}`);
  for (const name of names) expect(await errorOf({ name })).toBeUndefined();
  expect(await errorOf({ name: "one-more" })).toBe("too-many");
  expect(await errorOf({ name: "limit-7" })).toBeUndefined();
  expect(await errorOf({ kind: "policy", name: "one-more" })).toBeUndefined();
});

test("everything is loaded at one revision, and nothing as long as that stays", async () => {
  await store.put(write());
  const loaded = await store.loadSince(undefined);
  if (loaded === "unchanged") throw new Error("something was expected");
  expect(loaded.objects).toMatchObject([{ kind: "limit", name: "logins", body: { limit: 1 } }]);
  expect(await store.loadSince(loaded.revision)).toBe("unchanged");
  await store.put(write({ kind: "policy", name: "all" }));
  expect(await store.loadSince(loaded.revision)).toMatchObject({ objects: [{ name: "logins" }, { name: "all" }] });
  await store.remove("policy", "all", undefined);
  await store.remove("limit", "logins", undefined);
  expect(await store.loadSince(loaded.revision)).toMatchObject({ objects: [] });
});
