import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/database.ts";
import type { SearchParameters } from "../domain/parameters.ts";
import { countStatement, facetStatement, hitsStatement, selectionOf } from "./search-sql.ts";
import { queryOf } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase("search");
});
afterAll(() => database.close());

/** The steps of SQLite's plans for all statements of a search. */
const plansOf = async (parameters: SearchParameters): Promise<string[]> => {
  const orm = drizzle({ client: database.client });
  const query = queryOf(parameters);
  const selection = selectionOf(query);
  const statements = [
    countStatement(selection),
    hitsStatement(query, selection),
    ...query.facets.map((field) => facetStatement(field, selection, 10)),
  ];
  const plans: string[] = [];
  for (const statement of statements) {
    const steps = await orm.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${statement}`);
    plans.push(...steps.map(({ detail }) => detail));
  }
  return plans;
};

describe("the database's plan", () => {
  test.each<SearchParameters>([
    { q: "fox" },
    { q: "fox -dog", facet_by: "element_type,script_id" },
    { q: "fox", filter_by: "element_type:=action && script_id:=1", sort_by: "updated_at:desc" },
    { q: "fox", filter_by: "id:=a" },
    { filter_by: "text:fox" },
  ])("for %j asks the full-text index for its matches, and reads no other documents", async (parameters) => {
    const plans = await plansOf(parameters);
    const scans = plans.filter((step) => step.startsWith("SCAN"));
    expect(scans.filter((step) => step.includes("documents_text"))).not.toEqual([]);
    for (const scan of scans) expect(scan).toMatch(/SCAN documents_text VIRTUAL TABLE INDEX \d+:M2|SCAN \(subquery/);
  });

  test.each<[SearchParameters, string]>([
    [{ filter_by: "element_type:=action" }, "documents_by_element_type (element_type=?)"],
    [{ filter_by: "script_id:=1 && element_type:=action" }, "documents_by_script_id (script_id=?)"],
    [{ filter_by: "id:[a,b]" }, "documents_id_unique (id=?)"],
    [{ filter_by: "element_id:=5 && sequence_number:>3" }, "documents_by_element_id (element_id=?)"],
    [{ filter_by: "updated_at:>5", sort_by: "updated_at:desc" }, "documents_by_updated_at (updated_at>?)"],
  ])("for %j seeks in an index", async (parameters, index) => {
    const plans = await plansOf(parameters);
    expect(plans.filter((step) => step.startsWith("SCAN"))).toEqual([]);
    expect(plans.some((step) => step.includes(index))).toBe(true);
  });

  test.each([undefined, "sequence_number:desc", "element_id:asc", "updated_at:desc"])(
    "for everything, sorted by %s, follows an index and sorts no whole table",
    async (sort_by) => {
      expect((await plansOf({ sort_by })).filter((step) => step === "USE TEMP B-TREE FOR ORDER BY")).toEqual([]);
    },
  );
});
