/**
 * The keys that the kms seals and hashes with by itself: random, made once, and stored wrapped under a key-encryption
 * key. A new KEK or SECRET_KEY leaves them as they are, so that nothing has to be sealed or hashed again.
 */

import { type InternalKeys, internalKeysFrom, KEY_NAMES, type KeyName } from "../crypto/root-key.ts";
import type { Envelopes, WrappedKey } from "./envelope.ts";
import type { Keks } from "./keks.ts";

export interface StoredInternalKey extends WrappedKey {
  name: string;
}

export interface InternalKeyStore {
  read(): Promise<StoredInternalKey[]>;
  /** Stores those whose name is still free, all at once. */
  insert(keys: StoredInternalKey[]): Promise<void>;
}

export interface InternalKeysOptions {
  store: InternalKeyStore;
  keks: Pick<Keks, "unlock">;
  envelopes: Envelopes;
}

/** The AAD context of an internal key. */
export const internalKeyContext = (name: string): string => `internal_keys/${name}`;

/** Opens all internal keys, and makes those that are missing. Fails with `WrongSecretKey`, having made nothing. */
export const openInternalKeys = async (options: InternalKeysOptions): Promise<InternalKeys> => {
  const { store, keks, envelopes } = options;
  const found = await store.read();
  await keks.unlock();

  const make = async (name: KeyName): Promise<StoredInternalKey> => ({
    name,
    ...(await envelopes.createKey(internalKeyContext(name))).wrapped,
  });
  const known = new Set(found.map(({ name }) => name));
  const missing = KEY_NAMES.filter((name) => !known.has(name));
  if (missing.length > 0) await store.insert(await Promise.all(missing.map(make)));
  const stored = missing.length > 0 ? await store.read() : found;

  const open = async (name: KeyName): Promise<[KeyName, Uint8Array]> => {
    const wrapped = stored.find((key) => key.name === name);
    const key = wrapped && (await envelopes.unwrap(internalKeyContext(name), wrapped));
    if (!key) throw new Error(`the internal key ${name} cannot be decrypted: its row was modified or removed`);
    return [name, key];
  };
  return internalKeysFrom(await Promise.all(KEY_NAMES.map(open)));
};
