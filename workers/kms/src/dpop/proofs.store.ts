/** The used DPoP proofs in the database. */
import { lt } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { dpopProofs } from "../db/schema/dpop-proofs.ts";
import type { ProofStore } from "./proofs.ts";

export const createProofStore = ({ orm, client }: KmsDatabase): ProofStore => ({
  add: async (proofId, expiresAt) => {
    const { rowsAffected } = await client.execute({
      sql: "INSERT INTO dpop_proofs (proof_id, expires_at) VALUES (?, ?) ON CONFLICT (proof_id) DO NOTHING",
      args: [proofId, expiresAt.getTime()],
    });
    return rowsAffected === 1;
  },
  purge: async (at) => {
    await orm.delete(dpopProofs).where(lt(dpopProofs.expiresAt, at));
  },
});
