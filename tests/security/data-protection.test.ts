/** The levels of docs/security/data-protection.md: every column has one, and what is secret or sealed is not there in the clear. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";

const document = readFileSync(path.join(import.meta.dirname, "../../docs/security/data-protection.md"), "utf8");

const LEVELS = ["secret", "personal", "internal"] as const;
type Level = (typeof LEVELS)[number];

/** `worker.table.column` by its level, as the document has it. */
const documented = document
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter(([, , table = ""]) => /^`\w+`$/.test(table))
  .flatMap(([, worker = "", table = "", ...cells]) =>
    LEVELS.flatMap((level, at) =>
      [...(cells[at] ?? "").matchAll(/`(\w+)`/g)].map(([, column = ""]) => ({
        column: `${worker}.${table.slice(1, -1)}.${column}`,
        level,
      })),
    ),
  );

/** Of libSQL and of the migrations; the tables of the full-text index hold what `documents` does. */
const NOT_OURS = /^(?:sqlite_|__drizzle|libsql_|documents_text|document_tokens)/;

let fountain: Fountain;
beforeAll(async () => {
  fountain = await startFountain();
  await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

test("every column of every database has one level", async () => {
  const columns: string[] = [];
  for (const [worker, database] of Object.entries(fountain.databases)) {
    const { rows } = await database.execute(
      "SELECT tables.name AS tableName, columns.name AS columnName FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'",
    );
    for (const { tableName, columnName } of rows)
      if (!NOT_OURS.test(String(tableName))) columns.push(`${worker}.${tableName}.${columnName}`);
  }
  expect(columns.length).toBeGreaterThan(200);
  expect(documented.map(({ column }) => column).sort()).toEqual(columns.sort());
});

/** What a hash or a ciphertext is no shorter than, and never has in it. */
const isOpaque = (value: string): boolean => value === "" || (value.length >= 32 && !value.includes(" "));

test("whatever is secret is stored as a hash or as ciphertext", async () => {
  const secret = documented.filter(({ level }: { level: Level }) => level === "secret");
  let seen = 0;
  for (const { column } of secret) {
    const [worker = "", table, name] = column.split(".");
    const { rows } = (await fountain.databases[worker]?.execute(`SELECT ${name} AS value FROM ${table}`)) ?? {
      rows: [],
    };
    for (const { value } of rows) {
      if (value === null) continue;
      seen += 1;
      expect(isOpaque(String(value)), column).toBe(true);
    }
  }
  // Passwords, refresh tokens, keys, codes and seeds: a login and a second factor leave some of each.
  expect(seen).toBeGreaterThan(10);
});
