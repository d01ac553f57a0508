/** Statements that revoke access tokens; they run in the transaction of what causes them. */
import type { InStatement } from "@libsql/client";
import { appendEntry } from "../audit/audit.store.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { KmsDatabase } from "../db/connection.ts";

/** Two causes to revoke the same: the earlier instant counts. */
export const EARLIER_REVOCATION_COUNTS =
  "ON CONFLICT (revoked_id) DO UPDATE SET revoked_at = MIN(revoked_at, excluded.revoked_at)";

/** Revokes the tokens of a session or an API key, or a single token: no two of them have the same id. */
export const insertRevocation = (revokedId: string, at: Date): InStatement => ({
  sql: `INSERT INTO revocations (revoked_id, revoked_at) VALUES (?, ?) ${EARLIER_REVOCATION_COUNTS}`,
  args: [revokedId, at.getTime()],
});

export type RevokeToken = (tokenId: string, entry: AuditEntry) => Promise<void>;

/** Revokes single tokens, by their `jti`. */
export const createTokenRevoker =
  ({ client }: Pick<KmsDatabase, "client">, now: () => number): RevokeToken =>
  async (tokenId, entry) => {
    await client.batch([insertRevocation(tokenId, new Date(now())), appendEntry(entry, "changed")], "write");
  };
