/** That no statement of the engine reads a table from end to end, but where the question is about all of it. */
import type { Client, InStatement } from "@libsql/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { create, createTestEngine } from "../../../../tests/support/search-index.ts";
import type { SearchParameters } from "../query/parameters.ts";

interface Recorder {
  client: Client;
  statements: InStatement[];
}

/** A client that keeps what it is asked. */
const createRecorder = (client: Client): Recorder => {
  const statements: InStatement[] = [];
  const recording = new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (name !== "execute" && name !== "batch") return typeof member === "function" ? member.bind(target) : member;
      return (...args: [InStatement | InStatement[], ...unknown[]]) => {
        statements.push(...[args[0]].flat());
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { client: recording, statements };
};

let database: TestDatabase;
let recorder: Recorder;
let engine: ReturnType<typeof createTestEngine>;

beforeAll(async () => {
  database = await openTestDatabase("search");
  recorder = createRecorder(database.client);
  engine = createTestEngine(recorder.client);
  const types = ["section", "action", "spokenWord", "character"];
  await engine.sync(
    Array.from({ length: 1_000 }, (_, index) =>
      create(`e${index}`, {
        element_type: types[index % types.length] ?? "",
        element_id: index,
        sequence_number: index,
        script_id: Math.floor(index / 100),
        text: `the harbour word${index}`,
        comment: index % 2 === 0 ? "the light" : "",
      }),
    ),
  );
});
afterAll(() => database.close());

/** The steps of SQLite's plans for all that the work asks of the database. */
const plansOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  recorder.statements.length = 0;
  await work();
  const plans: string[] = [];
  for (const statement of [...recorder.statements]) {
    const { sql, args = [] } = typeof statement === "string" ? { sql: statement } : statement;
    const { rows } = await database.client.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args });
    plans.push(...rows.map((row) => String(row["detail"])));
  }
  return plans;
};

/** Steps through all of a table or index; a list that was sent along, an index's own matches, and pages are no such. */
const scansIn = (plans: readonly string[]): string[] =>
  plans.filter(
    (step) =>
      !step.includes("words_without_trigrams") &&
      /^SCAN (documents|words|word_trigrams|stored)\b(?! VIRTUAL TABLE INDEX \d+:(M|=))/.test(step),
  );

const searching = (parameters: SearchParameters) => plansOf(() => engine.search(parameters));

describe("a search reads only what its words and filters lead to", () => {
  test.each<SearchParameters>([
    { q: "harbour" },
    { q: "harb" },
    { q: "the harbour lig" },
    { q: '"the harbour" -light', facet_by: "element_type,script_id" },
    { q: "harbuor" },
    { q: "harbour banana" },
    { q: "harbour", sort_by: "updated_at:desc" },
    { q: "harbour", sort_by: "element_id:asc,_text_match:desc" },
    { q: "harbour", sort_by: "_text_match:asc" },
    { q: "harbour", filter_by: "element_type:=action && script_id:=1" },
    { q: "harbour", filter_by: "id:=e1", hidden_hits: "e1" },
    { filter_by: "text:harbour" },
    { filter_by: "element_type:=action" },
    { filter_by: "script_id:=1 && element_type:=action", facet_by: "service_name" },
    { filter_by: "id:[e1,e2]" },
    { filter_by: "element_id:=5 && sequence_number:>3" },
    { filter_by: "sequence_number:[10..20]" },
    { filter_by: "updated_at:>1700000000", sort_by: "updated_at:desc" },
  ])("%j", async (parameters) => {
    expect(scansIn(await searching(parameters))).toEqual([]);
  });
});

describe("a question about everything goes along an index, and sorts no whole table", () => {
  test.each(["", "sequence_number:desc", "element_id:asc", "updated_at:desc"])("sorted by %j", async (sort_by) => {
    const plans = await searching({ sort_by });
    for (const scan of scansIn(plans)) expect(scan).toContain("USING");
    const sorted = plans.filter((step) => step === "USE TEMP B-TREE FOR ORDER BY");
    // The one page that was found.
    expect(sorted.length).toBeLessThanOrEqual(1);
  });
});

test("storing, changing and removing documents reads no others", async () => {
  const plans = await plansOf(() =>
    engine.sync([
      create("e1", { text: "new" }),
      { operation: "update", document: { id: "e2", text: "changed" } },
      { operation: "delete", document: { id: "e3" } },
    ]),
  );
  expect(scansIn(plans)).toEqual([]);
});

test("upkeep looks at a part of the words", async () => {
  expect(scansIn(await plansOf(() => engine.maintain()))).toEqual([]);
});
