/**
 * Transit: encryption for callers who keep the ciphertexts themselves (AES-256-GCM). A key has versions: the newest one
 * encrypts, and those from the minimum on decrypt. The key itself never leaves the kms.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { decrypt, encrypt, NONCE_BYTES } from "../crypto/sealing.ts";
import type { Envelopes, WrappedKey } from "../key-encryption/envelope.ts";

const PREFIX = "fountain:v";
const CIPHERTEXT = /^fountain:v([1-9]\d{0,8}):([A-Za-z0-9+/]+={0,2})$/;
const MAX_ATTEMPTS = 5;
const FIRST_VERSION = 1;

export interface TransitKey {
  name: string;
  latestVersion: number;
  /** What was encrypted under an older one is not decrypted. */
  minDecryptionVersion: number;
  createdAt: Date;
  /** The subject that created it. */
  createdBy: string;
}

/** How many keys a subject can create: each mistyped name makes one when something is encrypted. */
export const MAX_KEYS_OF_CREATOR = 1_000;

/** A key, and the wrapped bytes of one of its versions, if it has that one. */
export interface TransitKeyVersion {
  key: TransitKey;
  version: number;
  wrapped: WrappedKey | undefined;
}

export interface NewTransitKey extends Pick<TransitKey, "name" | "createdAt" | "createdBy"> {
  /** How many keys the creator may have, with this one. */
  maxOfCreator: number;
}

export interface TransitStore {
  find(name: string): Promise<TransitKey | undefined>;
  /** The key with the version asked for, or its latest one. */
  findVersion(name: string, version: number | undefined): Promise<TransitKeyVersion | undefined>;
  /** By name, from the one after `after`, all or those among `names`. */
  list(limit: number, after: string | undefined, names: readonly string[] | undefined): Promise<TransitKey[]>;
  /** Stores a key with its first version; false: there is one, its KEK was retired, or the creator has too many. */
  insertKey(key: NewTransitKey, wrapped: WrappedKey, entry: AuditEntry): Promise<boolean>;
  /** Stores the next version of a key; false: another caller did, or its KEK was retired. */
  insertVersion(name: string, version: number, wrapped: WrappedKey, at: Date, entry: AuditEntry): Promise<boolean>;
  /** How many keys this subject has created. */
  countOfCreator(createdBy: string): Promise<number>;
  /** false: there is no such key, or no such version of it. */
  setMinDecryptionVersion(name: string, version: number, entry: AuditEntry): Promise<boolean>;
  /** Deletes a key with all its versions; false: there is no such key. */
  remove(name: string, entry: AuditEntry): Promise<boolean>;
}

export interface Encrypted {
  ciphertext: string;
  keyVersion: number;
}

/** `retired`: below the minimum decryption version. */
export type DecryptFailure = "unknown-key" | "malformed" | "unknown-version" | "retired" | "unreadable";

/** There is no such version; `latestVersion` is the highest. */
interface NoSuchVersion {
  kind: "unknown-version";
  latestVersion: number;
}

/** What callers do with transit keys. All of it is recorded, and so is a decryption that fails. */
export interface Transit {
  /** The key, created if there is none of that name. */
  create(
    name: string,
    grantor: Grantor<"secret">,
  ): Promise<Result<{ key: TransitKey; isNew: boolean }, "too-many-keys">>;
  /** Under the latest version of a key, which is created if there is none of that name: only then the grantor is needed. */
  encrypt(
    name: string,
    plaintext: Uint8Array,
    context: string,
    grantorOf: () => Grantor<"secret">,
  ): Promise<Result<Encrypted, "too-many-keys">>;
  decrypt(name: string, ciphertext: string, context: string): Promise<Result<Uint8Array, DecryptFailure>>;
  /** The same plaintext under the latest version. */
  rewrap(name: string, ciphertext: string, context: string): Promise<Result<Encrypted, DecryptFailure>>;
  rotate(name: string): Promise<Result<TransitKey, "unknown-key" | "superseded">>;
  configure(name: string, minDecryptionVersion: number): Promise<Result<TransitKey, "unknown-key" | NoSuchVersion>>;
  /** Deletes a key for good: nothing that was encrypted with it can be decrypted any more. */
  remove(name: string): Promise<Result<undefined, "unknown-key">>;
}

export interface TransitOptions {
  store: Omit<TransitStore, "list">;
  envelopes: Envelopes;
  recorder: AuditRecorder;
  randomBytes: RandomBytes;
  now: () => number;
}

/** The AAD context of the bytes of a key's version. */
export const transitContext = (name: string, version: number): string => `transit_key_versions/${name}/${version}`;

/** The AAD of a ciphertext. The caller's context comes last: nothing in it can pass for the rest. */
const boundTo = (name: string, version: number, context: string): Uint8Array =>
  Buffer.from(`transit/${name}/${version}/${context}`, "utf8");

export const createTransit = (options: TransitOptions): Transit => {
  const { store, envelopes, recorder, randomBytes, now } = options;

  const unwrap = async ({ key, version }: TransitKeyVersion, wrapped: WrappedKey): Promise<Uint8Array> => {
    const bytes = await envelopes.unwrap(transitContext(key.name, version), wrapped);
    if (!bytes) throw new Error("a transit key cannot be decrypted: its row was modified or moved");
    return bytes;
  };

  const addVersion = async (name: string, version: number): Promise<boolean> => {
    const { wrapped } = await envelopes.createKey(transitContext(name, version));
    const isAdded = await recorder.change({ action: "transit.rotate", outcome: "success", target: name }, (entry) =>
      store.insertVersion(name, version, wrapped, new Date(now()), entry),
    );
    if (!isAdded) await envelopes.refresh();
    return isAdded;
  };

  const addKey = async (name: string, { subject: createdBy }: Grantor<"secret">): Promise<boolean> => {
    const { wrapped } = await envelopes.createKey(transitContext(name, FIRST_VERSION));
    const key = { name, createdBy, createdAt: new Date(now()), maxOfCreator: MAX_KEYS_OF_CREATOR };
    const isAdded = await recorder.change(
      { action: "transit.create", outcome: "success", actor: createdBy, target: name },
      (entry) => store.insertKey(key, wrapped, entry),
    );
    if (!isAdded) await envelopes.refresh();
    return isAdded;
  };

  const create: Transit["create"] = async (name, grantor) => {
    let isNew = false;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const key = await store.find(name);
      if (key) return success({ key, isNew });
      if ((await store.countOfCreator(grantor.subject)) >= MAX_KEYS_OF_CREATOR) return failure("too-many-keys");
      isNew = await addKey(name, grantor);
    }
    throw new Error("a transit key cannot be stored");
  };

  const encryptUnder = async (found: TransitKeyVersion, plaintext: Uint8Array, context: string): Promise<Encrypted> => {
    const { key, version, wrapped } = found;
    if (!wrapped) throw new Error("the latest version of a transit key is missing");
    const nonce = randomBytes(NONCE_BYTES);
    const ciphertext = await encrypt(
      await unwrap(found, wrapped),
      nonce,
      boundTo(key.name, version, context),
      plaintext,
    );
    const body = Buffer.concat([nonce, ciphertext]).toString("base64");
    return { ciphertext: `${PREFIX}${version}:${body}`, keyVersion: version };
  };

  const latestOf = async (name: string): Promise<TransitKeyVersion> => {
    const found = await store.findVersion(name, undefined);
    if (!found) throw new Error("a transit key was stored but is not found");
    return found;
  };

  const open: Transit["decrypt"] = async (name, ciphertext, context) => {
    const [, number, body] = CIPHERTEXT.exec(ciphertext) ?? [];
    if (number === undefined || body === undefined) return failure("malformed");
    const found = await store.findVersion(name, Number(number));
    if (!found) return failure("unknown-key");
    if (found.version < found.key.minDecryptionVersion) return failure("retired");
    if (!found.wrapped) return failure("unknown-version");
    const bytes = Buffer.from(body, "base64");
    const plaintext = await decrypt(
      await unwrap(found, found.wrapped),
      bytes.subarray(0, NONCE_BYTES),
      boundTo(name, found.version, context),
      bytes.subarray(NONCE_BYTES),
    );
    return plaintext ? success(plaintext) : failure("unreadable");
  };

  /** Records what a key was used for: a key that does not exist is not named, because callers choose names. */
  const recordUse = async <Value>(
    action: "transit.decrypt" | "transit.rewrap",
    name: string,
    used: Result<Value, DecryptFailure>,
  ): Promise<Result<Value, DecryptFailure>> => {
    if (used.ok) await recorder.record({ action, outcome: "success", target: name });
    else {
      const target = (await store.find(name))?.name;
      await recorder.record({ action, outcome: "failure", target, reason: used.error.kind });
    }
    return used;
  };

  const encryptOrCreate: Transit["encrypt"] = async (name, plaintext, context, grantorOf) => {
    const found = await store.findVersion(name, undefined);
    if (found) return success(await encryptUnder(found, plaintext, context));
    const created = await create(name, grantorOf());
    return created.ok ? success(await encryptUnder(await latestOf(name), plaintext, context)) : created;
  };

  const rewrap: Transit["rewrap"] = async (name, ciphertext, context) => {
    const opened = await open(name, ciphertext, context);
    return opened.ok ? success(await encryptUnder(await latestOf(name), opened.value, context)) : opened;
  };

  return {
    create,
    encrypt: async (name, plaintext, context, grantorOf) => {
      const encrypted = await encryptOrCreate(name, plaintext, context, grantorOf);
      if (encrypted.ok) await recorder.record({ action: "transit.encrypt", outcome: "success", target: name });
      return encrypted;
    },
    decrypt: async (name, ciphertext, context) =>
      recordUse("transit.decrypt", name, await open(name, ciphertext, context)),
    rewrap: async (name, ciphertext, context) =>
      recordUse("transit.rewrap", name, await rewrap(name, ciphertext, context)),
    rotate: async (name) => {
      const key = await store.find(name);
      if (!key) return failure("unknown-key");
      const isMine = await addVersion(name, key.latestVersion + 1);
      const rotated = await store.find(name);
      return isMine && rotated ? success(rotated) : failure("superseded");
    },
    remove: async (name) => {
      const isRemoved = await recorder.change({ action: "transit.delete", outcome: "success", target: name }, (entry) =>
        store.remove(name, entry),
      );
      return isRemoved ? success(undefined) : failure("unknown-key");
    },
    configure: async (name, minDecryptionVersion) => {
      const isSet = await recorder.change({ action: "transit.configure", outcome: "success", target: name }, (entry) =>
        store.setMinDecryptionVersion(name, minDecryptionVersion, entry),
      );
      const key = await store.find(name);
      if (!key) return failure("unknown-key");
      return isSet ? success(key) : failure("unknown-version", { latestVersion: key.latestVersion });
    },
  };
};
