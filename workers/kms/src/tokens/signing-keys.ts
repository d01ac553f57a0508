/**
 * The life of signing keys: made and published as the next one, rotated in on schedule, on demand or for a new JWT_ALG, kept
 * until the last token they signed has expired, or revoked at once.
 */
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type AuditEntry, type AuditEvent, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import type { Sealer } from "../crypto/sealing.ts";
import { type KeyRing, PUBLISHED_BEFORE_MS } from "./key-ring.ts";
import { generateSigningKey, type SigningAlgorithm, type SigningKey, type SigningKeyPurpose } from "./signing-key.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * A key that was replaced stays published for the longest token's life and five minutes: it may sign for two of them, until
 * its successor is known, and the rest is for clocks that differ.
 */
export const SIGNING_KEY_OVERLAP_MS = (LONGEST_TOKEN_SECONDS + 5 * 60) * 1000;
/** How long a revoked key is still listed. */
const REVOKED_RETENTION_MS = 90 * DAY_MS;

/** How long a key that was replaced is published: one of ID tokens as long as a session that one may be about. */
export const OVERLAP_MS: Record<SigningKeyPurpose, number> = {
  "access-token": SIGNING_KEY_OVERLAP_MS,
  "id-token": 90 * DAY_MS,
};

export interface SigningKeyRotation {
  from: SigningKey;
  to: SigningKey;
  /** The next key after that. */
  successor: SigningKey;
  at: Date;
}

export interface SigningKeyStore {
  /** All keys, the youngest first. */
  list(): Promise<SigningKey[]>;
  /** Lets the next key take the current one's place; false: they have changed in the meantime. */
  rotate(rotation: SigningKeyRotation, entry: AuditEntry): Promise<boolean>;
  /** Replaces the next key, which has signed nothing; false: it is the next one no longer. */
  replaceNext(kid: string, successor: SigningKey, entry: AuditEntry): Promise<boolean>;
  /** Revokes a key; the next one takes the current one's place at once. false: it was revoked, or is not there. */
  revoke(kid: string, successor: SigningKey, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Forgets keys that stopped signing, and keys that were revoked, before these instants. */
  purge(endedBefore: Date, revokedBefore: Date): Promise<void>;
}

export interface SigningKeys {
  list(): Promise<SigningKey[]>;
  /** The new current key. */
  rotate(actor: string): Promise<Result<SigningKey, "superseded">>;
  /** The revoked key, once more without complaint. */
  revoke(kid: string, actor: string): Promise<Result<SigningKey, "unknown">>;
  /** Rotates when it is time, and forgets keys that no token needs any more. Harmless when run twice at once. */
  maintain(): Promise<void>;
}

export interface SigningKeysOptions {
  store: SigningKeyStore;
  /** What the keys are for; by default access tokens. Those of ID tokens are there from the first one on. */
  purpose?: SigningKeyPurpose;
  keyRing: KeyRing;
  wrapping: Sealer;
  algorithm: SigningAlgorithm;
  rotationDays: number;
  recorder: Pick<AuditRecorder, "change">;
  now: () => number;
}

interface Pair {
  current: SigningKey;
  next: SigningKey;
}

export const createSigningKeys = (options: SigningKeysOptions): SigningKeys => {
  const { store, purpose = "access-token", keyRing, wrapping, algorithm, rotationDays, recorder, now } = options;

  const create = (): Promise<SigningKey> =>
    generateSigningKey(wrapping, new Date(now()), { purpose, algorithm, state: "next" });

  /** Makes the change with its audit entry; the keys are read again after it. */
  const change = async (event: AuditEvent, make: (entry: AuditEntry) => Promise<boolean>): Promise<boolean> => {
    const isChanged = await recorder.change(event, make);
    keyRing.forget();
    return isChanged;
  };

  const find = async (kid: string): Promise<SigningKey | undefined> =>
    (await store.list()).find((key) => key.kid === kid);

  /** The two keys that every ring has once it was asked for its signer. */
  const pair = async (): Promise<Pair> => {
    await keyRing.signer();
    const keys = await store.list();
    const [current, next] = (["current", "next"] as const).map((state) => keys.find((key) => key.state === state));
    if (!current || !next) throw new Error("the key ring needs a current and a next key");
    return { current, next };
  };

  const rotatePair = async ({ current, next }: Pair, reason: string, actor?: string): Promise<boolean> => {
    const rotation = { from: current, to: next, successor: await create(), at: new Date(now()) };
    return change({ action: "signing-key.rotate", outcome: "success", actor, target: next.kid, reason }, (entry) =>
      store.rotate(rotation, entry),
    );
  };

  /** Why it is time to rotate; `undefined` while it is not. */
  const dueReason = ({ current, next }: Pair): string | undefined => {
    if (next.algorithm !== algorithm || now() - next.createdAt.getTime() < PUBLISHED_BEFORE_MS) return undefined;
    if (current.algorithm !== algorithm) return "algorithm";
    const activatedAt = current.activatedAt ?? current.createdAt;
    return now() - activatedAt.getTime() >= rotationDays * DAY_MS ? "scheduled" : undefined;
  };

  return {
    list: store.list,
    rotate: async (actor) => {
      const keys = await pair();
      if (!(await rotatePair(keys, "requested", actor))) return failure("superseded");
      const rotated = await find(keys.next.kid);
      return rotated ? success(rotated) : failure("superseded");
    },
    revoke: async (kid, actor) => {
      await keyRing.signer();
      const key = await find(kid);
      if (!key) return failure("unknown");
      if (key.state !== "revoked") {
        const successor = await create();
        await change(
          { action: "signing-key.revoke", outcome: "success", actor, target: kid, reason: key.state },
          (entry) => store.revoke(kid, successor, new Date(now()), entry),
        );
      }
      const revoked = await find(kid);
      return revoked ? success(revoked) : failure("unknown");
    },
    maintain: async () => {
      if (purpose === "id-token" && (await store.list()).length === 0) return;
      const keys = await pair();
      if (keys.next.algorithm !== algorithm) {
        const successor = await create();
        await change({ action: "signing-key.create", outcome: "success", target: successor.kid, ...BY_KMS }, (entry) =>
          store.replaceNext(keys.next.kid, successor, entry),
        );
      }
      const reason = dueReason(keys);
      if (reason !== undefined) await rotatePair(keys, reason);
      await store.purge(new Date(now() - OVERLAP_MS[purpose]), new Date(now() - REVOKED_RETENTION_MS));
    },
  };
};
