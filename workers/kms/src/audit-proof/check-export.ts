/**
 * Verifies an exported audit trail without the kms: on the command line, and in browsers. The links (SHA-256) show anyone that
 * the trail is consistent; the checkpoints, that a signing key of the kms vouched for it; the HMACs, with SECRET_KEY, that the
 * kms wrote every entry.
 */
import { FIRST_LINK, textOfLink } from "../audit/canonical-text.ts";
import { type ExportedCheckpoint, type ExportedLine, parseLine } from "./exported-entry.ts";
import { readCheckpoint, type Trust } from "./vouching.ts";

/** Checks the HMACs of an entry, with the key that they are made with. */
export interface EntryMacs {
  isEntryOurs(entry: ExportedLine): boolean;
  isLinkOurs(place: { id: number; link: string; seal: string }): boolean;
}

type WrappedMacKey = NonNullable<NonNullable<ExportedLine["follows"]>["macKey"]>;

export interface Proofs extends Trust {
  /** SHA-256 of a text's UTF-8, in base64url. */
  hash: (text: string) => Promise<string> | string;
  /** Opens the HMAC key in the export; without it, HMACs are not checked. */
  openMacs?: ((wrapped: WrappedMacKey) => Promise<EntryMacs | undefined>) | undefined;
  /** Checkpoints that the reader kept elsewhere. */
  keptCheckpoints?: readonly ExportedCheckpoint[];
  /** Is called every so often with the first entry and the last one so far, all of which were found to be right. */
  onProgress?: (firstId: number, lastId: number) => void;
}

export type Verdict =
  | { valid: true; firstId: number; lastId: number; checkpoints: number; kids: string[]; withMacs: boolean }
  | { valid: false; line: number; id?: number; reason: string };

type Fault = string | undefined;

/** So many links are computed at once. */
const BATCH = 256;

const NOT_CONTIGUOUS =
  "the file is not a contiguous part of the chain: export with no filter but `from` and `to`, and keep its first line";
const WRONG_SECRET_KEY = "SECRET_KEY is not the key that this trail was written with";

/** Who vouched for entries, and for which one as the last of an export. */
interface Seen {
  kids: Set<string>;
  endId: number;
  endKid: string;
}

/** Compares a checkpoint with the place it is about. */
const faultOfCheckpoint = async (
  checkpoint: ExportedCheckpoint,
  position: { id: number; link: string | null },
  seen: Seen,
  trust: Trust,
): Promise<Fault> => {
  const vouched = await readCheckpoint(checkpoint, trust);
  if (!vouched) return "its checkpoint is not signed by a trusted key";
  if (checkpoint.entries !== position.id || vouched.link !== position.link)
    return "its checkpoint does not match this entry";
  seen.kids.add(vouched.kid);
  if (vouched.isEnd) {
    seen.endId = position.id;
    seen.endKid = vouched.kid;
  }
  return undefined;
};

/** What is wrong with where the file begins. */
const faultOfBeginning = async ({ id, follows }: ExportedLine, seen: Seen, trust: Trust): Promise<Fault> => {
  if (!follows) return NOT_CONTIGUOUS;
  if (id === 1) return follows.link === FIRST_LINK ? undefined : "the first entry has no predecessor";
  if (!follows.checkpoint) return undefined;
  return faultOfCheckpoint(follows.checkpoint, { id: id - 1, link: follows.link }, seen, trust);
};

/** `computed`: what its link must be after the one before. */
const faultOfEntry = (
  entry: ExportedLine,
  previousId: number,
  computed: string | undefined,
  macs: EntryMacs | undefined,
): Fault => {
  const { id, link, seal } = entry;
  if (id > previousId + 1) return `entry ${previousId + 1} was removed`;
  if (id <= previousId) return "it is out of order or duplicated";
  if (link === null || seal === null) return "it is not linked to the chain";
  if (link !== computed) return "it, or an entry before it, was modified";
  if (!macs) return undefined;
  if (!macs.isEntryOurs(entry)) return "its HMAC is wrong: the kms did not write it";
  return macs.isLinkOurs({ id, link, seal }) ? undefined : "the HMAC of its link is wrong: the kms did not link it";
};

const batchesOf = async function* (lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const line of lines) {
    if (batch.push(line) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
};

/** What the link of each entry must be, if the one before is right; `undefined` where there is none. */
const linksOf = (
  entries: readonly (ExportedLine | undefined)[],
  before: string,
  hash: Proofs["hash"],
): Promise<(string | undefined)[]> =>
  Promise.all(
    entries.map((entry, index) => {
      const previous = index === 0 ? before : entries[index - 1]?.link;
      return entry && typeof previous === "string" ? hash(textOfLink(previous, entry.id, entry)) : undefined;
    }),
  );

/** Goes over the lines, as they come. */
export const checkExport = async (lines: AsyncIterable<string>, proofs: Proofs): Promise<Verdict> => {
  const { hash, openMacs, publishedKeys, keptCheckpoints = [], onProgress } = proofs;
  const kept = new Map(keptCheckpoints.map((checkpoint) => [checkpoint.entries, checkpoint]));
  const seen: Seen = { kids: new Set(), endId: 0, endKid: "" };
  const uids = new Set<string>();
  let macs: EntryMacs | undefined;
  let previous: { id: number; link: string } | undefined;
  let firstId = 0;
  let line = 0;
  let checkpoints = 0;

  for await (const batch of batchesOf(lines)) {
    const entries = batch.map(parseLine);
    const computed = await linksOf(entries, previous?.link ?? entries[0]?.follows?.link ?? FIRST_LINK, hash);
    for (const [index, entry] of entries.entries()) {
      line += 1;
      if (!entry) return { valid: false, line, reason: "this is not an audit entry" };
      const broken = (reason: string): Verdict => ({ valid: false, line, id: entry.id, reason });
      if (previous === undefined) {
        const fault = await faultOfBeginning(entry, seen, proofs);
        if (fault !== undefined) return broken(fault);
        macs = openMacs && entry.follows?.macKey && (await openMacs(entry.follows.macKey));
        if (openMacs && !macs) return broken(WRONG_SECRET_KEY);
        firstId = entry.id;
        previous = { id: entry.id - 1, link: entry.follows?.link ?? FIRST_LINK };
      }
      const fault = faultOfEntry(entry, previous.id, computed[index], macs);
      if (fault !== undefined) return broken(fault);
      if (uids.has(entry.uid)) return broken("it duplicates another entry");
      uids.add(entry.uid);
      for (const checkpoint of [entry.checkpoint, kept.get(entry.id)]) {
        if (checkpoint === undefined) continue;
        const fault = await faultOfCheckpoint(checkpoint, entry, seen, proofs);
        if (fault !== undefined) return broken(fault);
        checkpoints += 1;
      }
      if (entry.later && (await readCheckpoint(entry.later, proofs)))
        return broken("entries after it were removed: a checkpoint in the file covers later entries");
      previous = { id: entry.id, link: entry.link ?? FIRST_LINK };
    }
    if (previous) onProgress?.(firstId, previous.id);
  }

  if (previous === undefined) return { valid: false, line, reason: "the file has no entries" };
  const lastId = previous.id;
  if (seen.endId !== lastId)
    return { valid: false, line, id: lastId, reason: "the end is missing: the last line is not a final checkpoint" };
  if (publishedKeys && !publishedKeys.has(seen.endKid))
    return { valid: false, line, id: lastId, reason: "its checkpoint is not signed by a key that is published" };
  const later = keptCheckpoints.find(({ entries }) => entries > lastId);
  if (later) return { valid: false, line, id: later.entries, reason: "a saved checkpoint covers later entries" };
  return { valid: true, firstId, lastId, checkpoints, kids: [...seen.kids], withMacs: macs !== undefined };
};
