/**
 * DPoP proofs that this process has accepted, each for as long as it could be accepted again. Other processes do not know
 * them (RFC 9449 §11.1 leaves that to each server): a proof is good for one request, of one caller, within a minute.
 */
import { PROOF_LIFETIME_SECONDS } from "#shared/dpop/proof.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";

/** About as many as a process can verify in that time; some 30 MB. */
const MAX_SEEN = 200_000;

export interface SeenProofs {
  /** Whether it is new. Throws `Unavailable` where there is no room for more: none is forgotten before its time. */
  add(id: string): boolean;
}

export interface SeenProofsOptions {
  max?: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const createSeenProofs = ({ max = MAX_SEEN, now }: SeenProofsOptions): SeenProofs => {
  /** In the order in which they are forgotten. */
  const forgottenAtMs = new Map<string, number>();

  const forget = (nowMs: number): void => {
    for (const [id, atMs] of forgottenAtMs) {
      if (atMs > nowMs) return;
      forgottenAtMs.delete(id);
    }
  };

  return {
    add: (id) => {
      const nowMs = now();
      forget(nowMs);
      if (forgottenAtMs.has(id)) return false;
      if (forgottenAtMs.size >= max) throw new Unavailable("too many DPoP proofs are remembered");
      forgottenAtMs.set(id, nowMs + PROOF_LIFETIME_SECONDS * 1000);
      return true;
    },
  };
};
