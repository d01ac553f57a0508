/**
 * The keys to Typesense. The kms keeps them; here they are remembered for five minutes at most. A key that Typesense
 * refuses is looked up again, and the admin key is the fallback, so that no call fails because of a rotation.
 */

import { z } from "zod";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { nothingIfUnavailable } from "#shared/lang/unavailable.ts";
import type { Cluster } from "./nodes.ts";
import { type Reply, type ReplyFailure, type TypesenseRequest, unreachable } from "./reply.ts";

/** The key for the daily work, made by a rotation. */
export const API_KEY_PATH = "typesense/api-key";
/** The key that may do everything, keys included. */
export const ADMIN_KEY_PATH = "typesense/admin-key";

const MEMORY_MS = 5 * 60_000;
/** When Typesense refuses every key, calls fail without a request for this long. */
const REFUSAL_MS = 2_000;
const KMS_TIMEOUT_MS = 1_000;

/** What is stored at {@link API_KEY_PATH}. */
const storedKeySchema = z.object({
  /** Null before the first rotation is through. */
  key: z.string().nullable(),
  /** Typesense's own number of it. */
  id: z.int().nullable(),
  /** Keys that were in force before, to be deleted once no isolate can have them cached. */
  retiring: z.array(z.object({ id: z.int(), deleteAfterMs: z.number() })),
  /** A rotation under way: keys in Typesense with this mark are its doing. */
  pending: z.object({ mark: z.string(), sinceMs: z.number() }).nullable(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

export const NO_KEY: StoredKey = { key: null, id: null, retiring: [], pending: null };

/** Parses a stored key; one stored by an operator is just its text. */
export const parseStoredKey = (value: string): StoredKey => {
  try {
    return storedKeySchema.parse(JSON.parse(value));
  } catch {
    return { ...NO_KEY, key: value };
  }
};

export interface Keyring {
  /** Calls with the key for the daily work. */
  call(request: TypesenseRequest, withinMs: number): Promise<Reply>;
  /** Calls with the administrator's key. */
  callAsAdministrator(request: TypesenseRequest, withinMs: number): Promise<Reply>;
  /** Forgets what it remembers, because something else is in force. */
  forget(): void;
}

export interface KeyringOptions {
  cluster: Pick<Cluster, "call">;
  kms: Pick<KmsRpc, "readSecret" | "writeSecret">;
  /** TYPESENSE_API_KEY, an administrator's key; empty when it is not set. */
  configuredKey: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  warn: (event: string) => void;
}

type Secret = { version: number; value: string } | undefined;

/** The secret; `undefined` when there is none, and a failed reply when the kms cannot be asked. */
export const readSecret = async (
  kms: Pick<KmsRpc, "readSecret">,
  path: string,
): Promise<Result<Secret, ReplyFailure>> => {
  const result = await withinTime(kms.readSecret(path), KMS_TIMEOUT_MS).catch(nothingIfUnavailable);
  if (result?.ok) return success(result.value);
  if (result && result.error.kind === "unknown") return success(undefined);
  return unreachable("the kms cannot return the key");
};

/** A key, and where it came from. */
interface Candidate {
  key: string;
  source: "stored" | "administrator" | "configured";
}

export const createKeyring = ({ cluster, kms, configuredKey, now, warn }: KeyringOptions): Keyring => {
  let remembered: { candidate: Candidate; untilMs: number } | undefined;
  let refusedUntilMs = Number.NEGATIVE_INFINITY;

  /** The administrator's key becomes a secret of the kms's as soon as Typesense has accepted it. */
  const adopt = async (): Promise<void> => {
    const read = await readSecret(kms, ADMIN_KEY_PATH);
    if (!read.ok || read.value?.value === configuredKey) return;
    await kms.writeSecret({ path: ADMIN_KEY_PATH, value: configuredKey, cas: read.value?.version ?? 0 });
  };

  const sources: Record<Candidate["source"], () => Promise<string | undefined | Extract<Reply, { ok: false }>>> = {
    stored: async () => {
      const read = await readSecret(kms, API_KEY_PATH);
      if (!read.ok) return read;
      return (read.value && parseStoredKey(read.value.value).key) ?? undefined;
    },
    administrator: async () => {
      const read = await readSecret(kms, ADMIN_KEY_PATH);
      return read.ok ? read.value?.value : read;
    },
    configured: async () => configuredKey || undefined,
  };

  /** Calls with one key after the other until one is accepted. */
  const callWithAny = async (
    order: readonly Candidate["source"][],
    first: Candidate | undefined,
    call: (key: string) => Promise<Reply>,
  ): Promise<{ reply: Reply; accepted: Candidate | undefined }> => {
    const refused = new Set<string>();
    let reply: Reply = failure("key-refused", { message: "no key exists" });
    if (first) {
      reply = await call(first.key);
      if (reply.ok || reply.error.kind !== "key-refused") return { reply, accepted: first };
      refused.add(first.key);
    }
    for (const source of order) {
      const key = await sources[source]();
      if (typeof key === "object") return { reply: key, accepted: undefined };
      if (key === undefined || refused.has(key)) continue;
      reply = await call(key);
      if (reply.ok || reply.error.kind !== "key-refused") return { reply, accepted: { key, source } };
      refused.add(key);
    }
    return { reply, accepted: undefined };
  };

  return {
    call: async (request, withinMs) => {
      const giveUpAtMs = now() + withinMs;
      if (now() < refusedUntilMs) return failure("key-refused", { message: "every key was refused a moment ago" });
      const known = remembered && now() < remembered.untilMs ? remembered.candidate : undefined;
      const { reply, accepted } = await callWithAny(["stored", "administrator", "configured"], known, (key) =>
        cluster.call(key, request, giveUpAtMs - now()),
      );
      if (!reply.ok && reply.error.kind === "key-refused") {
        remembered = undefined;
        refusedUntilMs = now() + REFUSAL_MS;
        warn("typesense.keys-refused");
      }
      if (!accepted || accepted === known) return reply;
      if (known) warn("typesense.key-replaced");
      remembered = { candidate: accepted, untilMs: now() + MEMORY_MS };
      if (reply.ok && accepted.source === "configured") await adopt();
      return reply;
    },

    callAsAdministrator: async (request, withinMs) => {
      const { reply, accepted } = await callWithAny(["administrator", "configured"], undefined, (key) =>
        cluster.call(key, request, withinMs),
      );
      if (reply.ok && accepted?.source === "configured") await adopt();
      return reply;
    },

    forget: () => {
      remembered = undefined;
    },
  };
};
