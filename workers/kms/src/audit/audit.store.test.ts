import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { auditEntry } from "../../../../tests/support/kms.ts";
import { appendEntry } from "./audit.store.ts";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
});
afterAll(() => fountain?.stop());

const client = () => {
  const found = fountain.databases["kms"];
  if (!found) throw new Error("the kms has no database");
  return found;
};

const isStored = async (uid: string): Promise<boolean> => {
  const { rows } = await client().execute({ sql: "SELECT 1 FROM audit_entries WHERE uid = ?", args: [uid] });
  return rows.length === 1;
};

const touchService = (name: string) => ({
  sql: "UPDATE services SET rotate_after_days = 1 WHERE name = ?",
  args: [name],
});

test("stores the entry of a change that took place, and none of one that did not", async () => {
  await client().execute("INSERT INTO services (name, scopes, created_at) VALUES ('films', '[]', 0)");
  const [done, undone] = [auditEntry(), auditEntry()];
  await client().batch([touchService("films"), appendEntry(done, "changed")], "write");
  await client().batch([touchService("unknown"), appendEntry(undone, "changed")], "write");
  expect(await isStored(done.record.uid)).toBe(true);
  expect(await isStored(undone.record.uid)).toBe(false);
});

test("undoes the change whose entry cannot be stored", async () => {
  const entry = auditEntry();
  await client().execute(appendEntry(entry, "always"));
  const again = client().batch(
    [{ sql: "DELETE FROM services WHERE name = 'films'", args: [] }, appendEntry(entry, "changed")],
    "write",
  );
  await expect(again).rejects.toThrow("UNIQUE");
  const { rows } = await client().execute("SELECT name FROM services WHERE name = 'films'");
  expect(rows).toHaveLength(1);
});

test("numbers entries in the order of their commits, without a gap, whatever fails in between", async () => {
  const taken = auditEntry();
  await client().execute(appendEntry(taken, "always"));
  const attempts = Array.from({ length: 40 }, (_, at) =>
    at % 4 === 0
      ? client().batch([touchService("unknown"), appendEntry(auditEntry(), "changed")], "write")
      : client().execute(appendEntry(at % 4 === 1 ? taken : auditEntry(), "always")),
  );
  await Promise.allSettled(attempts);
  const { rows } = await client().execute("SELECT MIN(id) AS first, MAX(id) AS last, COUNT(*) AS n FROM audit_entries");
  expect(Number(rows[0]?.["last"]) - Number(rows[0]?.["first"]) + 1).toBe(Number(rows[0]?.["n"]));
});
