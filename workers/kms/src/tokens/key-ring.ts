/** The signing keys and revocations in force, read from the database at most once a second. */
import type { JWK } from "jose";
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import type { RightsChange, Trust } from "#shared/contracts/kms.ts";
import { type AuditEntry, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import type { Sealer } from "../crypto/sealing.ts";
import { toSeconds } from "./access-token.ts";
import { createRevocationLog, type RevocationUpdates } from "./revocation-log.ts";
import {
  generateSigningKey,
  type Signer,
  type SigningAlgorithm,
  type SigningKey,
  type SigningKeyPurpose,
  type SigningKeyState,
  unwrapSigningKey,
  verificationJwk,
} from "./signing-key.ts";

export const TRUST_MEMORY_MS = 1_000;
/** A revocation matters until the last token issued before it has expired; a minute more for clocks that differ. */
export const REVOCATION_RETENTION_MS = (LONGEST_TOKEN_SECONDS + 60) * 1000;
const PRUNE_EVERY_MS = 60_000;
/** The bound on updates: what was stored so long ago has reached every worker. */
export const KNOWN_EVERYWHERE_MS = 5_000;
/** Before a key signs it has been published for twice the time that a verifier may cache the key set. */
export const PUBLISHED_BEFORE_MS = 2 * 60_000;
/** A new ring makes its first two keys one right after the other, before it shows either. */
const MADE_TOGETHER_MS = 2_000;

export interface TrustRecord {
  /** All but the revoked ones. */
  signingKeys: SigningKey[];
  /** Since that instant. A token says in whole seconds when it was issued: all of that second are concerned. */
  rightsChanges: RightsChange[];
  updates: RevocationUpdates;
}

export interface TrustStore {
  /** All verification keys, and, of the revocations in force since that instant or later, those after the position. */
  read(position: number, since: Date): Promise<TrustRecord>;
  /** Makes this the current key of a ring that has none; false: there is one. */
  insertCurrentKey(key: SigningKey, entry: AuditEntry): Promise<boolean>;
  /** Makes this the next key of a ring that has none; false: there is one. */
  insertNextKey(key: SigningKey, entry: AuditEntry): Promise<boolean>;
  /** Forgets revocations from before that instant. */
  purgeRevocations(before: Date): Promise<void>;
}

export interface KeyRing {
  /** What other workers verify tokens with, and what was revoked since that position. Fails with `WrongSecretKey`. */
  trust(position?: number): Promise<Trust>;
  /**
   * The key to sign with; a ring without keys makes its first ones. The database is asked only where what is remembered is
   * older than `maxAgeMs`, by default a second. Fails with `WrongSecretKey`.
   */
  signer(maxAgeMs?: number): Promise<Signer>;
  /** The public keys that there are: unlike the others this makes none. */
  published(): Promise<JWK[]>;
  /** Makes the next call read the keys again. */
  forget(): void;
}

export interface KeyRingOptions {
  store: Pick<TrustStore, "read" | "insertCurrentKey" | "insertNextKey">;
  /** What the keys are for; by default access tokens. */
  purpose?: SigningKeyPurpose;
  /** Opens the private halves. */
  wrapping: Sealer;
  /** Of the keys that are made here. */
  algorithm: SigningAlgorithm;
  recorder: Pick<AuditRecorder, "change">;
  now: () => number;
}

/** A key ready to sign, and what its tokens are verified with. */
interface OpenKey {
  signer: Signer;
  verificationJwk: JWK;
}

const inState = (keys: readonly SigningKey[], state: SigningKeyState): SigningKey | undefined =>
  keys.find((key) => key.state === state);

/**
 * The key to sign with: the current one or, until every cached key set holds that, one that it has just replaced; if no key
 * is known for certain, the one that was published first. So it does not matter how fast keys are rotated or revoked: a
 * next key that is younger than {@link PUBLISHED_BEFORE_MS} has a predecessor that was replaced no longer ago.
 */
const signingKeyOf = (keys: readonly SigningKey[], nowMs: number): SigningKey | undefined => {
  const isWithin = (limitMs: number, instant: Date | null): boolean =>
    instant !== null && nowMs - instant.getTime() < limitMs;
  const byCreation = keys.toSorted((one, other) => Number(one.createdAt) - Number(other.createdAt));
  const first = byCreation[0];
  // No key set was ever served without the first two.
  const isOfFirstPair = (key: SigningKey): boolean =>
    byCreation.indexOf(key) < 2 && Number(key.createdAt) - Number(first?.createdAt) < MADE_TOGETHER_MS;
  const isKnown = (key: SigningKey): boolean =>
    !isWithin(KNOWN_EVERYWHERE_MS, key.createdAt) &&
    (isOfFirstPair(key) || !isWithin(PUBLISHED_BEFORE_MS, key.createdAt));
  const usable = byCreation.filter(
    ({ state, endedAt }) => state === "current" || (state === "retiring" && isWithin(PUBLISHED_BEFORE_MS, endedAt)),
  );
  const byActivation = usable.toSorted((one, other) => Number(other.activatedAt) - Number(one.activatedAt));
  return byActivation.find(isKnown) ?? usable[0];
};

export const createKeyRing = (options: KeyRingOptions): KeyRing => {
  const { store, purpose = "access-token", wrapping, algorithm, recorder, now } = options;
  const opened = new Map<string, OpenKey>();
  const log = createRevocationLog();
  let pruneAtMs = now() + PRUNE_EVERY_MS;
  let rightsChanges: RightsChange[] = [];
  let shown: { keys: JWK[]; readAtMs: number } | undefined;
  let remembered: { signingKeys: SigningKey[]; readAtMs: number } | undefined;

  const open = async (key: SigningKey): Promise<OpenKey> => {
    const known = opened.get(key.kid);
    if (known) return known;
    const openKey = {
      signer: await unwrapSigningKey(wrapping, key),
      verificationJwk: await verificationJwk(wrapping, key),
    };
    opened.set(key.kid, openKey);
    return openKey;
  };

  /** The keys as they are stored; the log is brought up to date with them. */
  const readStored = async (): Promise<SigningKey[]> => {
    for (;;) {
      const since = new Date(now() - REVOCATION_RETENTION_MS);
      const { signingKeys, updates, ...stored } = await store.read(log.position(), since);
      rightsChanges = stored.rightsChanges;
      if (updates.lastPosition < updates.askedFrom) remembered = undefined;
      log.add(updates);
      if (!updates.hasMore && log.position() >= updates.lastPosition) return signingKeys;
    }
  };

  const make = async (state: "current" | "next"): Promise<SigningKey[]> => {
    const key = await generateSigningKey(wrapping, new Date(now()), { purpose, algorithm, state });
    const insert = state === "current" ? store.insertCurrentKey : store.insertNextKey;
    await recorder.change({ action: "signing-key.create", outcome: "success", target: key.kid, ...BY_KMS }, (entry) =>
      insert(key, entry),
    );
    return readStored();
  };

  /** The keys with those that were missing. None is made under a SECRET_KEY that does not open the current one. */
  const complete = async (stored: SigningKey[]): Promise<SigningKey[]> => {
    const keys = inState(stored, "current") ? stored : await make("current");
    const current = inState(keys, "current");
    if (!current) throw new Error("a signing key was stored but is not found");
    await open(current);
    return inState(keys, "next") ? keys : make("next");
  };

  const prune = (keys: readonly SigningKey[]): void => {
    for (const kid of opened.keys()) if (!keys.some((key) => key.kid === kid)) opened.delete(kid);
    if (now() < pruneAtMs) return;
    pruneAtMs = now() + PRUNE_EVERY_MS;
    log.prune(toSeconds(now() - REVOCATION_RETENTION_MS));
  };

  /** What was read a moment ago is used again, unless the caller has a later position already. */
  const read = async (position = 0, maxAgeMs = TRUST_MEMORY_MS): Promise<SigningKey[]> => {
    const readAtMs = now();
    if (remembered && readAtMs - remembered.readAtMs < maxAgeMs && position <= log.position())
      return remembered.signingKeys;
    const signingKeys = await complete(await readStored());
    prune(signingKeys);
    remembered = { signingKeys, readAtMs };
    return signingKeys;
  };

  return {
    forget: () => {
      remembered = undefined;
      shown = undefined;
    },
    published: async () => {
      const readAtMs = now();
      if (shown === undefined || readAtMs - shown.readAtMs >= TRUST_MEMORY_MS)
        shown = { keys: (await readStored()).map(({ publicJwk }) => publicJwk), readAtMs };
      return shown.keys;
    },
    signer: async (maxAgeMs) => {
      const key = signingKeyOf(await read(undefined, maxAgeMs), now());
      if (!key) throw new Error("no signing key is current");
      return (await open(key)).signer;
    },
    trust: async (position) => {
      const keys = await Promise.all((await read(position)).map(open));
      return { keys: keys.map((key) => key.verificationJwk), rightsChanges, ...log.since(position) };
    },
  };
};
