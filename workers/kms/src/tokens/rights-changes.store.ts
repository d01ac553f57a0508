/** Statements that void the access tokens of a holder who lost a right; they run in the transaction of what causes them. */
import type { InStatement } from "@libsql/client";

interface Condition {
  sql: string;
  args: string[];
}

/** Right behind the audit entry of the statement that made the change: nothing, if that changed no row. */
const ROW_CHANGED: Condition = { sql: "changes() > 0", args: [] };

/** Notes that the holder's rights changed at that instant, if the condition holds. */
export const noteRightsChange = (holder: string, at: Date, { sql, args }: Condition = ROW_CHANGED): InStatement => ({
  sql: `INSERT INTO rights_changes (holder, changed_at) SELECT ?, ? WHERE ${sql}
        ON CONFLICT (holder) DO UPDATE SET changed_at = MAX(changed_at, excluded.changed_at)`,
  args: [holder, at.getTime(), ...args],
});
