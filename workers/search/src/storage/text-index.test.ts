import path from "node:path";
import type { Client } from "@libsql/client";
import { readMigrationFiles } from "drizzle-orm/migrator";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inSlices } from "#shared/lang/steps.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { create, createTestEngine, documentOf } from "../../../../tests/support/search-index.ts";
import { indexText } from "../text/tokens.ts";
import { INDEX_VERSION, indexListed, renewIndex } from "./text-index.ts";
import { pruneWords } from "./vocabulary.ts";

const MIGRATIONS = path.join(import.meta.dirname, "..", "..", "migrations");

let database: TestDatabase;
let client: Client;
let engine: ReturnType<typeof createTestEngine>;

beforeEach(async () => {
  database = await openTestDatabase("search");
  ({ client } = database);
  engine = createTestEngine(client);
});
afterEach(() => database.close());

const count = async (sql: string): Promise<number> => Number((await client.execute(sql)).rows[0]?.[0]);
const unindexed = () => count("SELECT count(*) FROM unindexed");
const inIndex = (word: string) => count(`SELECT count(*) FROM document_tokens WHERE document_tokens MATCH '"${word}"'`);
const inPreviousIndex = (word: string) =>
  count(`SELECT count(*) FROM documents_text WHERE documents_text MATCH '"${word}"'`);

/** As a worker of the version before does it, which knows nothing of tokens. */
const storeAsBefore = (id: string, text: string) =>
  client.execute({
    sql: `INSERT INTO documents (id, element_type, element_id, sequence_number, version_number, comment, text, service_name, updated_at)
      VALUES (?, 'action', 1, 1, 1, '', ?, '', 0) ON CONFLICT (id) DO UPDATE SET text = excluded.text`,
    args: [id, text],
  });

test("all that is stored is indexed when it is stored, also a text that is changed alone", async () => {
  await engine.sync([create("a", { text: "чайник", comment: "first" }), create("b", { text: "kept", comment: "old" })]);
  expect(await unindexed()).toBe(0);
  await engine.sync([
    { operation: "update", document: { id: "a", text: "самовар" } },
    { operation: "update", document: { id: "b", comment: "new" } },
    { operation: "update", document: { id: "b", sequence_number: 7 } },
    { operation: "update", document: documentOf("c", { text: "whole" }) },
  ]);
  expect(await unindexed()).toBe(0);
  expect(await engine.idsOf({ q: "чайник" })).toEqual([]);
  expect(await engine.idsOf({ q: "самовар first" })).toEqual(["a"]);
  expect(await engine.idsOf({ q: "kept new" })).toEqual(["b"]);
  expect(await engine.idsOf({ q: "whole" })).toEqual(["c"]);
  await engine.rows();
});

test("documents that a worker of the version before stores are found after the next maintenance", async () => {
  await storeAsBefore("a", "Größe");
  expect(await engine.idsOf({ q: "grosse" })).toEqual([]);
  await engine.maintain();
  expect(await engine.idsOf({ q: "grosse" })).toEqual(["a"]);
  await storeAsBefore("a", "Straße");
  await engine.maintain();
  expect(await engine.idsOf({ q: "grosse" })).toEqual([]);
  expect(await engine.idsOf({ q: "strasse" })).toEqual(["a"]);
});

test("a document that changes while it is read for the index is indexed as it is then", async () => {
  await storeAsBefore("a", "old text");
  const slow: Client = new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (name !== "batch") return typeof member === "function" ? member.bind(target) : member;
      return async (...args: unknown[]) => {
        await engine.sync([create("a", { text: "new text" })]);
        return Reflect.apply(member, target, args);
      };
    },
  });
  let rounds = 1;
  await indexListed(slow, () => rounds-- > 0);
  expect(await engine.idsOf({ q: "new" })).toEqual(["a"]);
  expect(await engine.idsOf({ q: "old", num_typos: 0 })).toEqual([]);
  expect(await unindexed()).toBe(0);
});

test("an index of another version is made again, and finds everything meanwhile", async () => {
  await engine.sync(Array.from({ length: 1_200 }, (_, at) => create(`e${at}`, { text: `word${at} harbour` })));
  await client.execute("UPDATE text_index SET version = -1");
  let pages = 2;
  expect(await renewIndex(client, () => pages-- > 0)).toBe(false);
  expect(await unindexed()).toBe(200);
  expect((await engine.search({ q: "harbour" })).found).toBe(1_200);
  await engine.maintain();
  expect(await unindexed()).toBe(0);
  expect(await count("SELECT version FROM text_index")).toBe(INDEX_VERSION);
  expect((await engine.search({ q: "harbour" })).found).toBe(1_200);
});

test("every word of the list is a token of the index, whatever its alphabet, and stays while a document has it", async () => {
  const text = fc.array(
    fc.oneof(
      fc.constantFrom(
        "чайник",
        "Їжак",
        "дзяўчина",
        "Αθήνα",
        "Größe",
        "ﬁﬁ",
        "हिन्दी",
        "한국어",
        "שָׁלוֹם",
        "مُحَمَّد",
        "½½",
        "don’t",
        "咖啡",
      ),
      fc.string({ unit: "grapheme", minLength: 2, maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(text, async (pieces) => {
      await engine.sync([create("a", { text: pieces.join(" ").toWellFormed() })]);
      const words = new Set<string>();
      await inSlices(indexText(pieces.join(" ").toWellFormed(), words));
      const kept = [...words].filter(({ length }) => length >= 2 && length <= 32);
      for (let round = 0; round < 3; round += 1) await engine.maintain();
      expect(await engine.words()).toEqual(expect.arrayContaining(kept));
      for (const word of kept) expect(await inIndex(word)).toBe(1);
    }),
    { numRuns: 40 },
  );
});

test("words are not forgotten while documents are unindexed", async () => {
  await client.execute("INSERT INTO words (word) VALUES ('waiting')");
  await storeAsBefore("a", "waiting");
  for (let round = 0; round < 20; round += 1) await client.execute(pruneWords);
  expect(await engine.words()).toContain("waiting");
  await engine.sync([{ operation: "delete", document: { id: "a" } }]);
  for (let round = 0; round < 20; round += 1) await client.execute(pruneWords);
  expect(await engine.words()).not.toContain("waiting");
});

/** A database as the first version left it, brought up to date. */
const upgraded = async (texts: readonly string[]): Promise<void> => {
  for (const { rows } of [
    await client.execute("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'table') AND sql IS NOT NULL"),
  ])
    for (const row of rows.toSorted((a, b) => String(b["type"]).localeCompare(String(a["type"]))))
      if (!/^(sqlite_|libsql_|__)|_(data|idx|content|docsize|config)$/.test(String(row["name"])))
        await client.execute(`DROP ${row["type"]} IF EXISTS ${row["name"]}`);
  const [first, ...others] = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  await client.migrate(first?.sql ?? []);
  for (const [at, text] of texts.entries()) await storeAsBefore(`e${at}`, text);
  await client.migrate(others.flatMap(({ sql }) => sql));
};

test("a database of the first version has all its documents in the index after the migration", async () => {
  await upgraded(["На столе чайник", "東京都のドリル", "boo 👻"]);
  expect(await unindexed()).toBe(3);
  expect(await renewIndex(client, () => true)).toBe(true);
  expect(await engine.idsOf({ q: "чайнек" })).toEqual(["e0"]);
  expect(await engine.idsOf({ q: "ドリル" })).toEqual(["e1"]);
  expect(await engine.idsOf({ q: "👻" })).toEqual(["e2"]);
  await engine.rows();
});

test("the previous index is kept up for an hour after the migration, and then emptied", async () => {
  await upgraded(["lighthouse"]);
  await engine.sync([create("new", { text: "harbour" })]);
  await engine.maintain();
  expect(await inPreviousIndex("lighthouse")).toBe(1);
  expect(await inPreviousIndex("harbour")).toBe(1);
  await client.execute("UPDATE text_index SET previous_until = unixepoch() - 1");
  await engine.maintain();
  await engine.sync([create("newer", { text: "harbour" }), { operation: "delete", document: { id: "new" } }]);
  expect(await inPreviousIndex("harbour")).toBe(0);
  expect(await engine.idsOf({ q: "harbour" })).toEqual(["newer"]);
});

test("a new database has no previous index to keep up", async () => {
  await engine.sync([create("a", { text: "harbour" })]);
  expect(await inPreviousIndex("harbour")).toBe(0);
});
