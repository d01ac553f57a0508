/** Goes over the chain of audit entries, and finds the first one that was changed, removed, inserted or moved. */
import { macOfRecord } from "./audit.ts";
import {
  type ChainState,
  EMPTY_CHAIN,
  isOurs,
  linkOf,
  type StoredChainState,
  type StoredEntry,
  sealOf,
} from "./audit-chain.ts";
import { isSameHash } from "./mac.ts";

/** Entries held at a time. */
const PAGE = 1_000;
/** Entries told before the base are gone; clocks may differ by so much. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

export interface ChainReader {
  readState(): Promise<{ state: StoredChainState | undefined; hasLinked: boolean; lastId: number }>;
  readEntry(id: number): Promise<StoredEntry | undefined>;
  readEntries(fromId: number, throughId: number, limit: number): Promise<StoredEntry[]>;
  /** An entry that tells what another one tells already, whatever it takes to find it. */
  findRepeated(): Promise<number | undefined>;
}

export interface ChainVerdict {
  valid: boolean;
  /** How many entries were found good. */
  entries: number;
  /** The first id where something is not as it was written: changed, missing, or never ours. */
  brokenAt?: number;
  /** Where to go on: there was no time for more. */
  next?: number;
}

export interface Verification {
  /** Where to begin, trusting the link of the entry before; the beginning of the chain, if not said. */
  fromId?: number | undefined;
  /** When to stop, with what was seen until then. */
  untilMs: number;
}

export type VerifyChain = (verification: Verification) => Promise<ChainVerdict>;

export interface ChainVerifierOptions {
  reader: ChainReader;
  macKey: Uint8Array;
  now: () => number;
}

/** Whether we wrote the entry, wherever it stands. */
export const isAuthentic = (macKey: Uint8Array, entry: StoredEntry): boolean =>
  isSameHash(entry.mac, macOfRecord(macKey, entry));

/** Whether the entry is linked to the one before, by us. */
export const isLinked = (macKey: Uint8Array, previousLink: string, entry: StoredEntry): boolean =>
  entry.link !== null &&
  entry.seal !== null &&
  isSameHash(entry.link, linkOf(previousLink, entry.id, entry)) &&
  isSameHash(entry.seal, sealOf(macKey, entry.id, entry.link));

export const createChainVerifier = ({ reader, macKey, now }: ChainVerifierOptions): VerifyChain => {
  /** Behind the head entries wait to be linked: they need to be ours, and all there. */
  const isGood = (entry: StoredEntry, previousLink: string, state: ChainState): boolean =>
    isAuthentic(macKey, entry) &&
    entry.at.getTime() >= state.baseAt.getTime() - CLOCK_TOLERANCE_MS &&
    (entry.id > state.headId || isLinked(macKey, previousLink, entry)) &&
    (entry.id !== state.headId || entry.link === state.headLink);

  /** The link that an entry must follow; `undefined` when what is stored there is not ours. */
  const linkBefore = async (id: number, state: ChainState): Promise<string | undefined> => {
    if (id === state.baseId + 1) return state.baseLink;
    if (id > state.headId + 1) return state.headLink;
    const before = await reader.readEntry(id - 1);
    if (!before?.link || !before.seal) return undefined;
    return isSameHash(before.seal, sealOf(macKey, before.id, before.link)) ? before.link : undefined;
  };

  const verify: VerifyChain = async ({ fromId, untilMs }) => {
    const { state: stored, hasLinked, lastId } = await reader.readState();
    if (stored ? !isOurs(macKey, stored) : hasLinked) return { valid: false, entries: 0, brokenAt: 1 };
    const state = stored ?? EMPTY_CHAIN;
    const firstId = Math.max(fromId ?? 0, state.baseId + 1);
    const throughId = Math.max(lastId, state.headId);
    const brokenAt = (id: number): ChainVerdict => ({ valid: false, entries: id - firstId, brokenAt: id });

    let previousLink = await linkBefore(firstId, state);
    if (previousLink === undefined) return { ...brokenAt(firstId), brokenAt: firstId - 1 };
    let nextId = firstId;
    while (nextId <= throughId) {
      if (nextId > firstId && now() >= untilMs) return { valid: true, entries: nextId - firstId, next: nextId };
      const page = await reader.readEntries(nextId, throughId, PAGE);
      if (page.length === 0) return brokenAt(nextId);
      for (const entry of page) {
        if (entry.id !== nextId || !isGood(entry, previousLink, state)) return brokenAt(nextId);
        previousLink = entry.link ?? previousLink;
        nextId += 1;
      }
    }
    const repeatedId = fromId === undefined ? await reader.findRepeated() : undefined;
    const entries = Math.max(nextId - firstId, 0);
    return repeatedId === undefined ? { valid: true, entries } : { valid: false, entries, brokenAt: repeatedId };
  };

  return async (verification) => {
    const verdict = await verify(verification);
    // Entries are pruned while we read: what is broken is so the second time, too.
    return verdict.valid ? verdict : verify(verification);
  };
};
