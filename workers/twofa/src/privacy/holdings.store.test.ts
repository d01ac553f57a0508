import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import * as schema from "../model/schema.ts";
import { createHoldingStore } from "./holdings.store.ts";

let opened: TestDatabase;

beforeAll(async () => {
  opened = await openTestDatabase("twofa");
});
afterAll(() => opened?.close());

const rowsOf = async (sql: string): Promise<Record<string, unknown>[]> =>
  (await opened.client.execute(sql)).rows.map((row) => ({ ...row }));

/** A row of the table that is about this user, whatever else the table wants. */
const insertRow = async (table: string, userId: string): Promise<void> => {
  const columns = await rowsOf(`PRAGMA table_info("${table}")`);
  const cellOf = ({ name, type }: Record<string, unknown>) =>
    name === "user_id" ? userId : type === "INTEGER" ? 1 : `${userId}-${String(name)}`;
  await opened.client.execute({
    sql: `INSERT INTO "${table}" (${columns.map(({ name }) => String(name)).join()}) VALUES (${columns.map(() => "?").join()})`,
    args: columns.map(cellOf),
  });
};

test("nothing about an erased user is left in any table there is, and everything about others is", async () => {
  const tables = (
    await rowsOf(
      `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'user_id'`,
    )
  ).map(({ name }) => String(name));
  expect(tables).toContain("factors");
  for (const table of tables) for (const userId of ["erased", "other"]) await insertRow(table, userId);
  await createHoldingStore({
    ...opened,
    orm: drizzle({ client: opened.client, schema }),
    probe: async () => {},
  }).erase(["erased"]);
  for (const table of tables)
    expect(await rowsOf(`SELECT user_id FROM "${table}"`), table).toEqual([{ user_id: "other" }]);
});
