import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fountain } from "../support/harness.ts";
import { loseWriteLock } from "../support/lost-lock.ts";
import { startWorkerd } from "../support/workerd.ts";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startWorkerd();
});
afterAll(() => fountain.stop());

test("sqld with more writers than it bears keeps what it acknowledged, and is replaced once it has lost a lock", async () => {
  const database = fountain.databases["service-a"];
  if (database === undefined) throw new Error("service-a has a database");
  const found = () =>
    fountain.logs.filter((line) => line.includes("sqld has lost the write lock of the database service-a"));
  const { wasLost, acknowledged, missing } = await loseWriteLock(
    () => database,
    () => found().length > 0,
  );
  expect(missing).toEqual([]);
  console.log(
    `${acknowledged} writes acknowledged; the lock was ${wasLost ? "lost" : "not lost"}. ${found().join("; ")}`,
  );
});
