/** The audit trail as its database has it. */
import type { Fountain } from "../harness.ts";

export interface StoredEntry {
  id: number;
  action: string;
  outcome: string;
  actor: string | null;
  target: string | null;
  reason: string | null;
}

const trail = ({ databases }: Pick<Fountain, "databases">) => {
  const client = databases["kms"];
  if (!client) throw new Error("the kms has no database");
  return client;
};

const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));

/** The entries after one of them, oldest first. */
export const auditEntriesAfter = async (fountain: Pick<Fountain, "databases">, id: number): Promise<StoredEntry[]> => {
  const sql = "SELECT id, action, outcome, actor, target, reason FROM audit_entries WHERE id > ? ORDER BY id";
  const { rows } = await trail(fountain).execute({ sql, args: [id] });
  return rows.map((row) => ({
    id: Number(row["id"]),
    action: String(row["action"]),
    outcome: String(row["outcome"]),
    actor: textOrNull(row["actor"]),
    target: textOrNull(row["target"]),
    reason: textOrNull(row["reason"]),
  }));
};

export const lastAuditEntryId = async (fountain: Pick<Fountain, "databases">): Promise<number> => {
  const { rows } = await trail(fountain).execute("SELECT COALESCE(MAX(id), 0) AS id FROM audit_entries");
  return Number(rows[0]?.["id"]);
};

/** Does the work while no entry with this action can be stored. */
export const withoutAudit = async <Value>(
  fountain: Pick<Fountain, "databases">,
  action: string,
  work: () => Promise<Value>,
): Promise<Value> => {
  await trail(fountain).execute(
    `CREATE TRIGGER no_audit BEFORE INSERT ON audit_entries WHEN NEW.action = '${action}'
       BEGIN SELECT RAISE(ABORT, 'no audit'); END`,
  );
  try {
    return await work();
  } finally {
    await trail(fountain).execute("DROP TRIGGER no_audit");
  }
};
