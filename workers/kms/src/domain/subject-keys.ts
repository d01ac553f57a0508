/**
 * One key per person that the audit trail tells of: what is told of him is encrypted under it, and forgotten with it.
 * Nobody gets a second key.
 */
import type { RandomBytes } from "./random.ts";
import type { Sealer } from "./sealing.ts";

const KEY_BYTES = 32;
const MAX_REMEMBERED_KEYS = 1_000;

/** A key as stored; `null` when its subject was erased. */
export interface StoredSubjectKey {
  wrappedKey: string | null;
}

export interface SubjectKeyRepository {
  find(subject: string): Promise<StoredSubjectKey | undefined>;
  /** Does nothing when the subject has a key, or had one. */
  insert(subject: string, wrappedKey: string): Promise<void>;
}

export interface SubjectKeys {
  /** The subject's key, made on first use; `undefined` for an erased one. What has been used here before is remembered. */
  get(subject: string): Promise<Uint8Array | undefined>;
  /** The key as it is stored right now; `undefined` where there is none. */
  read(subject: string): Promise<Uint8Array | undefined>;
}

export interface SubjectKeysOptions {
  repository: SubjectKeyRepository;
  wrapping: Sealer;
  randomBytes: RandomBytes;
}

/** What a wrapped key is bound to: under another subject it does not open. */
export const subjectKeyContext = (subject: string): string => `audit_keys/${subject}/wrapped_key`;

export const createSubjectKeys = ({ repository, wrapping, randomBytes }: SubjectKeysOptions): SubjectKeys => {
  const remembered = new Map<string, Uint8Array>();

  const unwrap = async (subject: string, { wrappedKey }: StoredSubjectKey): Promise<Uint8Array | undefined> => {
    if (wrappedKey === null) return undefined;
    const key = await wrapping.open(subjectKeyContext(subject), wrappedKey);
    if (key === undefined) throw new Error("an audit key does not open");
    return Buffer.from(key, "base64url");
  };

  const findOrMake = async (subject: string): Promise<StoredSubjectKey> => {
    const found = await repository.find(subject);
    if (found) return found;
    const key = Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
    await repository.insert(subject, await wrapping.seal(subjectKeyContext(subject), key));
    const made = await repository.find(subject);
    if (!made) throw new Error("an audit key was stored, but none is found");
    return made;
  };

  return {
    get: async (subject) => {
      const known = remembered.get(subject);
      if (known) return known;
      const key = await unwrap(subject, await findOrMake(subject));
      if (key === undefined) return undefined;
      const [oldest] = remembered.keys();
      if (remembered.size >= MAX_REMEMBERED_KEYS && oldest !== undefined) remembered.delete(oldest);
      remembered.set(subject, key);
      return key;
    },
    read: async (subject) => {
      const found = await repository.find(subject);
      return found && unwrap(subject, found);
    },
  };
};
