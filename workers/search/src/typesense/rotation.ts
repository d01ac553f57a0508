/**
 * Changes the key for the daily work: a new one in Typesense with just the rights it needs, stored at the kms, and the
 * old one deleted once no isolate can have it cached. Each step is recorded before the next, in the secret itself, so
 * that the maintenance job repairs an interrupted rotation: a key that was created and never stored is deleted.
 */
import { z } from "zod";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { failure, success } from "#shared/lang/result.ts";
import type { KeyRotation } from "../sync/cluster.ts";
import { COLLECTION_NAMES } from "./collection.ts";
import { API_KEY_PATH, type Keyring, NO_KEY, parseStoredKey, readSecret, type StoredKey } from "./keyring.ts";
import type { Reply, TypesenseRequest } from "./reply.ts";
import { engineUnavailable, shapeOf } from "./unavailable.ts";

/** Longer than any isolate remembers a key, and than any call takes. */
export const OVERLAP_MS = 10 * 60_000;
/** A rotation that has not ended after this long never will. */
const PENDING_MS = 60_000;
const TIMEOUT_MS = 5_000;
/** How often the maintenance job looks at the secret. */
const LOOK_MS = 5 * 60_000;
const ACCEPTANCE_TRIES = 10;
const ACCEPTANCE_PAUSE_MS = 100;

/** Everything the engine does, before and from version 30. Keys are none of it. */
const RIGHTS = [
  "collections:*",
  "documents:*",
  "aliases:*",
  "synonyms:*",
  "overrides:*",
  "synonym_sets:*",
  "curation_sets:*",
  "debug:list",
];

export interface MaintainedKeyRotation extends KeyRotation {
  /** Deletes keys whose time has come, and what a broken-off rotation left; harmless when run twice at once. */
  cleanUp(): Promise<void>;
}

export interface RotationOptions {
  keyring: Keyring;
  kms: Pick<KmsRpc, "readSecret" | "writeSecret">;
  /** Calls Typesense with a key that is not in force yet. */
  callWith: (key: string, request: TypesenseRequest, withinMs: number) => Promise<Reply>;
  /** Milliseconds since the epoch. */
  now: () => number;
  newMark: () => string;
  sleep: (ms: number) => Promise<void>;
}

const DESCRIPTION = "Fountain search";

const createdSchema = z.object({ id: z.int(), value: z.string().min(1) });
const keySchema = z.object({ id: z.int(), description: z.string().default("") });
const keysSchema = z.object({ keys: z.array(keySchema) });

const LIST_ALIASES: TypesenseRequest = { method: "get", path: "/aliases", repeatable: true };
const LIST_KEYS: TypesenseRequest = { method: "get", path: "/keys", repeatable: true };
const createKey = (mark: string): TypesenseRequest => ({
  method: "post",
  path: "/keys",
  body: { description: `${DESCRIPTION} ${mark}`, actions: RIGHTS, collections: COLLECTION_NAMES },
  repeatable: false,
});
const getKey = (id: number): TypesenseRequest => ({ method: "get", path: `/keys/${id}`, repeatable: true });
const deleteKey = (id: number): TypesenseRequest => ({ method: "delete", path: `/keys/${id}`, repeatable: true });

/** A stored key at its version. */
interface LeasedBuild {
  stored: StoredKey;
  version: number;
}

export const createRotation = ({
  keyring,
  kms,
  callWith,
  now,
  newMark,
  sleep,
}: RotationOptions): MaintainedKeyRotation => {
  let lookAtMs = Number.NEGATIVE_INFINITY;

  const read = async (): Promise<LeasedBuild> => {
    const result = await readSecret(kms, API_KEY_PATH);
    if (!result.ok) throw engineUnavailable(result.error);
    const { value: secret } = result;
    return secret ? { stored: parseStoredKey(secret.value), version: secret.version } : { stored: NO_KEY, version: 0 };
  };

  /** The new version; `undefined` if another rotation was faster. */
  const write = async (stored: StoredKey, version: number): Promise<number | undefined> => {
    const result = await kms.writeSecret({ path: API_KEY_PATH, value: JSON.stringify(stored), cas: version });
    if (result.ok) return result.value;
    if (result.error.kind === "conflict") return undefined;
    throw engineUnavailable({ kind: "unreachable", message: `the kms cannot store the key: ${result.error.kind}` });
  };

  const ask = async (request: TypesenseRequest): Promise<unknown> => {
    const reply = await keyring.callAsAdministrator(request, TIMEOUT_MS);
    if (!reply.ok) throw engineUnavailable(reply.error);
    return reply.value;
  };

  /** Deletes a key of ours; in a cluster that has lost its data, the id may belong to another key. */
  const remove = async (id: number): Promise<void> => {
    const found = await keyring.callAsAdministrator(getKey(id), TIMEOUT_MS);
    if (found.ok && !shapeOf(keySchema, found.value).description.startsWith(DESCRIPTION)) return;
    const reply = found.ok ? await keyring.callAsAdministrator(deleteKey(id), TIMEOUT_MS) : found;
    if (!reply.ok && reply.error.kind !== "missing") throw engineUnavailable(reply.error);
  };

  /** Deletes the keys that a rotation made and never put in force. */
  const removeMarked = async (mark: string, inForce: number | null): Promise<void> => {
    const { keys } = shapeOf(keysSchema, await ask(LIST_KEYS));
    for (const { id, description } of keys) if (description.includes(mark) && id !== inForce) await remove(id);
  };

  /** Every node has to know the key before it is used; a call that comes too early falls back to another key. */
  const waitForAcceptance = async (key: string): Promise<void> => {
    for (let count = 0; count < ACCEPTANCE_TRIES; count += 1) {
      if ((await callWith(key, LIST_ALIASES, TIMEOUT_MS)).ok) return;
      await sleep(ACCEPTANCE_PAUSE_MS);
    }
    throw engineUnavailable({ kind: "unreachable", message: "the new key is not accepted" });
  };

  const isStale = ({ pending }: StoredKey): boolean => pending !== null && now() - pending.sinceMs > PENDING_MS;

  /** Records that a rotation begins; `undefined` while another one is under way. */
  const begin = async (): Promise<{ before: StoredKey; mark: string; version: number } | undefined> => {
    const { stored, version } = await read();
    if (stored.pending && !isStale(stored)) return undefined;
    if (stored.pending) await removeMarked(stored.pending.mark, stored.id);
    const mark = newMark();
    const begun = await write({ ...stored, pending: { mark, sinceMs: now() } }, version);
    return begun === undefined ? undefined : { before: { ...stored, pending: null }, mark, version: begun };
  };

  return {
    rotate: async () => {
      const begun = await begin();
      if (!begun) return failure("running");
      const { before, mark, version } = begun;
      const created = shapeOf(createdSchema, await ask(createKey(mark)));
      await waitForAcceptance(created.value);
      const deleteAfterMs = now() + OVERLAP_MS;
      const replaced = before.id === null ? before.retiring : [...before.retiring, { id: before.id, deleteAfterMs }];
      const retiring = replaced.filter(({ id }) => id !== created.id);
      const stored = await write({ key: created.value, id: created.id, retiring, pending: null }, version);
      if (stored === undefined) {
        await remove(created.id);
        return failure("running");
      }
      keyring.forget();
      lookAtMs = Number.NEGATIVE_INFINITY;
      const previous = before.id === null ? {} : { previousKeyDeletedAfterMs: deleteAfterMs };
      return success({ keyId: created.id, ...previous });
    },

    cleanUp: async () => {
      if (now() < lookAtMs) return;
      const { stored, version } = await read();
      const due = stored.retiring.filter(({ deleteAfterMs }) => deleteAfterMs <= now());
      const next = Math.min(now() + LOOK_MS, ...stored.retiring.map(({ deleteAfterMs }) => deleteAfterMs));
      if (due.length === 0 && !isStale(stored)) {
        lookAtMs = next;
        return;
      }
      if (stored.pending && isStale(stored)) await removeMarked(stored.pending.mark, stored.id);
      for (const { id } of due) await remove(id);
      const retiring = stored.retiring.filter((key) => !due.includes(key));
      await write({ ...stored, retiring, pending: isStale(stored) ? null : stored.pending }, version);
    },
  };
};
