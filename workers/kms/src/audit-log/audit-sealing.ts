/** Links audit entries: one run links all that wait. Two at once do the same work, and one of them changes nothing. */

import {
  type ChainPlace,
  type ChainState,
  EMPTY_CHAIN,
  extendChain,
  isOurs,
  type StoredChainState,
  type StoredEntry,
} from "./audit-chain.ts";
import type { Checkpoint, SeenChain } from "./audit-checkpoints.ts";
import { type ChainMark, lostSince, markOf, NO_MARK } from "./audit-mark.ts";
import type { TrailState } from "./trail-state.ts";

/** Entries in one transaction. */
const SEALING_BATCH = 500;
/** Batches in one run: a caller does not wait for a backlog. */
const MAX_BATCHES = 20;
/** Between two runs that are not urgent, so that a busy kms links many entries at once. */
const PAUSE_MS = 1_000;
/** A run that has not come to an end by then was cut off with the request that it followed. */
const MAX_RUN_MS = 5_000;

/** The chain as it stands, and the entries that are not linked yet. */
export interface ChainTail {
  state: StoredChainState | undefined;
  entries: StoredEntry[];
  /** The last one kept. */
  checkpoint: Checkpoint | undefined;
  /** The entry that was marked, and the one that the checkpoint is of, as far as they are there. */
  marked: { id: number; link: string | null }[];
}

export interface ChainStore {
  /** All of it as of one instant. */
  readTail(limit: number, markedId: number): Promise<ChainTail>;
  /** Moves the head and links the entries, unless the chain is no longer `from`; false: it is not. */
  advance(from: StoredChainState | undefined, to: StoredChainState, linkages: readonly ChainPlace[]): Promise<boolean>;
}

export interface AuditSealer {
  /** Links what is stored, up to some thousand entries, and makes the checkpoint that is due. */
  seal(): Promise<void>;
  /** The same as `seal`, unless no entry is expected; nor if it has just been done, and no rights were changed since. */
  sealSoon(): Promise<void>;
  /** How far this process has seen the chain. */
  mark(): ChainMark;
}

export interface AuditSealerOptions {
  store: ChainStore;
  state: TrailState;
  macKey: Uint8Array;
  /** Called when the chain is not ours, or lacks what it had before, and nothing more is linked. */
  alarm: (reason: ChainAlarm) => void;
  /** Makes the checkpoint that is due, or one in any case. */
  makeCheckpoint: (isUrgent: boolean, seen: SeenChain) => Promise<void>;
  now: () => number;
}

export type ChainAlarm = "not-ours" | "behind";

export const createAuditSealer = ({
  store,
  state: trail,
  macKey,
  alarm,
  makeCheckpoint,
  now,
}: AuditSealerOptions): AuditSealer => {
  let runningSinceMs: number | undefined;
  let sealedAtMs = Number.NEGATIVE_INFINITY;
  let mark = NO_MARK;

  /** What was seen never grows less, whichever of two runs at once ends last. */
  const raiseMark = ({ headId: id, headLink: link }: ChainState): void => {
    if (id > mark.id) mark = { id, link };
  };

  const isLost = (seen: ChainMark, { state, checkpoint, marked }: ChainTail): boolean =>
    [seen, checkpoint && markOf(macKey, checkpoint)].some((known) => {
      const link = marked.find(({ id }) => id === known?.id)?.link;
      return known !== undefined && lostSince(known, state ?? EMPTY_CHAIN, link) !== undefined;
    });

  /** The chain and what is to be linked next; `undefined`, with an alarm, when it must not be carried on. */
  const readTail = async (): Promise<ChainTail | undefined> => {
    const seen = mark;
    const tail = await store.readTail(SEALING_BATCH, seen.id);
    const { state, entries } = tail;
    trail.isBehind = isLost(seen, tail);
    const isForeign = state ? !isOurs(macKey, state) : entries.some(({ link }) => link !== null);
    if (!trail.isBehind && !isForeign) return tail;
    alarm(trail.isBehind ? "behind" : "not-ours");
    return undefined;
  };

  /** Links the next entries; false: there are no more for now. */
  const sealBatch = async (makesCheckpoint: boolean): Promise<boolean> => {
    const tail = await readTail();
    if (!tail) return false;
    const { state, entries, checkpoint } = tail;
    let { headId } = state ?? EMPTY_CHAIN;
    if (state) raiseMark(state);
    if (entries.length > 0) {
      const next = extendChain(macKey, state ?? EMPTY_CHAIN, entries);
      if (await store.advance(state, next.state, next.linkages)) raiseMark(next.state);
      headId = next.state.headId;
    }
    await makeCheckpoint(makesCheckpoint, { headId, latest: checkpoint });
    return entries.length === SEALING_BATCH;
  };

  const seal = async (): Promise<void> => {
    const wasUrgent = trail.isUrgent;
    sealedAtMs = now();
    trail.isExpecting = false;
    trail.isUrgent = false;
    try {
      for (let batch = 0; batch < MAX_BATCHES && (await sealBatch(wasUrgent)); batch += 1);
    } catch (error) {
      trail.isExpecting = true;
      trail.isUrgent ||= wasUrgent;
      throw error;
    }
  };

  /** Continues while rights are being changed; many at once share a run. */
  const sealAtOnce = async (): Promise<void> => {
    if (runningSinceMs !== undefined && now() < runningSinceMs + MAX_RUN_MS) return;
    runningSinceMs = now();
    try {
      while (trail.isUrgent) await seal();
    } finally {
      runningSinceMs = undefined;
    }
  };

  return {
    seal,
    sealSoon: async () => {
      if (trail.isUrgent) await sealAtOnce();
      else if (trail.isExpecting && now() - sealedAtMs >= PAUSE_MS) await seal();
    },
    mark: () => mark,
  };
};
