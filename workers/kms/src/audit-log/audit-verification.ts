/** Verifies the chain of audit entries, and finds the first one that was changed, removed, inserted, moved or made unreadable. */
import { macOfRecord } from "../audit/audit.ts";
import type { SubjectKeys } from "../audit/subject-keys.ts";
import { isSameHash } from "../crypto/mac.ts";
import {
  type ChainState,
  EMPTY_CHAIN,
  isOurs,
  linkOf,
  type StoredChainState,
  type StoredEntry,
  sealOf,
} from "./audit-chain.ts";
import { type Checkpoint, isSigned } from "./audit-checkpoints.ts";
import { createFieldVerifier, type ErasureReader } from "./audit-field-verification.ts";
import { type ChainMark, lostSince, markOf } from "./audit-mark.ts";

/** Entries held at a time, and checked without a pause. */
const PAGE = 250;
/** Entries recorded before the base are deleted; clocks may differ by so much. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

export interface ChainReader extends ErasureReader {
  /** `lastId`: of the entries; `checkpointId`: the last entry that a checkpoint is kept of, 0 when none is. */
  readState(): Promise<{
    state: StoredChainState | undefined;
    hasLinked: boolean;
    lastId: number;
    checkpointId: number;
  }>;
  readEntry(id: number): Promise<StoredEntry | undefined>;
  readEntries(fromId: number, throughId: number, limit: number): Promise<StoredEntry[]>;
  /** Oldest first, from the one after that entry. */
  listCheckpoints(limit: number, afterEntryId: number): Promise<Checkpoint[]>;
  /** An entry that repeats another one. */
  findRepeated(): Promise<number | undefined>;
}

export interface ChainVerdict {
  valid: boolean;
  /** How many entries were found good. */
  entries: number;
  /** The first id where something is not as it was written: changed, missing, unreadable, or never ours. */
  brokenAt?: number;
  /** Where to continue: there was no time for more. */
  next?: number;
}

export interface Verification {
  /** Where to begin, trusting the link of the entry before; by default the beginning of the chain. */
  fromId?: number | undefined;
  /** When to stop, with what was seen until then. */
  untilMs: number;
}

export type VerifyChain = (verification: Verification) => Promise<ChainVerdict>;

export interface ChainVerifierOptions {
  reader: ChainReader;
  subjectKeys: Pick<SubjectKeys, "read">;
  /** How far this process has seen the chain. */
  mark: () => ChainMark;
  macKey: Uint8Array;
  now: () => number;
}

/** Whether we wrote the entry, wherever it stands. */
const isAuthentic = (macKey: Uint8Array, entry: StoredEntry): boolean =>
  isSameHash(entry.mac, macOfRecord(macKey, entry));

/** Whether the entry is linked to the one before, by us. */
const isLinked = (macKey: Uint8Array, previousLink: string, entry: StoredEntry): boolean =>
  entry.link !== null &&
  entry.seal !== null &&
  isSameHash(entry.link, linkOf(previousLink, entry.id, entry)) &&
  isSameHash(entry.seal, sealOf(macKey, entry.id, entry.link));

export const createChainVerifier = (options: ChainVerifierOptions): VerifyChain => {
  const { reader, subjectKeys, mark, macKey, now } = options;
  const findUnreadable = createFieldVerifier({
    reader,
    subjectKeys,
    isAuthentic: (entry) => isAuthentic(macKey, entry),
  });

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

  /** The first of the linked entries that a stored checkpoint of it contradicts, even one that is not ours. */
  const findContradiction = async (entries: readonly StoredEntry[], headId: number): Promise<number | undefined> => {
    const links = new Map(entries.map(({ id, link }) => [id, link]));
    const lastId = Math.min(headId, entries.at(-1)?.id ?? 0);
    let afterId = (entries[0]?.id ?? 0) - 1;
    while (afterId < lastId) {
      const checkpoints = await reader.listCheckpoints(PAGE, afterId);
      for (const checkpoint of checkpoints) {
        const { entryId } = checkpoint;
        if (entryId > lastId) return undefined;
        const isGood = markOf(macKey, checkpoint)?.link === links.get(entryId) && (await isSigned(checkpoint));
        if (!isGood) return entryId;
      }
      if (checkpoints.length < PAGE) return undefined;
      afterId = checkpoints.at(-1)?.entryId ?? lastId;
    }
    return undefined;
  };

  const verify: VerifyChain = async ({ fromId, untilMs }) => {
    const seen = mark();
    const { state: stored, hasLinked, lastId, checkpointId } = await reader.readState();
    if (stored ? !isOurs(macKey, stored) : hasLinked) return { valid: false, entries: 0, brokenAt: 1 };
    const state = stored ?? EMPTY_CHAIN;
    const firstId = Math.max(fromId ?? 0, state.baseId + 1);
    const throughId = Math.max(lastId, state.headId);
    const brokenAt = (id: number): ChainVerdict => ({ valid: false, entries: id - firstId, brokenAt: id });

    const known = checkpointId > state.headId ? { id: checkpointId, link: "" } : seen;
    const lostId = lostSince(known, state, (await reader.readEntry(known.id))?.link);
    const good = (nextId: number): ChainVerdict =>
      lostId === undefined ? { valid: true, entries: nextId - firstId } : { ...brokenAt(nextId), brokenAt: lostId };

    let previousLink = await linkBefore(firstId, state);
    if (previousLink === undefined) return { ...brokenAt(firstId), brokenAt: firstId - 1 };
    let nextId = firstId;
    while (nextId <= throughId) {
      if (nextId > firstId && now() >= untilMs) return { ...good(nextId), next: nextId };
      const page = await reader.readEntries(nextId, throughId, PAGE);
      if (page.length === 0) return brokenAt(nextId);
      for (const entry of page) {
        if (entry.id !== nextId || !isGood(entry, previousLink, state)) return brokenAt(nextId);
        previousLink = entry.link ?? previousLink;
        nextId += 1;
      }
      const contradictedId = await findContradiction(page, state.headId);
      if (contradictedId !== undefined) return brokenAt(contradictedId);
      const unreadableId = await findUnreadable(page, state.baseAt);
      if (unreadableId !== undefined) return brokenAt(unreadableId);
    }
    const repeatedId = fromId === undefined ? await reader.findRepeated() : undefined;
    return repeatedId === undefined ? good(nextId) : { ...brokenAt(nextId), brokenAt: repeatedId };
  };

  return async (verification) => {
    const verdict = await verify(verification);
    // Entries are pruned while we read: what is broken is so the second time, too.
    return verdict.valid ? verdict : verify(verification);
  };
};
