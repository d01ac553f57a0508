/**
 * Checks that the sealed fields of audit entries still open. A field that does not is legitimate only if its subject was
 * erased, which the trail itself records; otherwise the key was deleted or replaced in the database.
 */
import { addressOwner, fieldContext } from "../audit/audit.ts";
import type { SubjectKeys } from "../audit/subject-keys.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { StoredEntry } from "./audit-chain.ts";

/** An entry prepared before the erasure of its subject can be stored this much after it, and outlive its record. */
const ERASURE_TOLERANCE_MS = 60_000;

export interface ErasureReader {
  /** The records of these users' erasure that are still kept. */
  findErasures(userIds: readonly string[]): Promise<StoredEntry[]>;
}

export interface FieldVerifierOptions {
  reader: ErasureReader;
  subjectKeys: Pick<SubjectKeys, "read">;
  /** Whether the kms wrote the entry. */
  isAuthentic: (entry: StoredEntry) => boolean;
}

interface SealedField {
  entry: StoredEntry;
  subject: string;
  context: string;
  sealed: string;
}

/** The first of the entries with a field that does not open although nothing records its subject's erasure. */
export type FindUnreadable = (entries: readonly StoredEntry[], baseAt: Date) => Promise<number | undefined>;

const noRandom = (): never => {
  throw new Error("opening needs no randomness");
};

const fieldsOf = (entry: StoredEntry): SealedField[] => {
  const { uid, address, personal, personalOf } = entry;
  const fields: SealedField[] = [];
  if (address !== null)
    fields.push({ entry, subject: addressOwner(entry), context: fieldContext(uid, "address"), sealed: address });
  if (personal !== null && personalOf !== null)
    fields.push({ entry, subject: personalOf, context: fieldContext(uid, "personal"), sealed: personal });
  return fields;
};

export const createFieldVerifier =
  ({ reader, subjectKeys, isAuthentic }: FieldVerifierOptions): FindUnreadable =>
  async (entries, baseAt) => {
    const fields = entries.flatMap(fieldsOf);
    const keys = await subjectKeys.read([...new Set(fields.map(({ subject }) => subject))]);
    const sealers = new Map([...keys].map(([subject, key]) => [subject, createSealer(key, noRandom)]));
    const opened = await Promise.all(
      fields.map(async ({ subject, context, sealed }) => sealers.get(subject)?.open(context, sealed)),
    );
    const unreadable = fields.filter((_, at) => opened[at] === undefined);
    if (unreadable.length === 0) return undefined;
    const subjects = new Set(unreadable.flatMap(({ subject }) => (keys.has(subject) ? [] : [subject])));
    const erasures = (await reader.findErasures([...subjects])).filter(isAuthentic);
    const erased = new Set(erasures.map(({ target }) => target));
    const isLegitimate = ({ entry, subject }: SealedField): boolean =>
      !keys.has(subject) && (erased.has(subject) || entry.at.getTime() < baseAt.getTime() + ERASURE_TOLERANCE_MS);
    return unreadable.find((field) => !isLegitimate(field))?.entry.id;
  };
