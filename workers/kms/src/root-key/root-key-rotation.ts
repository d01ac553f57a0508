/**
 * Rotation of the root key, while everything goes on: a new key-encryption key (KEK) takes over, then every data key is
 * rewrapped under it, batch by batch. Each batch stands by itself, so that the work can be interrupted anywhere, taken up
 * by anybody, and done twice at once. A KEK leaves when nothing is wrapped under it any more.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { AuditEntry, AuditEvent } from "../audit/audit-entry.ts";
import type { Envelopes, WrappedKey } from "../key-encryption/envelope.ts";
import type { Keks } from "../key-encryption/keks.ts";

/** A data key under an old KEK, and the row it stands in. */
export interface OutdatedKey extends WrappedKey {
  table: string;
  row: number;
  place: string;
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

export interface RewrappingRepository {
  /** The places where wrapped data keys are kept. */
  tables: readonly string[];
  /** In the order of rows, from the one after `after`. */
  list(table: string, kekVersion: number, limit: number, after: number): Promise<OutdatedKey[]>;
  /** Puts the new in the place of the old wherever the old is still there. */
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
  /** A new KEK, and as much rewrapping as the time allows; the rest is a chore. */
  rotate(actor: string, budgetMs: number): Promise<Result<RootKeyStatus, "superseded">>;
  /** Makes a new KEK if SECRET_KEY has changed, and rewraps for so long. Harmless when run twice at once. */
  maintain(budgetMs: number): Promise<void>;
}

export interface RootKeyOptions {
  repository: RewrappingRepository;
  keks: Pick<Keks, "advance" | "isCurrent">;
  envelopes: Envelopes;
  audit: Pick<AuditTrail, "prepare">;
  tell: (event: AuditEvent) => void;
  /** Told of a data key that does not open: its row was changed or moved, and keeps its KEK from leaving. */
  alarm: (key: Pick<OutdatedKey, "table" | "row">) => void;
  /** How many data keys are rewrapped in one transaction. */
  batchSize: number;
  now: () => number;
}

export const createRootKey = (options: RootKeyOptions): RootKey => {
  const { repository, keks, envelopes, audit, tell, alarm, batchSize, now } = options;

  const rewrapBatch = async (outdated: readonly OutdatedKey[]): Promise<void> => {
    const rewrapped: Rewrapped[] = [];
    for (const from of outdated) {
      const to = await envelopes.rewrap(from.place, from);
      if (to) rewrapped.push({ from, to });
      else alarm({ table: from.table, row: from.row });
    }
    if (rewrapped.length > 0) await repository.replace(rewrapped);
  };

  /** false: the time was up first. */
  const rewrapTable = async (table: string, kekVersion: number, endsAtMs: number): Promise<boolean> => {
    let after = 0;
    while (now() < endsAtMs) {
      const outdated = await repository.list(table, kekVersion, batchSize, after);
      const last = outdated.at(-1);
      if (!last) return true;
      await rewrapBatch(outdated);
      after = last.row;
    }
    return false;
  };

  const rewrapAll = async (budgetMs: number): Promise<void> => {
    const endsAtMs = now() + budgetMs;
    const all = await repository.uses();
    const current = all.at(-1);
    const older = all.slice(0, -1);
    if (!current || older.length === 0) return;
    await envelopes.refresh();
    for (const { version } of older)
      for (const table of repository.tables) if (!(await rewrapTable(table, version, endsAtMs))) return;
    const event = { action: "root-key.retire", outcome: "success", target: String(current.version) } as const;
    if (await repository.retire(current.version, await audit.prepare(event))) tell(event);
  };

  const advance = async (event: AuditEvent): Promise<boolean> => {
    const isAdvanced = await keks.advance(await audit.prepare(event));
    if (isAdvanced) tell(event);
    return isAdvanced;
  };

  const status = async (): Promise<RootKeyStatus> => {
    const all = await repository.uses();
    const current = all.at(-1);
    if (!current) throw new Error("no key-encryption key exists");
    const { version, createdAt } = current;
    return { version, createdAt, older: all.slice(0, -1) };
  };

  return {
    status,
    rotate: async (actor, budgetMs) => {
      if (!(await advance({ action: "root-key.rotate", outcome: "success", actor, reason: "requested" })))
        return failure("superseded");
      await rewrapAll(budgetMs);
      return success(await status());
    },
    maintain: async (budgetMs) => {
      if (!(await keks.isCurrent()))
        await advance({ action: "root-key.rotate", outcome: "success", reason: "secret-key-changed" });
      await rewrapAll(budgetMs);
    },
  };
};
