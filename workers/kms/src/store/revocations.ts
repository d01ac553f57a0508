/** Statements that revoke access tokens; they run in the transaction of what causes them. */
import type { InStatement } from "@libsql/client";

/** Two causes for one session: the earlier instant counts. */
export const EARLIER_REVOCATION_COUNTS =
  "ON CONFLICT (session_id) DO UPDATE SET revoked_at = MIN(revoked_at, excluded.revoked_at)";

/** Revokes the tokens of one session. */
export const revokeSession = (sessionId: string, at: Date): InStatement => ({
  sql: `INSERT INTO revocations (session_id, revoked_at) VALUES (?, ?) ${EARLIER_REVOCATION_COUNTS}`,
  args: [sessionId, at.getTime()],
});
