/**
 * Wrapping: a value behind a one-time token. The first caller with the token gets the value; a later one learns that the
 * token has been used.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
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
  /** `null`: the value was unwrapped. */
  envelope: Envelope | null;
}

export interface WrappedSecretStore {
  find(tokenHash: string): Promise<StoredWrappedSecret | undefined>;
  /** false: its KEK was retired in the meantime. */
  insert(wrapped: WrappedSecret, entry: AuditEntry): Promise<boolean>;
  /** Removes the value; false: another caller did, or it has expired. */
  consume(id: string, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Deletes what expired before that instant. */
  purge(before: Date): Promise<void>;
}

export type UnwrapFailure = "unknown" | "expired" | "used";

export interface Wrapping {
  /** `actor`: who asks for it; `undefined`: the kms itself. */
  wrap(value: string, ttlSeconds: number, actor: string | undefined): Promise<{ token: string; expiresAt: Date }>;
  /** The value, once. A refusal is recorded too. */
  unwrap(token: string): Promise<Result<string, UnwrapFailure>>;
}

export interface WrappingOptions {
  store: Pick<WrappedSecretStore, "find" | "insert" | "consume">;
  envelopes: Envelopes;
  recorder: AuditRecorder;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

/** The AAD context of a wrapped value. */
export const wrappedContext = (id: string): string => `wrapped_secrets/${id}`;

export const createWrapping = (options: WrappingOptions): Wrapping => {
  const { store, envelopes, recorder, macKey, randomBytes, now, createId } = options;

  /** Tries a second time under the KEK that replaced the first one. */
  const insert = async (
    wrapped: Omit<WrappedSecret, "envelope">,
    value: string,
    entry: AuditEntry,
  ): Promise<boolean> => {
    const seal = async (): Promise<WrappedSecret> => ({
      ...wrapped,
      envelope: await envelopes.seal(wrappedContext(wrapped.id), value),
    });
    if (await store.insert(await seal(), entry)) return true;
    await envelopes.refresh();
    return store.insert(await seal(), entry);
  };

  const find = async (token: string): Promise<StoredWrappedSecret | undefined> =>
    PATTERN.test(token) ? store.find(hmac(macKey, token)) : undefined;

  const take = async (wrapped: StoredWrappedSecret | undefined): Promise<Result<string, UnwrapFailure>> => {
    if (!wrapped) return failure("unknown");
    const { id, envelope, expiresAt } = wrapped;
    if (envelope === null) return failure("used");
    if (expiresAt.getTime() <= now()) return failure("expired");
    // Opened before it is consumed, so that a value that cannot be opened is not used up.
    const value = await envelopes.open(wrappedContext(id), envelope);
    if (value === undefined) throw new Error("a wrapped secret cannot be decrypted: its row was modified or moved");
    const isConsumed = await recorder.change({ action: "secret.unwrap", outcome: "success", target: id }, (entry) =>
      store.consume(id, new Date(now()), entry),
    );
    return isConsumed ? success(value) : failure("used");
  };

  return {
    wrap: async (value, ttlSeconds, actor) => {
      const id = createId();
      const token = PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
      const createdAt = new Date(now());
      const expiresAt = new Date(now() + ttlSeconds * 1000);
      const wrapped = { id, tokenHash: hmac(macKey, token), createdAt, expiresAt };
      const isStored = await recorder.change(
        { action: "secret.wrap", outcome: "success", actor, target: id },
        (entry) => insert(wrapped, value, entry),
      );
      if (!isStored) throw new Error("a wrapped secret cannot be stored");
      return { token, expiresAt };
    },
    unwrap: async (token) => {
      const wrapped = await find(token);
      const taken = await take(wrapped);
      if (!taken.ok)
        await recorder.record({
          action: "secret.unwrap",
          outcome: "refused",
          target: wrapped?.id,
          reason: taken.error.kind,
        });
      return taken;
    },
  };
};
