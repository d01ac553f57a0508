/** The life of API keys: created within a service's scopes, checked, rotated with grace, revoked. */

import type { KeyUse } from "#shared/contracts/kms.ts";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { fitsToken, type Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Caller, Grantor } from "../accounts/granting.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import { isSameHash } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Service, ServiceStore } from "../services/service.ts";
import {
  type ApiKey,
  type ApiKeyState,
  createApiKey,
  type DisabledReason,
  hashApiKey,
  parseApiKeyId,
  type StoredApiKey,
  stateOfKey,
} from "./api-key.ts";

export const MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;

/** Which keys a list has. */
export interface ApiKeyFilter {
  service?: string | undefined;
  state?: ApiKeyState | undefined;
  disabledReason?: DisabledReason | undefined;
  /** Those that expire from now on and before this instant, the first to expire first; else they go by their creation. */
  expiresBefore?: Date | undefined;
}

export interface ApiKeyPage extends ApiKeyFilter {
  /** The page begins after this key: the instant that the list goes by, and its id. */
  after: { at: Date; id: string } | undefined;
  limit: number;
  now: Date;
}

export interface ApiKeyRotation {
  /** The key that the new one is made from. */
  source: ApiKey;
  successor: StoredApiKey;
  graceEndsAt: Date;
  /** Whether a longer grace of other keys of the service is shortened to this one. */
  shortensGraces: boolean;
}

export interface ApiKeyStore {
  find(id: string): Promise<StoredApiKey | undefined>;
  /** Those that exist. */
  findMany(ids: readonly string[]): Promise<StoredApiKey[]>;
  list(page: ApiKeyPage): Promise<ApiKey[]>;
  /**
   * Keys that have neither expired nor been revoked nor rotated, the youngest first; without those that are on their way
   * to their owner, to replace another one of these.
   */
  findActive(service: string, at: Date, limit: number): Promise<ApiKey[]>;
  /** false: the service was deleted, or is not the one its scopes were read from. */
  insert(stored: StoredApiKey, service: Service, entry: AuditEntry): Promise<boolean>;
  /** Stores the successor and ends the source at the end of the grace, no other active key; false: it is no longer active. */
  rotate(rotation: ApiKeyRotation, entry: AuditEntry): Promise<boolean>;
  /** Revokes one key, or all keys of the service, with their tokens; false: there is no such key. */
  revoke(service: string, id: string | undefined, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Stores when keys were used last, unless later uses are stored. */
  recordUses(uses: readonly KeyUse[]): Promise<void>;
}

export interface NewApiKey {
  service: string;
  name?: string | undefined;
  /** By default all scopes of the service. */
  scopes?: readonly Scope[] | undefined;
  expiresAt?: Date | undefined;
  /** By default any address. */
  allowedAddresses?: string[] | undefined;
}

/** The only time that a key is seen. */
export interface CreatedApiKey {
  apiKey: ApiKey;
  key: string;
}

/** Why a key is refused, though it is one of ours. */
export type Refusal = "revoked" | "expired" | "disabled" | "address-not-allowed";

export interface RefusedKey {
  readonly kind: Refusal;
  readonly apiKey: ApiKey;
}

export type ApiKeyCheck = Result<ApiKey, "malformed" | "unknown" | RefusedKey>;

/** Where a key is used from; `undefined`: unknown. */
export type Origin = { address: string | undefined } | "not-checked";

export type CreationFailure = "unknown-service" | "expired" | "not-of-service" | "not-held" | "scopes-too-long";

export interface WantedRotation {
  service: string;
  /** The key to replace; by default the only active one of the service. */
  id?: string | undefined;
  /** How long the old key stays valid. */
  graceSeconds: number;
  /** When the new key expires; by default it has the lifetime of the old one. */
  expiresAt?: Date | undefined;
}

export type RevocationFailure = "unknown-service" | "not-held" | "unknown-key";

export type RotationFailure =
  | "unknown-service"
  | "unknown-key"
  | "no-active-key"
  | "several-active-keys"
  | "ended"
  | "expired"
  | "not-held"
  | "superseded";

export interface ApiKeys {
  create(wanted: NewApiKey, grantor: Grantor<"credential">): Promise<Result<CreatedApiKey, CreationFailure>>;
  rotate(wanted: WantedRotation, grantor: Grantor<"credential">): Promise<Result<CreatedApiKey, RotationFailure>>;
  /** Revokes one key, or all keys of a service that may do no more than the caller. */
  revoke(service: string, id: string | undefined, caller: Caller): Promise<Result<undefined, RevocationFailure>>;
  check(key: string, origin: Origin): Promise<ApiKeyCheck>;
  /** The same, asked by a service that was given the key; a failure is recorded. */
  verify(key: string, origin: Origin): Promise<ApiKeyCheck>;
}

export interface ApiKeysOptions {
  store: ApiKeyStore;
  services: ServiceStore;
  recorder: AuditRecorder;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
}

/** What a new key is made of. */
export type KeyProperties = Pick<ApiKey, "service" | "name" | "scopes" | "expiresAt" | "allowedAddresses">;

/** Later instants cannot be written in RFC 3339. */
const LAST_INSTANT_MS = Date.UTC(10_000, 0) - 1;

/** The properties of the key that replaces this one: the same rights and, from now on, the same lifetime. */
export const successorOf = (source: ApiKey, nowMs: number): KeyProperties => {
  const { service, name, scopes, allowedAddresses, createdAt, expiresAt } = source;
  const endsAtMs = expiresAt && nowMs + expiresAt.getTime() - createdAt.getTime();
  return {
    service,
    name,
    scopes,
    allowedAddresses,
    expiresAt: endsAtMs === null ? null : new Date(Math.min(endsAtMs, LAST_INSTANT_MS)),
  };
};

/** A new key with these properties. */
export const generateApiKey = (
  { macKey, randomBytes, now }: Pick<ApiKeysOptions, "macKey" | "randomBytes" | "now">,
  { service, name, scopes, expiresAt, allowedAddresses }: KeyProperties,
): StoredApiKey & CreatedApiKey => {
  const { id, key } = createApiKey(randomBytes);
  const apiKey: ApiKey = {
    id,
    service,
    name,
    scopes,
    createdAt: new Date(now()),
    expiresAt,
    revokedAt: null,
    sessionId: id,
    disabledAt: null,
    disabledReason: null,
    allowedAddresses,
    lastUsedAt: null,
  };
  return { apiKey, key, hash: hashApiKey(macKey, key) };
};

export const createApiKeys = (options: ApiKeysOptions): ApiKeys => {
  const { store, services, recorder, macKey, now } = options;

  /** The key to replace: the one that is named, or the only one that it can be. */
  const findSource = async ({ service, id }: WantedRotation, at: Date): Promise<Result<ApiKey, RotationFailure>> => {
    if (!(await services.find(service))) return failure("unknown-service");
    if (id !== undefined) {
      const apiKey = (await store.find(id))?.apiKey;
      if (apiKey?.service !== service) return failure("unknown-key");
      return apiKey.revokedAt || stateOfKey(apiKey, at.getTime()) === "expired" ? failure("ended") : success(apiKey);
    }
    const [source, another] = await store.findActive(service, at, 2);
    if (!source) return failure("no-active-key");
    return another ? failure("several-active-keys") : success(source);
  };

  /** Names the service that a key was not made for, if there is one of that name. */
  const recordRefusal = async <Value, Kind extends string>(
    action: "key.create" | "key.rotate",
    service: string,
    { subject: actor }: Caller,
    made: Result<Value, Kind>,
  ): Promise<Result<Value, Kind>> => {
    if (made.ok) return made;
    const { kind: reason } = made.error;
    const target = reason === "unknown-service" ? undefined : serviceSubject(service);
    await recorder.record({ action, outcome: "refused", actor, target, reason });
    return made;
  };

  const create = async (wanted: NewApiKey, caller: Caller): Promise<Result<CreatedApiKey, CreationFailure>> => {
    const service = await services.find(wanted.service);
    if (!service) return failure("unknown-service");
    const scopes = [...new Set(wanted.scopes ?? service.scopes)];
    if (scopesBeyond(scopes, new Set(service.scopes)).length > 0) return failure("not-of-service");
    if (scopesBeyond(scopes, caller.scopes).length > 0) return failure("not-held");
    // Of a service that was entered before its scopes were bounded: a key can have some of them.
    if (!fitsToken(scopes)) return failure("scopes-too-long");
    const { name = null, expiresAt = null, allowedAddresses = null } = wanted;
    if (expiresAt !== null && expiresAt.getTime() <= now()) return failure("expired");

    const created = generateApiKey(options, { service: service.name, name, scopes, expiresAt, allowedAddresses });
    const { apiKey, key } = created;
    const isStored = await recorder.change(
      { action: "key.create", outcome: "success", actor: caller.subject, target: apiKey.id },
      (entry) => store.insert(created, service, entry),
    );
    return isStored ? success({ apiKey, key }) : failure("unknown-service");
  };

  const rotate = async (wanted: WantedRotation, caller: Caller): Promise<Result<CreatedApiKey, RotationFailure>> => {
    const at = new Date(now());
    const found = await findSource(wanted, at);
    if (!found.ok) return found;
    const { value: source } = found;
    if (scopesBeyond(source.scopes, caller.scopes).length > 0) return failure("not-held");
    const properties = successorOf(source, at.getTime());
    const expiresAt = wanted.expiresAt ?? properties.expiresAt;
    if (expiresAt !== null && expiresAt <= at) return failure("expired");

    const successor = generateApiKey(options, { ...properties, expiresAt });
    const { apiKey, key } = successor;
    const graceEndsAt = new Date(at.getTime() + wanted.graceSeconds * 1000);
    const shortensGraces = wanted.id === undefined;
    const isRotated = await recorder.change(
      { action: "key.rotate", outcome: "success", actor: caller.subject, target: apiKey.id },
      (entry) => store.rotate({ source, successor, graceEndsAt, shortensGraces }, entry),
    );
    return isRotated ? success({ apiKey, key }) : failure("superseded");
  };

  const check: ApiKeys["check"] = async (key, origin) => {
    const id = parseApiKeyId(key);
    if (id === undefined) return failure("malformed");
    const stored = await store.find(id);
    if (!stored || !isSameHash(stored.hash, hashApiKey(macKey, key))) return failure("unknown");
    const { apiKey } = stored;
    const state = stateOfKey(apiKey, now());
    if (state !== "active" && state !== "grace") return failure(state, { apiKey });
    if (origin !== "not-checked" && !isAllowedFrom(apiKey.allowedAddresses, origin.address))
      return failure("address-not-allowed", { apiKey });
    return success(apiKey);
  };

  return {
    create: async (wanted, grantor) =>
      recordRefusal("key.create", wanted.service, grantor, await create(wanted, grantor)),
    rotate: async (wanted, grantor) =>
      recordRefusal("key.rotate", wanted.service, grantor, await rotate(wanted, grantor)),
    revoke: async (service, id, caller) => {
      const owner = await services.find(service);
      if (!owner) return failure("unknown-service");
      if (scopesBeyond(owner.scopes, caller.scopes).length > 0) return failure("not-held");
      const target = id ?? serviceSubject(service);
      const isFound = await recorder.change(
        { action: "key.revoke", outcome: "success", actor: caller.subject, target },
        (entry) => store.revoke(service, id, new Date(now()), entry),
      );
      // A service without keys has none that is not revoked.
      return isFound || id === undefined ? success(undefined) : failure("unknown-key");
    },
    check,
    verify: async (key, origin) => {
      const checked = await check(key, origin);
      if (!checked.ok) await recorder.record({ action: "key.verify", outcome: "failure", reason: checked.error.kind });
      return checked;
    },
  };
};
