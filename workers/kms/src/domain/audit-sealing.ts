/** Links audit entries: whoever comes first does it, for all that wait; two at once do the same, and one of them in vain. */
import {
  type ChainPlace,
  EMPTY_CHAIN,
  extendChain,
  isOurs,
  type StoredChainState,
  type StoredEntry,
} from "./audit-chain.ts";

/** Entries in one transaction. */
export const SEALING_BATCH = 500;
/** Batches in one run: a caller does not wait for a backlog. */
const MAX_BATCHES = 20;
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
  advance(from: StoredChainState | undefined, to: StoredChainState, linkages: readonly ChainPlace[]): Promise<boolean>;
}

export interface AuditSealer {
  /** Links what is stored, up to some thousand entries, and makes the checkpoint that is due. */
  seal(): Promise<void>;
  /** There will be an entry to link. */
  expectEntry(): void;
  /** The same as `seal`, unless no entry is expected or it has just been done. */
  sealSoon(): Promise<void>;
}

export interface AuditSealerOptions {
  repository: ChainRepository;
  macKey: Uint8Array;
  /** Told when the chain is not ours, and nothing more is linked. */
  alarm: () => void;
  /** Makes the checkpoint that is due. */
  makeCheckpoint: () => Promise<void>;
  now: () => number;
}

export const createAuditSealer = ({
  repository,
  macKey,
  alarm,
  makeCheckpoint,
  now,
}: AuditSealerOptions): AuditSealer => {
  let isExpecting = false;
  let sealedAtMs = Number.NEGATIVE_INFINITY;

  const seal = async (): Promise<void> => {
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      sealedAtMs = now();
      isExpecting = false;
      const { state, entries } = await repository.readTail(SEALING_BATCH);
      if (entries.length === 0) return makeCheckpoint();
      if (state ? !isOurs(macKey, state) : entries.some(({ link }) => link !== null)) return alarm();
      const next = extendChain(macKey, state ?? EMPTY_CHAIN, entries);
      await repository.advance(state, next.state, next.linkages);
      await makeCheckpoint();
      if (entries.length < SEALING_BATCH) return;
    }
  };

  return {
    seal,
    expectEntry: () => {
      isExpecting = true;
    },
    sealSoon: async () => {
      if (isExpecting && now() - sealedAtMs >= PAUSE_MS) await seal();
    },
  };
};
