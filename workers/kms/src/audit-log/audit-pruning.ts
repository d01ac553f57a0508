/** Deletes audit entries that are past their retention: up to a checkpoint, from which the chain continues. */
import { type AuditEntry, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import { isSameHash } from "../crypto/mac.ts";
import { isOurs, type StoredChainState, type StoredEntry, sealOf, withMac } from "./audit-chain.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Entries in one transaction; checkpoints are closer together than that. */
const MAX_ENTRIES = 5_000;

export interface PruningStore {
  readState(): Promise<{ state: StoredChainState | undefined }>;
  /** The last entry with a checkpoint made before that instant, among those up to `throughId`. */
  findPrunable(madeBefore: Date, afterId: number, throughId: number): Promise<StoredEntry | undefined>;
  /** Moves the beginning of the chain and forgets what stood before, unless the chain is no longer `from`. */
  prune(from: StoredChainState, to: StoredChainState, entry: AuditEntry): Promise<boolean>;
}

export interface PruningOptions {
  store: PruningStore;
  recorder: Pick<AuditRecorder, "change">;
  macKey: Uint8Array;
  retentionDays: number;
  alarm: (reason: "not-ours") => void;
  now: () => number;
}

/** Prunes what is due; two at once prune it once. What the chain does not vouch for stays. */
export const createPruning =
  ({ store, recorder, macKey, retentionDays, alarm, now }: PruningOptions) =>
  async (): Promise<void> => {
    for (;;) {
      const { state } = await store.readState();
      if (!state) return;
      if (!isOurs(macKey, state)) return alarm("not-ours");
      const madeBefore = new Date(now() - retentionDays * DAY_MS);
      const throughId = Math.min(state.baseId + MAX_ENTRIES, state.headId);
      const last = await store.findPrunable(madeBefore, state.baseId, throughId);
      if (!last) return;
      if (last.link === null || last.seal === null || !isSameHash(last.seal, sealOf(macKey, last.id, last.link)))
        return alarm("not-ours");
      const base = { baseId: last.id, baseLink: last.link, baseAt: last.at };
      const isPruned = await recorder.change(
        { action: "audit.prune", outcome: "success", target: String(last.id), ...BY_KMS },
        (entry) => store.prune(state, withMac(macKey, { ...state, ...base }), entry),
      );
      if (!isPruned) return;
    }
  };
