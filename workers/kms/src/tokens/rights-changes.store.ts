/** Statements that void the access tokens of whoever lost a right; they run in the transaction of what causes them. */
import type { InStatement } from "@libsql/client";

/** Notes a change right behind the audit entry of the statement that made it; nothing, if that changed no row. */
export const noteRightsChange = (holder: string, at: Date): InStatement => ({
  sql: `INSERT INTO rights_changes (holder, changed_at) SELECT ?, ? WHERE changes() > 0
        ON CONFLICT (holder) DO UPDATE SET changed_at = MAX(changed_at, excluded.changed_at)`,
  args: [holder, at.getTime()],
});
