/**
 * Wrapping: a value handed over by a one-time token. Who holds the token gets the value, once; a second try tells whoever
 * comes second that somebody else was first.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import { hmac } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Envelope, Envelopes } from "../key-encryption/envelope.ts";

export const DEFAULT_WRAPPING_TTL_SECONDS = 15 * 60;
export const MAX_WRAPPING_TTL_SECONDS = 7 * 24 * 60 * 60;
const PREFIX = "fwt_";
const SECRET_BYTES = 32;
const PATTERN = /^fwt_[\w-]{43}$/;

export interface WrappedSecret {
  id: string;
  tokenHash: string;
  envelope: Envelope;
  createdAt: Date;
  expiresAt: Date;
}

export interface StoredWrappedSecret extends Omit<WrappedSecret, "envelope"> {
  /** `null`: it was handed over. */
  envelope: Envelope | null;
}

export interface WrappedSecretRepository {
  find(tokenHash: string): Promise<StoredWrappedSecret | undefined>;
  /** false: its KEK was retired meanwhile. */
  insert(wrapped: WrappedSecret, entry: AuditEntry): Promise<boolean>;
  /** Takes the value out; false: somebody else did, or it has expired. */
  consume(id: string, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Forgets what expired before that instant. */
  purge(before: Date): Promise<void>;
}

export type UnwrapFailure = "expired" | "used";

export interface Wrapping {
  /** `entryOf`: tells the audit trail of the one with this id. */
  wrap(
    value: string,
    ttlSeconds: number,
    entryOf: (id: string) => Promise<AuditEntry>,
  ): Promise<{ id: string; token: string; expiresAt: Date }>;
  /** What the token stands for, whatever became of it. */
  find(token: string): Promise<StoredWrappedSecret | undefined>;
  /** The value, and nobody gets it again. */
  unwrap(wrapped: StoredWrappedSecret, entry: AuditEntry): Promise<Result<string, UnwrapFailure>>;
}

export interface WrappingOptions {
  repository: Pick<WrappedSecretRepository, "find" | "insert" | "consume">;
  envelopes: Envelopes;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

/** What a wrapped value is bound to. */
export const wrappedPlace = (id: string): string => `wrapped_secrets/${id}`;

export const createWrapping = (options: WrappingOptions): Wrapping => {
  const { repository, envelopes, macKey, randomBytes, now, createId } = options;

  const insert = async (wrapped: Omit<WrappedSecret, "envelope">, value: string, entry: AuditEntry): Promise<void> => {
    const seal = async (): Promise<WrappedSecret> => ({
      ...wrapped,
      envelope: await envelopes.seal(wrappedPlace(wrapped.id), value),
    });
    if (await repository.insert(await seal(), entry)) return;
    await envelopes.refresh();
    if (!(await repository.insert(await seal(), entry))) throw new Error("a wrapped secret cannot be stored");
  };

  return {
    wrap: async (value, ttlSeconds, entryOf) => {
      const id = createId();
      const token = PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
      const createdAt = new Date(now());
      const expiresAt = new Date(now() + ttlSeconds * 1000);
      await insert({ id, tokenHash: hmac(macKey, token), createdAt, expiresAt }, value, await entryOf(id));
      return { id, token, expiresAt };
    },
    find: async (token) => (PATTERN.test(token) ? repository.find(hmac(macKey, token)) : undefined),
    unwrap: async ({ id, envelope, expiresAt }, entry) => {
      if (envelope === null) return failure("used");
      if (expiresAt.getTime() <= now()) return failure("expired");
      const value = await envelopes.open(wrappedPlace(id), envelope);
      if (value === undefined) throw new Error("a wrapped secret cannot be decrypted: its row was modified or moved");
      // Opened before, so that what cannot be opened is not used up; told only to whoever takes it.
      return (await repository.consume(id, new Date(now()), entry)) ? success(value) : failure("used");
    },
  };
};
