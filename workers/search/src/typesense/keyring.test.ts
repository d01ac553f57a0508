import { beforeEach, expect, test } from "vitest";
import { openTestBed } from "../../../../tests/support/search-cluster.ts";
import { create, queryOf } from "../../../../tests/support/search-index.ts";
import { ADMIN_KEY_PATH, API_KEY_PATH } from "./keyring.ts";

const bed = openTestBed();
beforeEach(() => bed.reset());

const keysSent = () => [
  ...new Set(bed.standIn.requests.map(({ headers }) => headers["x-typesense-api-key"]).filter((key) => key)),
];

test("the configured key becomes a secret of the kms, and is not needed any more", async () => {
  await bed.isolate().engine.sync([create("a")]);
  expect(bed.kms.secrets.get(ADMIN_KEY_PATH)).toEqual({ version: 1, value: bed.standIn.adminKey });
  expect((await bed.isolate({ configuredKey: "" }).engine.search(queryOf({}))).found).toBe(1);
});

test("the kms is asked once in five minutes, however many calls there are", async () => {
  const { engine } = bed.isolate();
  await engine.sync([create("a")]);
  const before = bed.kms.reads;
  for (let count = 0; count < 20; count += 1) await engine.search(queryOf({}));
  expect(bed.kms.reads).toBe(before);
  bed.clock.aheadMs += 5 * 60_000 + 1;
  await engine.search(queryOf({}));
  expect(bed.kms.reads).toBeGreaterThan(before);
});

test("no key is used that is older than five minutes, not even when the kms cannot be asked", async () => {
  const { engine } = bed.isolate();
  await engine.sync([create("a")]);
  bed.kms.isDown = true;
  expect((await engine.search(queryOf({}))).found).toBe(1);
  bed.clock.aheadMs += 5 * 60_000 + 1;
  await expect(engine.search(queryOf({}))).rejects.toThrow("the kms cannot return the key");
  bed.kms.isDown = false;
  expect((await engine.search(queryOf({}))).found).toBe(1);
});

test("a key that is refused is looked up anew, and the call succeeds", async () => {
  const { engine } = bed.isolate();
  const first = bed.isolate();
  await first.engine.sync([create("a")]);
  await first.rotation.rotate();
  await engine.search(queryOf({}));
  const [old] = bed.standIn.state.keys.values();
  await first.rotation.rotate();
  if (old) bed.standIn.state.keys.delete(old.id);
  expect((await engine.search(queryOf({}))).found).toBe(1);
  expect(keysSent()).toHaveLength(3);
});

test("the administrator's key takes the place of one that Typesense has lost", async () => {
  const { engine, rotation, events } = bed.isolate();
  await engine.sync([create("a")]);
  await rotation.rotate();
  await engine.search(queryOf({}));
  bed.standIn.state.keys.clear();
  expect((await engine.search(queryOf({}))).found).toBe(1);
  expect(events.map(({ event }) => event)).toContain("typesense.key-replaced");
  expect(JSON.stringify(events)).not.toContain(bed.standIn.adminKey);
});

test("the stored administrator's key wins while Typesense takes it, and then the configured one is stored", async () => {
  await bed.isolate().engine.sync([create("a")]);
  const changed = bed.isolate({ configuredKey: "another-key" });
  await changed.engine.search(queryOf({}));
  expect(bed.kms.secrets.get(ADMIN_KEY_PATH)?.value).toBe(bed.standIn.adminKey);
  const original = bed.standIn.state.adminKey;
  bed.standIn.state.adminKey = "another-key";
  try {
    expect((await changed.engine.search(queryOf({}))).found).toBe(1);
    expect(bed.kms.secrets.get(ADMIN_KEY_PATH)).toEqual({ version: 2, value: "another-key" });
  } finally {
    bed.standIn.state.adminKey = original;
  }
});

test("when every key is refused nobody is asked again for a moment", async () => {
  const { engine } = bed.isolate({ configuredKey: "wrong" });
  await expect(engine.search(queryOf({}))).rejects.toThrow("key-refused");
  const asked = bed.standIn.requests.length;
  await expect(engine.search(queryOf({}))).rejects.toThrow("key-refused");
  expect(bed.standIn.requests).toHaveLength(asked);
});

test("a key that the operator stored as plain text is taken", async () => {
  bed.kms.secrets.set(API_KEY_PATH, { version: 3, value: bed.standIn.adminKey });
  await bed.isolate({ configuredKey: "" }).engine.sync([create("a")]);
  expect(bed.standIn.documentsOf("elements").size).toBe(1);
});
