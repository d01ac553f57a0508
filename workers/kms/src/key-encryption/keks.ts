/**
 * The key-encryption keys: each follows from SECRET_KEY and a salt of its own, so that there can be a new one whether
 * SECRET_KEY changes or not. Old ones open what is still wrapped under them, and leave when nothing is.
 */
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { deriveKek } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import { WrongSecretKey } from "../tokens/signing-key.ts";
import type { Kek, KekSource } from "./envelope.ts";

const SALT_BYTES = 32;
const CHECK_TEXT = "fountain";
/** A KEK that another isolate made is used for new data keys this much later at most. */
const FRESH_MS = 10_000;

/** A key-encryption key as it is stored: everything but the key. */
export interface StoredKek {
  version: number;
  /** In base64url. */
  salt: string;
  /** Shows whether a SECRET_KEY is the one that it is derived from. */
  check: string;
  createdAt: Date;
}

export interface KekStore {
  /** Oldest first. */
  listKeks(): Promise<StoredKek[]>;
  /** false: another one is the next after the newest. Of the very first one there is no audit entry to store with it. */
  insertKek(kek: StoredKek, entry?: AuditEntry): Promise<boolean>;
}

/** The keys it is derived from: SECRET_KEY, and SECRET_KEY_PREVIOUS where there is one. */
export type SecretKeys = readonly [current: string, ...previous: string[]];

export interface Keks extends KekSource {
  /** Reads all there are, makes the first one, and fails with `WrongSecretKey` when one follows from no key at hand. */
  unlock(): Promise<void>;
  /** Whether the newest one follows from SECRET_KEY itself. */
  isCurrent(): Promise<boolean>;
  /** Makes the next one, for SECRET_KEY; false: another process did. */
  advance(entry: AuditEntry): Promise<boolean>;
}

export interface KeksOptions {
  store: KekStore;
  secretKeys: SecretKeys;
  randomBytes: RandomBytes;
  now: () => number;
}

const checkContext = (version: number): string => `key_encryption_keys/${version}/check_value`;

export const createKeks = ({ store, secretKeys, randomBytes, now }: KeksOptions): Keks => {
  const opened = new Map<number, Kek & { isOfCurrentKey: boolean }>();
  let newest: StoredKek | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;

  const derive = (secretKey: string, { salt }: Pick<StoredKek, "salt">): Uint8Array =>
    deriveKek(secretKey, Buffer.from(salt, "base64url"));

  const make = async (version: number): Promise<StoredKek> => {
    const salt = Buffer.from(randomBytes(SALT_BYTES)).toString("base64url");
    const sealer = createSealer(derive(secretKeys[0], { salt }), randomBytes);
    return { version, salt, check: await sealer.seal(checkContext(version), CHECK_TEXT), createdAt: new Date(now()) };
  };

  const open = async (stored: StoredKek): Promise<void> => {
    if (opened.has(stored.version)) return;
    for (const secretKey of secretKeys) {
      const key = derive(secretKey, stored);
      const text = await createSealer(key, randomBytes).open(checkContext(stored.version), stored.check);
      if (text !== CHECK_TEXT) continue;
      opened.set(stored.version, { version: stored.version, key, isOfCurrentKey: secretKey === secretKeys[0] });
      return;
    }
  };

  const read = async (): Promise<StoredKek[]> => {
    const startedAtMs = now();
    const stored = await store.listKeks();
    for (const kek of stored) await open(kek);
    newest = stored.at(-1);
    readAtMs = startedAtMs;
    return stored;
  };

  const get = async (version: number): Promise<Kek & { isOfCurrentKey: boolean }> => {
    if (!opened.has(version)) await read();
    const kek = opened.get(version);
    if (!kek) throw new WrongSecretKey(`key-encryption key ${version}`);
    return kek;
  };

  const current = async (): Promise<Kek & { isOfCurrentKey: boolean }> => {
    if (!newest || now() - readAtMs > FRESH_MS) await read();
    if (!newest) throw new Error("no key-encryption key exists yet");
    return get(newest.version);
  };

  return {
    get,
    refresh: async () => {
      await read();
    },
    current,
    unlock: async () => {
      let stored = await read();
      if (stored.length === 0) {
        await store.insertKek(await make(1));
        stored = await read();
      }
      for (const { version } of stored) await get(version);
    },
    isCurrent: async () => (await current()).isOfCurrentKey,
    advance: async (entry) => {
      await read();
      const isAdvanced = await store.insertKek(await make((await current()).version + 1), entry);
      await read();
      return isAdvanced;
    },
  };
};
