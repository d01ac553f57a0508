/** That documents stored before typing errors were forgiven are found with them as well. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { create, createTestEngine } from "../../../../tests/support/search-index.ts";

const MIGRATIONS = path.join(import.meta.dirname, "../../migrations");
const ABOUT_WORDS = /^\d+_words.*\.sql$/;

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

  const files = readdirSync(MIGRATIONS).filter((name) => ABOUT_WORDS.test(name));
  const migrations = files.toSorted().map((name) => readFileSync(path.join(MIGRATIONS, name), "utf8"));
  await database.client.migrate(migrations.flatMap((source) => source.split("--> statement-breakpoint")));

  expect(await engine.rows()).toEqual(stored);
  expect((await engine.words()).toSorted()).toEqual(words);
  expect((await engine.status()).documents).toBe(2);
  expect(await engine.idsOf({ q: "harbor" })).toEqual(["b"]);
  expect(await engine.idsOf({ q: "bruele" })).toEqual(["a"]);
});
