/** Links audit entries: whoever comes first does it, for all that wait; two at once do the same, and one of them in vain. */
import {
  EMPTY_CHAIN,
  extendChain,
  isOurs,
  type Linkage,
  type StoredChainState,
  type StoredEntry,
} from "./audit-chain.ts";

/** Entries in one transaction. */
export const SEALING_BATCH = 500;
/** Between two runs that nobody asked for, so that a busy kms links many entries at once. */
const PAUSE_MS = 1_000;

/** The chain as it stands, and the entries that are not linked yet. */
export interface ChainTail {
  state: StoredChainState | undefined;
  entries: StoredEntry[];
}

export interface ChainRepository {
  /** Both as of one instant. */
  readTail(limit: number): Promise<ChainTail>;
  /** Moves the head and links the entries, unless the chain is no longer `from`; false: it is not. */
  advance(from: StoredChainState | undefined, to: StoredChainState, linkages: readonly Linkage[]): Promise<boolean>;
}

export interface AuditSealer {
  /** Links all that is stored. */
  seal(): Promise<void>;
  /** The same, unless it has just been done. */
  sealSoon(): Promise<void>;
}

export interface AuditSealerOptions {
  repository: ChainRepository;
  macKey: Uint8Array;
  /** Told when the chain is not ours, and nothing more is linked. */
  alarm: () => void;
  now: () => number;
}

export const createAuditSealer = ({ repository, macKey, alarm, now }: AuditSealerOptions): AuditSealer => {
  let sealedAtMs = Number.NEGATIVE_INFINITY;

  const seal = async (): Promise<void> => {
    for (;;) {
      sealedAtMs = now();
      const { state, entries } = await repository.readTail(SEALING_BATCH);
      if (entries.length === 0) return;
      if (state ? !isOurs(macKey, state) : entries.some(({ link }) => link !== null)) return alarm();
      const next = extendChain(macKey, state ?? EMPTY_CHAIN, entries);
      await repository.advance(state, next.state, next.linkages);
      if (entries.length < SEALING_BATCH) return;
    }
  };

  return {
    seal,
    sealSoon: async () => {
      if (now() - sealedAtMs >= PAUSE_MS) await seal();
    },
  };
};
