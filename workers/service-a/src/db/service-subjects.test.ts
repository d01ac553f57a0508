/** That what services stored under their bare names is theirs still, and what users stored is nobody else's. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";

const MIGRATION = path.join(import.meta.dirname, "../../migrations/0003_service-subjects.sql");
const USER = "1c375f66-a775-4c07-9b2f-0017b0b33eba";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase("service-a");
});
afterAll(() => database.close());

test("services are named as such, once, and users as before", async () => {
  const { client } = database;
  const before = ["films", "a-longer-name-2", USER, "service:new", `${USER} by films`];
  for (const [at, caller] of before.entries())
    await client.batch(
      [
        {
          sql: "INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, created_at) VALUES ('action', ?, 1, '', '', ?, 0)",
          args: [at, caller],
        },
        {
          sql: "INSERT INTO scripts (id, title_page, counts, created_by, created_at) VALUES (?, '', '{}', ?, 0)",
          args: [at, caller],
        },
        {
          sql: "INSERT INTO idempotency_keys (caller, key, fingerprint, outcome, expires_at) VALUES (?, 'k', '', '', 0)",
          args: [caller],
        },
      ],
      "write",
    );
  const statements = readFileSync(MIGRATION, "utf8").split("--> statement-breakpoint");
  for (let times = 0; times < 2; times += 1) await client.migrate(statements);

  const after = ["service:films", "service:a-longer-name-2", USER, "service:new", `${USER} by films`];
  const stored = async (sql: string): Promise<unknown[]> => (await client.execute(sql)).rows.map((row) => row[0]);
  expect(await stored("SELECT created_by FROM versions ORDER BY element_id")).toEqual(after);
  expect(await stored("SELECT created_by FROM scripts ORDER BY id")).toEqual(after);
  expect((await stored("SELECT caller FROM idempotency_keys")).toSorted()).toEqual(after.toSorted());
});
