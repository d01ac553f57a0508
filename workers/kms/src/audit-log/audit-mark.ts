/**
 * High-water marks of the chain of audit entries: how far it had come when it was read. A process keeps one in memory,
 * and every checkpoint that is stored is one. A database that was put back to an older state does not reach them any more,
 * or has other entries there, and the kms does not continue it.
 */

import { Unavailable } from "#shared/lang/unavailable.ts";
import { isSameHash } from "../crypto/mac.ts";
import { type ChainPlace, type ChainState, sealOf } from "./audit-chain.ts";
import { type Checkpoint, placeIn } from "./audit-checkpoints.ts";

export type ChainMark = Pick<ChainPlace, "id" | "link">;

/** Of a process that has seen nothing yet. */
export const NO_MARK: ChainMark = { id: 0, link: "" };

/** The audit trail lacks what was in it before: nothing that must be recorded is done until an operator has looked. */
export class TrailBehind extends Unavailable {
  override readonly name = "TrailBehind";

  constructor() {
    super("the audit trail lacks entries that it had before", {
      detail:
        "The audit trail lacks earlier entries, so changes are refused. Ask the operator to check the log for audit.broken.",
    });
  }
}

/** What a stored checkpoint says, if the kms said it; its signature is not looked at. */
export const markOf = (macKey: Uint8Array, checkpoint: Checkpoint): ChainMark | undefined => {
  const place = placeIn(checkpoint);
  return place && isSameHash(place.seal, sealOf(macKey, place.id, place.link)) ? place : undefined;
};

/**
 * The first entry that the chain lacks since the mark was made, or the marked one when that is another; `undefined` when the
 * chain continues from there. `link` is that of the stored entry with the id of the mark.
 */
export const lostSince = (mark: ChainMark, state: ChainState, link: string | null | undefined): number | undefined => {
  if (mark.id > state.headId) return state.headId + 1;
  // What was pruned since cannot be compared: that the base lies behind it has our HMAC.
  if (mark.id === NO_MARK.id || mark.id < state.baseId) return undefined;
  return (mark.id === state.baseId ? state.baseLink : link) === mark.link ? undefined : mark.id;
};
