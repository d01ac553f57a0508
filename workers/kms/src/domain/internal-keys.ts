/**
 * The keys that the kms seals and hashes with by itself: random, made once, and stored wrapped under a key-encryption
 * key. A new KEK or SECRET_KEY leaves them as they are, so that nothing that is sealed or hashed has to be done anew.
 */
import type { Envelopes, WrappedKey } from "./envelope.ts";
import type { Keks, SecretKeys } from "./keks.ts";
import type { RandomBytes } from "./random.ts";
import { deriveKeys, type InternalKeys, internalKeysFrom, KEY_NAMES, type KeyName } from "./root-key.ts";
import { createSealer } from "./sealing.ts";
import { type SigningKey, WrongSecretKey, wrappingContext } from "./signing-key.ts";

export interface StoredInternalKey extends WrappedKey {
  name: string;
}

type WrappedSigningKey = Pick<SigningKey, "kid" | "wrappedPrivateJwk">;

export interface InternalKeyRecord {
  internalKeys: StoredInternalKey[];
  /** Any signing key; without internal keys, it dates from when all keys were derived from SECRET_KEY directly. */
  signingKey: WrappedSigningKey | undefined;
}

export interface InternalKeyRepository {
  /** Both as of one instant. */
  read(): Promise<InternalKeyRecord>;
  /** Stores those whose name is still free, all at once. */
  insert(keys: StoredInternalKey[]): Promise<void>;
}

export interface InternalKeysOptions {
  repository: InternalKeyRepository;
  keks: Pick<Keks, "unlock">;
  envelopes: Envelopes;
  secretKeys: SecretKeys;
  randomBytes: RandomBytes;
}

/** What an internal key is bound to. */
export const internalKeyPlace = (name: string): string => `internal_keys/${name}`;

/** The keys of an installation from before there were internal ones; fails with `WrongSecretKey`. */
const keysBefore = async (
  { kid, wrappedPrivateJwk }: WrappedSigningKey,
  { secretKeys, randomBytes }: InternalKeysOptions,
): Promise<InternalKeys> => {
  for (const secretKey of secretKeys) {
    const keys = deriveKeys(secretKey);
    const sealer = createSealer(keys.signingKeyWrapping, randomBytes);
    if ((await sealer.open(wrappingContext(kid), wrappedPrivateJwk)) !== undefined) return keys;
  }
  throw new WrongSecretKey("SECRET_KEY is not the one this database was written under: the signing key does not open");
};

/** Opens all internal keys, and makes those that are missing. Fails with `WrongSecretKey`, having made nothing. */
export const openInternalKeys = async (options: InternalKeysOptions): Promise<InternalKeys> => {
  const { repository, keks, envelopes } = options;
  const { internalKeys, signingKey } = await repository.read();
  const before =
    internalKeys.length === 0 && signingKey !== undefined ? await keysBefore(signingKey, options) : undefined;
  await keks.unlock();

  const make = async (name: KeyName): Promise<StoredInternalKey> => {
    const place = internalKeyPlace(name);
    return {
      name,
      ...(before ? await envelopes.wrap(place, before[name]) : (await envelopes.createKey(place)).wrapped),
    };
  };
  const known = new Set(internalKeys.map(({ name }) => name));
  const missing = KEY_NAMES.filter((name) => !known.has(name));
  if (missing.length > 0) await repository.insert(await Promise.all(missing.map(make)));
  const { internalKeys: stored } = missing.length > 0 ? await repository.read() : { internalKeys };

  const open = async (name: KeyName): Promise<[KeyName, Uint8Array]> => {
    const wrapped = stored.find((key) => key.name === name);
    const key = wrapped && (await envelopes.unwrap(internalKeyPlace(name), wrapped));
    if (!key) throw new Error(`the internal key ${name} does not open: its row was changed or removed`);
    return [name, key];
  };
  return internalKeysFrom(await Promise.all(KEY_NAMES.map(open)));
};
