/** DPoP proofs that were used. */
import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "./columns.ts";

export const dpopProofs = sqliteTable(
  "dpop_proofs",
  {
    /** SHA-256 of the key's thumbprint and the proof's `jti`. */
    proofId: text("proof_id").primaryKey(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [index("dpop_proofs_by_expiry").on(table.expiresAt)],
);
