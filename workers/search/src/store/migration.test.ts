/** That documents stored before typing errors were forgiven are found with them as well. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/database.ts";
import { create, createTestEngine } from "./testing.ts";

const MIGRATION = path.join(import.meta.dirname, "../../migrations/0003_words.sql");

let database: TestDatabase;
let engine: ReturnType<typeof createTestEngine>;

beforeAll(async () => {
  database = await openTestDatabase("search");
  engine = createTestEngine(database.client);
});
afterAll(() => database.close());

test("the words and the number of documents that are there already are taken over", async () => {
  await engine.sync([create("a", { text: "Crème brûlée", comment: "im Übermut" }), create("b", { text: "harbour" })]);
  const stored = await engine.rows();
  const words = (await engine.words()).toSorted();
  await database.client.batch(["DROP TABLE words", "DROP TABLE word_trigrams"], "write");
  await database.client.batch(
    ["documents_total_after_insert", "documents_total_after_delete"].map((name) => `DROP TRIGGER ${name}`),
    "write",
  );
  await database.client.execute("DROP TABLE documents_total");

  await database.client.migrate(readFileSync(MIGRATION, "utf8").split("--> statement-breakpoint"));

  expect(await engine.rows()).toEqual(stored);
  expect((await engine.words()).toSorted()).toEqual(words);
  expect((await engine.status()).documents).toBe(2);
  expect(await engine.idsOf({ q: "harbor" })).toEqual(["b"]);
  expect(await engine.idsOf({ q: "bruele" })).toEqual(["a"]);
});
