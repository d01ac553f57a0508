/**
 * Envelope encryption: every value has a data key (DEK) of its own, and only that key is encrypted under the
 * key-encryption key (KEK) of a version. A new KEK costs the rewrapping of data keys, never of values.
 */
import type { RandomBytes } from "../crypto/random.ts";
import { createSealer } from "../crypto/sealing.ts";

const DATA_KEY_BYTES = 32;

/** A key-encryption key, ready for use. */
export interface Kek {
  version: number;
  key: Uint8Array;
}

/** Where key-encryption keys come from. */
export interface KekSource {
  /** The one that new data keys are wrapped under. */
  current(): Promise<Kek>;
  /** The one of this version; fails with `WrongSecretKey` when it cannot be had. */
  get(version: number): Promise<Kek>;
  /** Looks for newer ones: what was wrapped under the current one could not be stored. */
  refresh(): Promise<void>;
}

/** A data key as it is stored. */
export interface WrappedKey {
  kekVersion: number;
  wrappedKey: string;
}

/** A value as it is stored. */
export interface Envelope extends WrappedKey {
  sealed: string;
}

export interface Envelopes {
  /** What was wrapped could not be stored: its KEK may have been retired. */
  refresh(): Promise<void>;
  /** A new data key, wrapped for this AAD context. */
  createKey(context: string): Promise<{ key: Uint8Array; wrapped: WrappedKey }>;
  wrap(context: string, key: Uint8Array): Promise<WrappedKey>;
  /** The key that is wrapped; `undefined` when it belongs elsewhere or was changed. */
  unwrap(context: string, wrapped: WrappedKey): Promise<Uint8Array | undefined>;
  /** The same key under the current KEK; `undefined` when it does not open. */
  rewrap(context: string, wrapped: WrappedKey): Promise<WrappedKey | undefined>;
  seal(context: string, plaintext: string): Promise<Envelope>;
  /** The plaintext; `undefined` when it belongs elsewhere or was changed. */
  open(context: string, envelope: Envelope): Promise<string | undefined>;
}

/** The AAD context of a wrapped key: that of what it encrypts. */
const keyContext = (context: string): string => `${context}/data-key`;

/** Places are table, row and column: what is put elsewhere does not open. */
export const createEnvelopes = (keks: KekSource, randomBytes: RandomBytes): Envelopes => {
  const wrap = async (context: string, key: Uint8Array): Promise<WrappedKey> => {
    const { version, key: kek } = await keks.current();
    const text = Buffer.from(key).toString("base64url");
    return { kekVersion: version, wrappedKey: await createSealer(kek, randomBytes).seal(keyContext(context), text) };
  };

  const unwrap: Envelopes["unwrap"] = async (context, { kekVersion, wrappedKey }) => {
    const { key: kek } = await keks.get(kekVersion);
    const text = await createSealer(kek, randomBytes).open(keyContext(context), wrappedKey);
    return text === undefined ? undefined : new Uint8Array(Buffer.from(text, "base64url"));
  };

  const createKey: Envelopes["createKey"] = async (context) => {
    const key = randomBytes(DATA_KEY_BYTES);
    return { key, wrapped: await wrap(context, key) };
  };

  return {
    refresh: keks.refresh,
    createKey,
    wrap,
    unwrap,
    rewrap: async (context, wrapped) => {
      const key = await unwrap(context, wrapped);
      return key && wrap(context, key);
    },
    seal: async (context, plaintext) => {
      const { key, wrapped } = await createKey(context);
      return { ...wrapped, sealed: await createSealer(key, randomBytes).seal(context, plaintext) };
    },
    open: async (context, envelope) => {
      const key = await unwrap(context, envelope);
      return key && createSealer(key, randomBytes).open(context, envelope.sealed);
    },
  };
};
