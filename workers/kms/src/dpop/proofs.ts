/** DPoP proofs at the token endpoint (RFC 9449 §5): each is used once, whichever process it reaches. */
import { PROOF_LIFETIME_SECONDS, type ProofFault, type ProvenRequest, verifyProof } from "#shared/dpop/proof.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";

/** Clocks of processes differ. */
const SLACK_SECONDS = 60;

export interface ProofStore {
  /** Remembers a proof; false: it was used before. */
  add(proofId: string, expiresAt: Date): Promise<boolean>;
  /** Forgets those that are too old to be accepted. */
  purge(at: Date): Promise<void>;
}

export interface Proofs {
  /** Uses up the proof of a request, and gives the thumbprint of its key. */
  use(proof: string, request: ProvenRequest): Promise<Result<string, ProofFault | "proof-replayed">>;
  purge(): Promise<void>;
}

export const createProofs = ({ store, now }: { store: ProofStore; now: () => number }): Proofs => ({
  use: async (proof, request) => {
    const nowMs = now();
    const verified = await verifyProof(proof, request, nowMs);
    if (!verified.ok) return verified;
    const { jkt, id } = verified.value;
    const expiresAt = new Date(nowMs + (PROOF_LIFETIME_SECONDS + SLACK_SECONDS) * 1000);
    return (await store.add(await sha256(id), expiresAt)) ? success(jkt) : failure("proof-replayed");
  },
  purge: () => store.purge(new Date(now())),
});
