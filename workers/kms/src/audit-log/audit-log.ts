/** Everything that is done with the stored audit trail: linked, signed, verified, read, exported. */
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { SubjectKeys } from "../audit/subject-keys.ts";
import { isSameHash } from "../crypto/mac.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import { type ChainPlace, sealOf } from "./audit-chain.ts";
import {
  type Checkpoint,
  type CheckpointReader,
  type CheckpointStore,
  createCheckpoints,
} from "./audit-checkpoints.ts";
import { type ExportedEntry, exportEntries } from "./audit-export.ts";
import { type AuditFilter, type AuditReader, createEntryOpener, type ReadableEntry } from "./audit-reading.ts";
import { type ChainAlarm, type ChainStore, createAuditSealer } from "./audit-sealing.ts";
import { type ChainReader, createChainVerifier, type VerifyChain } from "./audit-verification.ts";
import type { TrailState } from "./trail-state.ts";

const PAGE = 500;

export interface AuditLog {
  /** Links the entries there are, up to some thousand, and makes the checkpoint that is due. */
  seal(): Promise<void>;
  /** The same as `seal`, unless no entry is expected; nor if it has just been done, and no rights were changed since. */
  sealSoon(): Promise<void>;
  /** Forgets checkpoints that are close together and old. */
  thinCheckpoints(): Promise<void>;
  /** Links what waits to be linked, and verifies the chain; a broken one is recorded. */
  verify: VerifyChain;
  /** Newest first, from the one before that id, readable as far as their people have not been erased. */
  list(filter: AuditFilter, limit: number, beforeId: number | undefined): Promise<ReadableEntry[]>;
  /** All entries about this user, readable, oldest first. */
  about(userId: string): AsyncGenerator<ReadableEntry>;
  /** Records the export, links what waits to be linked, and gives the lines. */
  export(filter: AuditFilter): Promise<AsyncGenerator<ExportedEntry>>;
  /** Oldest first, from the one after that entry, with the one that is due. */
  checkpoints(limit: number, afterEntryId: number): Promise<Checkpoint[]>;
}

export interface AuditLogOptions {
  chain: ChainStore & Omit<ChainReader, "listCheckpoints">;
  state: TrailState;
  checkpoints: CheckpointStore & CheckpointReader;
  reader: AuditReader;
  subjectKeys: SubjectKeys;
  macKey: Uint8Array;
  issuer: string;
  keyRing: Pick<KeyRing, "signer" | "trust">;
  /** See `storingIfWritable`: the trail is read above all when it cannot be written. */
  recorder: Pick<AuditRecorder, "record">;
  /** Called with every checkpoint that is kept. */
  onCheckpoint: (checkpoint: Checkpoint) => void;
  /** Called when the chain is not ours, or lacks what it had before, and nothing more is linked. */
  alarm: (reason: ChainAlarm) => void;
  now: () => number;
}

export const createAuditLog = (options: AuditLogOptions): AuditLog => {
  const { chain, state, checkpoints: kept, reader, subjectKeys, macKey, keyRing, recorder, now } = options;
  const isOurs = ({ id, link, seal }: ChainPlace): boolean => isSameHash(seal, sealOf(macKey, id, link));
  const checkpoints = createCheckpoints({
    store: kept,
    issuer: options.issuer,
    signer: keyRing.signer,
    publicJwkOf: async (kid) => {
      const { keys } = await keyRing.trust();
      const key = keys.find((candidate) => candidate.kid === kid);
      if (!key) throw new Error("the signing key is missing from the key set");
      return key;
    },
    isOurs,
    onCheckpoint: options.onCheckpoint,
    now,
  });
  const open = createEntryOpener(subjectKeys);
  const sealer = createAuditSealer({
    store: chain,
    state,
    macKey,
    alarm: options.alarm,
    makeCheckpoint: checkpoints.makeDue,
    now,
  });

  const about = async function* (userId: string): AsyncGenerator<ReadableEntry> {
    let afterId = 0;
    for (;;) {
      const entries = await reader.listAbout(userId, PAGE, afterId);
      yield* await open(entries);
      const last = entries.at(-1);
      if (!last || entries.length < PAGE) return;
      afterId = last.id;
    }
  };

  const verifyChain = createChainVerifier({
    reader: { ...chain, listCheckpoints: kept.list },
    subjectKeys,
    mark: sealer.mark,
    macKey,
    now,
  });

  return {
    seal: sealer.seal,
    sealSoon: sealer.sealSoon,
    thinCheckpoints: checkpoints.thin,
    verify: async (verification) => {
      await sealer.seal();
      const verdict = await verifyChain(verification);
      if (!verdict.valid) await recorder.record({ action: "audit.verify", outcome: "failure", reason: "broken" });
      return verdict;
    },
    list: async (filter, limit, beforeId) => open(await reader.list(filter, limit, beforeId)),
    about,
    export: async (filter) => {
      await recorder.record({ action: "audit.export", outcome: "success" });
      await sealer.seal();
      const source = {
        reader,
        readState: chain.readState,
        readEntry: chain.readEntry,
        checkpoints: kept.list,
        sign: checkpoints.sign,
        isOurs: (place: ChainPlace) => !state.isBehind && isOurs(place),
      };
      return exportEntries(source, filter);
    },
    checkpoints: async (limit, afterEntryId) => {
      await sealer.seal();
      return kept.list(limit, afterEntryId);
    },
  };
};
