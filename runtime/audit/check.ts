/**
 * Verifies an exported audit trail without the kms. The links (SHA-256) show anyone that the file is consistent; the
 * checkpoints, that a signing key of the kms vouched for it; the HMACs, with SECRET_KEY, that the kms wrote every entry.
 */
import { macOfRecord } from "../../workers/kms/src/audit/audit.ts";
import { FIRST_LINK, linkOf, sealOf } from "../../workers/kms/src/audit-log/audit-chain.ts";
import type { WrappedMacKey } from "../../workers/kms/src/audit-log/audit-reading.ts";
import { isSameHash } from "../../workers/kms/src/crypto/mac.ts";
import { type EntryLine, type ExportedCheckpoint, parseLine } from "./lines.ts";
import { readCheckpoint, type TrustedKeys } from "./signatures.ts";

export interface Proofs {
  /** Derives the HMAC key from the export and SECRET_KEY; without it, HMACs are not checked. */
  openMacKey?: ((wrapped: WrappedMacKey) => Promise<Uint8Array | undefined>) | undefined;
  /** The signing keys that the reader knows from elsewhere. */
  trustedKeys?: TrustedKeys;
  /** Checkpoints that the reader kept elsewhere. */
  keptCheckpoints?: readonly ExportedCheckpoint[];
}

export type Verdict =
  | { valid: true; firstId: number; lastId: number; checkpoints: number; kids: string[]; withMacs: boolean }
  | { valid: false; line: number; id?: number; reason: string };

type Fault = string | undefined;

const NOT_CONTIGUOUS =
  "the file is not a contiguous part of the chain: export without `actor` and `action`, and keep its first line";
const WRONG_SECRET_KEY = "SECRET_KEY is not the key that this trail was written with";

/** Who vouched for entries, and for which one as the last of an export. */
interface Seen {
  kids: Set<string>;
  endId: number;
}

/** Compares a checkpoint with the place it is about. */
const faultOfCheckpoint = async (
  checkpoint: ExportedCheckpoint,
  position: { id: number; link: string | null },
  seen: Seen,
  trusted: TrustedKeys,
): Promise<Fault> => {
  const vouched = await readCheckpoint(checkpoint, trusted);
  if (!vouched) return "its checkpoint is not signed by a trusted key";
  if (vouched.entries !== position.id || vouched.link !== position.link)
    return "its checkpoint does not match this entry";
  seen.kids.add(vouched.kid);
  if (vouched.isEnd) seen.endId = position.id;
  return undefined;
};

/** What is wrong with where the file begins. */
const faultOfBeginning = async ({ id, follows }: EntryLine, seen: Seen, trusted: TrustedKeys): Promise<Fault> => {
  if (!follows) return NOT_CONTIGUOUS;
  if (id === 1) return follows.link === FIRST_LINK ? undefined : "the first entry has no predecessor";
  if (!follows.checkpoint) return undefined;
  return faultOfCheckpoint(follows.checkpoint, { id: id - 1, link: follows.link }, seen, trusted);
};

const faultOfEntry = (
  entry: EntryLine,
  previous: { id: number; link: string },
  macKey: Uint8Array | undefined,
): Fault => {
  const { id, link, seal } = entry;
  if (id > previous.id + 1) return `entry ${previous.id + 1} was removed`;
  if (id <= previous.id) return "it is out of order or duplicated";
  if (link === null || seal === null) return "it is not linked to the chain";
  if (link !== linkOf(previous.link, id, entry)) return "it, or an entry before it, was modified";
  if (!macKey) return undefined;
  if (!isSameHash(entry.mac, macOfRecord(macKey, entry))) return "its HMAC is wrong: the kms did not write it";
  return isSameHash(seal, sealOf(macKey, id, link))
    ? undefined
    : "the HMAC of its link is wrong: the kms did not link it";
};

/** Goes over the lines, one at a time. */
export const checkExport = async (lines: AsyncIterable<string>, proofs: Proofs): Promise<Verdict> => {
  const { openMacKey, trustedKeys, keptCheckpoints = [] } = proofs;
  const kept = new Map(keptCheckpoints.map((checkpoint) => [checkpoint.entries, checkpoint]));
  const seen: Seen = { kids: new Set(), endId: 0 };
  const uids = new Set<string>();
  let macKey: Uint8Array | undefined;
  let previous: { id: number; link: string } | undefined;
  let firstId = 0;
  let line = 0;
  let checkpoints = 0;

  for await (const text of lines) {
    line += 1;
    const entry = parseLine(text);
    if (!entry) return { valid: false, line, reason: "this is not an audit entry" };
    const broken = (reason: string): Verdict => ({ valid: false, line, id: entry.id, reason });
    if (previous === undefined) {
      const fault = await faultOfBeginning(entry, seen, trustedKeys);
      if (fault !== undefined) return broken(fault);
      macKey = openMacKey && entry.follows?.macKey && (await openMacKey(entry.follows.macKey));
      if (openMacKey && !macKey) return broken(WRONG_SECRET_KEY);
      firstId = entry.id;
      previous = { id: entry.id - 1, link: entry.follows?.link ?? FIRST_LINK };
    }
    const fault = faultOfEntry(entry, previous, macKey);
    if (fault !== undefined) return broken(fault);
    if (uids.has(entry.uid)) return broken("it duplicates another entry");
    uids.add(entry.uid);
    for (const checkpoint of [entry.checkpoint, kept.get(entry.id)]) {
      if (checkpoint === undefined) continue;
      const fault = await faultOfCheckpoint(checkpoint, entry, seen, trustedKeys);
      if (fault !== undefined) return broken(fault);
      checkpoints += 1;
    }
    if (entry.later && (await readCheckpoint(entry.later, trustedKeys)))
      return broken("entries after it were removed: a checkpoint in the file covers later entries");
    previous = { id: entry.id, link: entry.link ?? FIRST_LINK };
  }

  if (previous === undefined) return { valid: false, line, reason: "the file has no entries" };
  const lastId = previous.id;
  if (seen.endId !== lastId)
    return { valid: false, line, id: lastId, reason: "the end is missing: the last line is not a final checkpoint" };
  const later = keptCheckpoints.find(({ entries }) => entries > lastId);
  if (later) return { valid: false, line, id: later.entries, reason: "a saved checkpoint covers later entries" };
  return { valid: true, firstId, lastId, checkpoints, kids: [...seen.kids], withMacs: macKey !== undefined };
};
