/** Access tokens that are bound to a key (RFC 9449 §7): their holder proves at every call to have it. */
import { DPOP_ALGORITHMS, type ProvenRequest, verifyProof } from "#shared/dpop/proof.ts";
import { noteReason } from "#shared/observability/context.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { Credential } from "./credential.ts";
import type { SeenProofs } from "./seen-proofs.ts";

const DETAILS = {
  invalid_token:
    "Send a valid access token: as Authorization: DPoP with a proof in DPoP where it is bound to a key, else as Authorization: Bearer.",
  invalid_dpop_proof:
    "The DPoP proof is missing, invalid, too old, for another request or already used. Send a new one.",
};

/** The 401 of RFC 9449 §7.1; the reason goes to the log. */
export const bindingRefused = (error: keyof typeof DETAILS, reason: string): Problem => {
  noteReason(reason);
  return problem("unauthenticated", {
    detail: DETAILS[error],
    headers: { "www-authenticate": `DPoP error="${error}", algs="${DPOP_ALGORITHMS.join(" ")}"` },
  });
};

/** A verified credential, and the request that it came with. */
export interface Presented {
  credential: Credential;
  /** The key that the token is bound to. */
  jkt: string | undefined;
  proof: string | null;
  request: () => Required<ProvenRequest>;
}

/** Whether it is neither bound nor presented as if it were: the others have nothing to prove. */
export const isUnbound = ({ kind }: Credential, jkt: string | undefined): boolean =>
  jkt === undefined && kind !== "bound-token";

/**
 * Uses up the proof of a bound token. Refuses with 401 one that is presented as Bearer (§7.2), one that is not bound, and
 * whatever is no proof for this very request.
 */
export const assertProven = async (
  { credential, jkt, proof, request }: Presented,
  { seen, nowMs }: { seen: SeenProofs; nowMs: number },
): Promise<void> => {
  if (jkt === undefined) throw bindingRefused("invalid_token", "token-not-bound");
  if (credential.kind !== "bound-token") throw bindingRefused("invalid_token", "key-unproven");
  if (proof === null) throw bindingRefused("invalid_dpop_proof", "proof-missing");
  const verified = await verifyProof(proof, request(), nowMs);
  if (!verified.ok) throw bindingRefused("invalid_dpop_proof", verified.error.kind);
  if (verified.value.jkt !== jkt) throw bindingRefused("invalid_dpop_proof", "proof-of-other-key");
  if (!seen.add(verified.value.id)) throw bindingRefused("invalid_dpop_proof", "proof-replayed");
};
