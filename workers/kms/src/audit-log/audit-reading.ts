/** Reading the audit trail: the entries of a query, with the personal fields of users who have not been erased. */
import type { Outcome } from "#shared/contracts/audit.ts";
import { addressOwner, fieldContext } from "../audit/audit.ts";
import type { SubjectKeys } from "../audit/subject-keys.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { StoredEntry } from "./audit-chain.ts";

/** Which entries; `from` is the first instant, `to` the first one no more. */
export interface AuditFilter {
  actor?: string | undefined;
  /** The service that acted for the actor, by name. */
  actingService?: string | undefined;
  action?: string | undefined;
  outcome?: Outcome | undefined;
  /** What it was done to. */
  target?: string | undefined;
  requestId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** An entry, readable. */
export interface ReadableEntry extends Omit<StoredEntry, "address" | "personal"> {
  /** `null` as well when it can no longer be read. */
  address: string | null;
  personal: Record<string, string> | null;
}

/** What it takes, besides SECRET_KEY, to check the HMACs: the key they are made with, as it is stored. */
export interface WrappedMacKey {
  salt: string;
  wrappedKey: string;
}

export interface AuditReader {
  /** Newest first, from the one before that id. */
  list(filter: AuditFilter, limit: number, beforeId: number | undefined): Promise<StoredEntry[]>;
  /** Oldest first, from the one after that id. */
  listForward(filter: AuditFilter, limit: number, afterId: number): Promise<StoredEntry[]>;
  /** All entries about this user: as the actor, as the target, or by name. Oldest first. */
  listAbout(userId: string, limit: number, afterId: number): Promise<StoredEntry[]>;
  /** The HMAC key, wrapped, with the salt of the key-encryption key that it is wrapped under. */
  readMacKey(): Promise<WrappedMacKey | undefined>;
  /** The first and last id in that time; `undefined` when there is none. */
  findRange(filter: Pick<AuditFilter, "from" | "to">): Promise<{ firstId: number; lastId: number } | undefined>;
}

export type OpenEntries = (entries: readonly StoredEntry[]) => Promise<ReadableEntry[]>;

const parseFields = (text: string): Record<string, string> => JSON.parse(text);

/** Opens the sealed fields with the keys as they are stored right now: an erased person's are `null`. */
export const createEntryOpener = (subjectKeys: Pick<SubjectKeys, "read">): OpenEntries => {
  const randomBytes = (): never => {
    throw new Error("decryption needs no randomness");
  };

  return async (entries) => {
    const subjects = entries.flatMap((entry) => [
      ...(entry.address === null ? [] : [addressOwner(entry)]),
      ...(entry.personal === null || entry.personalOf === null ? [] : [entry.personalOf]),
    ]);
    const keys = await subjectKeys.read([...new Set(subjects)]);

    const open = async (subject: string | null, context: string, sealed: string | null): Promise<string | null> => {
      const key = subject === null || sealed === null ? undefined : keys.get(subject);
      if (key === undefined || sealed === null) return null;
      return (await createSealer(key, randomBytes).open(context, sealed)) ?? null;
    };

    return Promise.all(
      entries.map(async (entry) => {
        const address = await open(addressOwner(entry), fieldContext(entry.uid, "address"), entry.address);
        const personal = await open(entry.personalOf, fieldContext(entry.uid, "personal"), entry.personal);
        return { ...entry, address, personal: personal === null ? null : parseFields(personal) };
      }),
    );
  };
};
