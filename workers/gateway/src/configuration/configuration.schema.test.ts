import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase("gateway");
});
afterAll(() => database?.close());

const revisionAfter = async (sql: string): Promise<unknown> => {
  await database.client.execute(sql);
  const { rows } = await database.client.execute("SELECT revision FROM configuration_revision");
  return rows[0]?.["revision"];
};

const insert = (source: string): string =>
  `INSERT INTO configuration (kind, name, version, source, body, created_at, updated_at)
    VALUES ('upstream', 'notes', 1, '${source}', '{}', 0, 0)`;
const UPSERT = `${insert("api")} ON CONFLICT (kind, name) DO UPDATE SET version = version + 1`;

test("each change of the configuration grows its revision by one", async () => {
  expect(await revisionAfter(insert("file"))).toBe(1);
  expect(await revisionAfter(UPSERT)).toBe(2);
  expect(await revisionAfter("UPDATE configuration SET body = '[]'")).toBe(3);
  expect(await revisionAfter("DELETE FROM configuration WHERE name = 'other'")).toBe(3);
  expect(await revisionAfter("DELETE FROM configuration")).toBe(4);
});

test("there is one revision, and every object comes from a call or the file", async () => {
  await expect(revisionAfter("INSERT INTO configuration_revision VALUES (2, 0)")).rejects.toThrow("CHECK");
  await expect(revisionAfter(insert("elsewhere"))).rejects.toThrow("CHECK");
});
