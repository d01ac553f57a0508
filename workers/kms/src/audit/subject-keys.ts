/**
 * One key per person in the audit trail: their personal data is encrypted under it, and unreadable once it is deleted. No
 * one gets a second key.
 */
import { LRUCache } from "lru-cache";
import type { RandomBytes } from "../crypto/random.ts";
import type { Sealer } from "../crypto/sealing.ts";

const KEY_BYTES = 32;
const MAX_REMEMBERED_KEYS = 1_000;

export interface SubjectKeyStore {
  /** The keys of these subjects, `null` for those that were erased; those that never had one are missing. */
  find(subjects: readonly string[]): Promise<Map<string, string | null>>;
  /** Does nothing when the subject has a key, or had one. */
  insert(subject: string, wrappedKey: string): Promise<void>;
}

export interface SubjectKeys {
  /** The subject's key, made on first use; `undefined` for an erased one. What has been used here before is remembered. */
  get(subject: string): Promise<Uint8Array | undefined>;
  /** The same, asking the database each time: it takes equally long for every subject. */
  getStored(subject: string): Promise<Uint8Array | undefined>;
  /** The keys as they are stored right now, without those that are erased, missing, or not as the kms wrote them. */
  read(subjects: readonly string[]): Promise<Map<string, Uint8Array>>;
}

export interface SubjectKeysOptions {
  store: SubjectKeyStore;
  wrapping: Sealer;
  randomBytes: RandomBytes;
}

/** The AAD context of a wrapped key: under another subject it does not open. */
const subjectKeyContext = (subject: string): string => `audit_keys/${subject}/wrapped_key`;

export const createSubjectKeys = ({ store, wrapping, randomBytes }: SubjectKeysOptions): SubjectKeys => {
  const remembered = new LRUCache<string, Uint8Array>({ max: MAX_REMEMBERED_KEYS });

  const unwrap = async (subject: string, wrappedKey: string): Promise<Uint8Array | undefined> => {
    const key = await wrapping.open(subjectKeyContext(subject), wrappedKey);
    return key === undefined ? undefined : Buffer.from(key, "base64url");
  };

  const findOne = async (subject: string): Promise<string | null | undefined> =>
    (await store.find([subject])).get(subject);

  const findOrMake = async (subject: string): Promise<string | null> => {
    const found = await findOne(subject);
    if (found !== undefined) return found;
    const key = Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
    await store.insert(subject, await wrapping.seal(subjectKeyContext(subject), key));
    const made = await findOne(subject);
    if (made === undefined) throw new Error("an audit key was stored but is not found");
    return made;
  };

  const getStored = async (subject: string): Promise<Uint8Array | undefined> => {
    const wrapped = await findOrMake(subject);
    if (wrapped === null) return undefined;
    const key = await unwrap(subject, wrapped);
    if (key === undefined) throw new Error("an audit key cannot be decrypted");
    return key;
  };

  return {
    get: async (subject) => {
      const known = remembered.get(subject);
      if (known) return known;
      const key = await getStored(subject);
      if (key !== undefined) remembered.set(subject, key);
      return key;
    },
    getStored,
    read: async (subjects) => {
      const keys = new Map<string, Uint8Array>();
      if (subjects.length === 0) return keys;
      for (const [subject, wrapped] of await store.find(subjects)) {
        const key = wrapped === null ? undefined : await unwrap(subject, wrapped);
        if (key !== undefined) keys.set(subject, key);
      }
      return keys;
    },
  };
};
