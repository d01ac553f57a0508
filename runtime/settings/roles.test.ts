import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FIRST_ROLES } from "../../workers/kms/src/accounts/roles.ts";
import { roleFaults, storedRoles } from "./roles.ts";

let data: string;
const file = () => path.join(data, "libsql", "dbs", "kms", "data");

beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), "fountain-roles-"));
  mkdirSync(path.dirname(file()), { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true }));

test("without data, the roles are those that the migration creates", () => {
  expect(storedRoles(data)).toEqual(FIRST_ROLES);
  const migration = readFileSync(
    path.join(import.meta.dirname, "../../workers/kms/migrations/0000_tables.sql"),
    "utf8",
  );
  const [, rows = ""] = /INSERT INTO `roles` .* VALUES\n([^;]*);/.exec(migration) ?? [];
  expect([...rows.matchAll(/\('(\w+)'/g)].map(([, name]) => name).toSorted()).toEqual(FIRST_ROLES.toSorted());
});

test("a role that is still in the write-ahead log is found, while another process has the database open", () => {
  const database = new DatabaseSync(file());
  database.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE roles (name TEXT); INSERT INTO roles VALUES ('ops'), ('user')",
  );
  expect(storedRoles(data)).toEqual(["ops", "user"]);
  database.close();
});

test("a database that cannot be read says nothing of roles", () => {
  writeFileSync(file(), "not a database".repeat(1000));
  expect(storedRoles(data)).toBeUndefined();
});

test("roles that do not exist are named, with those that do", () => {
  const faults = (STEP_UP_FOR_ROLES: string) => roleFaults({ STEP_UP_FOR_ROLES }, ["ops", "user"]);
  expect([faults(""), faults("admin,ops"), faults("No Name")]).toEqual([[], [], []]);
  expect(faults("ops,opps")).toEqual([
    'STEP_UP_FOR_ROLES has "opps", which does not exist: set it to roles that do, with commas between: admin, ops, user',
  ]);
});
