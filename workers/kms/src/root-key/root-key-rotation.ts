/**
 * Rotation of the root key without downtime: a new key-encryption key (KEK) takes over, then every data key is rewrapped
 * under it, batch by batch. Each batch is independent, so that the work can be interrupted anywhere, resumed by any
 * process, and done twice at once. A KEK is retired when nothing is wrapped under it any more.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type AuditEntry, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import type { Envelopes, WrappedKey } from "../key-encryption/envelope.ts";
import type { Keks } from "../key-encryption/keks.ts";

/** A data key under an old KEK, and the row it stands in. */
export interface OutdatedKey extends WrappedKey {
  table: string;
  row: number;
  /** Its AAD context. */
  context: string;
}

export interface Rewrapped {
  from: OutdatedKey;
  to: WrappedKey;
}

/** A KEK that is or was in use. */
export interface KekUse {
  version: number;
  createdAt: Date;
  /** How many data keys are wrapped under it. */
  dataKeys: number;
}

export interface RewrappingStore {
  /** The tables that hold wrapped data keys. */
  tables: readonly string[];
  /** In the order of rows, from the one after `after`. */
  list(table: string, kekVersion: number, limit: number, after: number): Promise<OutdatedKey[]>;
  /** Replaces each key that is still the old one. */
  replace(rewrapped: readonly Rewrapped[]): Promise<void>;
  /** Oldest first. */
  uses(): Promise<KekUse[]>;
  /** Removes the KEKs before this one that nothing is wrapped under; false: there was none. */
  retire(before: number, entry: AuditEntry): Promise<boolean>;
}

export interface RootKeyStatus {
  version: number;
  createdAt: Date;
  /** Older ones, under which something is still wrapped. */
  older: KekUse[];
}

export interface RootKey {
  status(): Promise<RootKeyStatus>;
  /** A new KEK, and as much rewrapping as the time allows; the rest is a maintenance job. */
  rotate(actor: string, budgetMs: number): Promise<Result<RootKeyStatus, "superseded">>;
  /** Makes a new KEK if SECRET_KEY has changed, and rewraps for so long. Harmless when run twice at once. */
  maintain(budgetMs: number): Promise<void>;
}

export interface RootKeyOptions {
  store: RewrappingStore;
  keks: Pick<Keks, "advance" | "isCurrent">;
  envelopes: Envelopes;
  recorder: Pick<AuditRecorder, "change">;
  /** Called with a data key that does not open: its row was changed or moved, and keeps its KEK from leaving. */
  alarm: (key: Pick<OutdatedKey, "table" | "row">) => void;
  /** How many data keys are rewrapped in one transaction. */
  batchSize: number;
  now: () => number;
}

export const createRootKey = (options: RootKeyOptions): RootKey => {
  const { store, keks, envelopes, recorder, alarm, batchSize, now } = options;

  const rewrapBatch = async (outdated: readonly OutdatedKey[]): Promise<void> => {
    const rewrapped: Rewrapped[] = [];
    for (const from of outdated) {
      const to = await envelopes.rewrap(from.context, from);
      if (to) rewrapped.push({ from, to });
      else alarm({ table: from.table, row: from.row });
    }
    if (rewrapped.length > 0) await store.replace(rewrapped);
  };

  /** false: the time was up first. */
  const rewrapTable = async (table: string, kekVersion: number, endsAtMs: number): Promise<boolean> => {
    let after = 0;
    while (now() < endsAtMs) {
      const outdated = await store.list(table, kekVersion, batchSize, after);
      const last = outdated.at(-1);
      if (!last) return true;
      await rewrapBatch(outdated);
      after = last.row;
    }
    return false;
  };

  const rewrapAll = async (budgetMs: number): Promise<void> => {
    const endsAtMs = now() + budgetMs;
    const all = await store.uses();
    const current = all.at(-1);
    const older = all.slice(0, -1);
    if (!current || older.length === 0) return;
    await envelopes.refresh();
    for (const { version } of older)
      for (const table of store.tables) if (!(await rewrapTable(table, version, endsAtMs))) return;
    await recorder.change(
      { action: "root-key.retire", outcome: "success", target: String(current.version), ...BY_KMS },
      (entry) => store.retire(current.version, entry),
    );
  };

  /** `actor`: who asked for it; `undefined`: the kms itself. */
  const advance = (actor: string | undefined, reason: "requested" | "secret-key-changed"): Promise<boolean> =>
    recorder.change({ action: "root-key.rotate", outcome: "success", actor, reason }, keks.advance);

  const status = async (): Promise<RootKeyStatus> => {
    const all = await store.uses();
    const current = all.at(-1);
    if (!current) throw new Error("no key-encryption key exists");
    const { version, createdAt } = current;
    return { version, createdAt, older: all.slice(0, -1) };
  };

  return {
    status,
    rotate: async (actor, budgetMs) => {
      if (!(await advance(actor, "requested"))) return failure("superseded");
      await rewrapAll(budgetMs);
      return success(await status());
    },
    maintain: async (budgetMs) => {
      if (!(await keks.isCurrent())) await advance(undefined, "secret-key-changed");
      await rewrapAll(budgetMs);
    },
  };
};
