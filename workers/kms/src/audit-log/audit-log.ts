/** Everything that is done with the stored audit trail: linked, signed for, gone over, read, exported. */
import type { AuditEvent } from "../audit/audit-entry.ts";
import type { SubjectKeys } from "../audit/subject-keys.ts";
import { isSameHash } from "../crypto/mac.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import { type ChainPlace, sealOf } from "./audit-chain.ts";
import {
  type Checkpoint,
  type CheckpointReader,
  type CheckpointRepository,
  createCheckpoints,
} from "./audit-checkpoints.ts";
import { type ExportedEntry, exportEntries } from "./audit-export.ts";
import { TrailBehind } from "./audit-mark.ts";
import { type AuditFilter, type AuditReader, createEntryOpener, type ReadableEntry } from "./audit-reading.ts";
import { type ChainAlarm, type ChainRepository, createAuditSealer } from "./audit-sealing.ts";
import { type ChainReader, createChainVerifier, type VerifyChain } from "./audit-verification.ts";

const PAGE = 500;

export interface AuditLog {
  /** Links the entries there are, up to some thousand, and makes the checkpoint that is due. */
  seal(): Promise<void>;
  /** There is, or will be, an entry of this to link. */
  expectEntry(event: AuditEvent): void;
  /** The same as `seal`, unless no entry is expected; nor if it has just been done, and nobody's rights were changed since. */
  sealSoon(): Promise<void>;
  /** Fails with `TrailBehind` when the trail was found to lack entries that it had before. */
  assertNotBehind(): void;
  /** Forgets checkpoints that are close together and old. */
  thinCheckpoints(): Promise<void>;
  verify: VerifyChain;
  /** Newest first, from the one before that id, readable as far as their people have not been erased. */
  list(filter: AuditFilter, limit: number, beforeId: number | undefined): Promise<ReadableEntry[]>;
  /** All that tell of this person, readable, oldest first. */
  about(userId: string): AsyncGenerator<ReadableEntry>;
  export(filter: AuditFilter): AsyncGenerator<ExportedEntry>;
  /** Oldest first, from the one after that entry. */
  checkpoints(limit: number, afterEntryId: number): Promise<Checkpoint[]>;
}

export interface AuditLogOptions {
  chain: ChainRepository & Omit<ChainReader, "listCheckpoints">;
  checkpoints: CheckpointRepository & CheckpointReader;
  reader: AuditReader;
  subjectKeys: SubjectKeys;
  macKey: Uint8Array;
  issuer: string;
  keyRing: Pick<KeyRing, "signer" | "trust">;
  /** Told of every checkpoint that is kept. */
  tell: (checkpoint: Checkpoint) => void;
  /** Told when the chain is not ours, or lacks what it had before, and nothing more is linked. */
  alarm: (reason: ChainAlarm) => void;
  now: () => number;
}

export const createAuditLog = (options: AuditLogOptions): AuditLog => {
  const { chain, checkpoints: kept, reader, subjectKeys, macKey, keyRing, now } = options;
  const isOurs = ({ id, link, seal }: ChainPlace): boolean => isSameHash(seal, sealOf(macKey, id, link));
  const checkpoints = createCheckpoints({
    repository: kept,
    issuer: options.issuer,
    signer: keyRing.signer,
    publicJwkOf: async (kid) => {
      const { keys } = await keyRing.trust();
      const key = keys.find((candidate) => candidate.kid === kid);
      if (!key) throw new Error("the signing key is missing from the key set");
      return key;
    },
    isOurs,
    tell: options.tell,
    now,
  });
  const open = createEntryOpener(subjectKeys);
  const sealer = createAuditSealer({
    repository: chain,
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

  return {
    seal: sealer.seal,
    expectEntry: sealer.expectEntry,
    sealSoon: sealer.sealSoon,
    assertNotBehind: () => {
      if (sealer.isBehind()) throw new TrailBehind();
    },
    thinCheckpoints: checkpoints.thin,
    verify: createChainVerifier({
      reader: { ...chain, listCheckpoints: kept.list },
      subjectKeys,
      mark: sealer.mark,
      macKey,
      now,
    }),
    list: async (filter, limit, beforeId) => open(await reader.list(filter, limit, beforeId)),
    about,
    export: (filter) =>
      exportEntries(
        {
          reader,
          readState: chain.readState,
          readEntry: chain.readEntry,
          checkpoints: kept.list,
          sign: checkpoints.sign,
          isOurs: (place) => !sealer.isBehind() && isOurs(place),
        },
        filter,
      ),
    checkpoints: kept.list,
  };
};
