/** Statements that revoke access tokens; they run in the transaction of what causes them. */
import type { InStatement } from "@libsql/client";
import { appendEntry } from "../audit/audit.store.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { KmsDatabase } from "../db/connection.ts";

/** Two causes for one session: the earlier instant counts. */
export const EARLIER_REVOCATION_COUNTS =
  "ON CONFLICT (session_id) DO UPDATE SET revoked_at = MIN(revoked_at, excluded.revoked_at)";

/** Revokes the tokens of one session. */
export const revokeSession = (sessionId: string, at: Date): InStatement => ({
  sql: `INSERT INTO revocations (session_id, revoked_at) VALUES (?, ?) ${EARLIER_REVOCATION_COUNTS}`,
  args: [sessionId, at.getTime()],
});

export type RevokeToken = (tokenId: string, entry: AuditEntry) => Promise<void>;

/** Revokes single tokens. A `jti` stands where sessions stand: none of the two can pass for the other. */
export const createTokenRevoker =
  ({ client }: Pick<KmsDatabase, "client">, now: () => number): RevokeToken =>
  async (tokenId, entry) => {
    await client.batch([revokeSession(tokenId, new Date(now())), appendEntry(entry, "changed")], "write");
  };
