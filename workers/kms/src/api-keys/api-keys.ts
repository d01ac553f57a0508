/** The life of API keys: created within a service's scopes, checked, rotated with grace, revoked. */

import type { KeyUse } from "#shared/contracts/kms.ts";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { fitsToken, type Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import { isSameHash } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Service, ServiceRepository } from "../services/service.ts";
import { type ApiKey, createApiKey, hashApiKey, parseApiKeyId, type StoredApiKey, stateOfKey } from "./api-key.ts";

export const MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;

/** Where a list of keys goes on: after this key. */
export interface ApiKeyPosition {
  createdAt: Date;
  id: string;
}

export interface ApiKeyRotation {
  /** The key that the new one takes after. */
  source: ApiKey;
  successor: StoredApiKey;
  graceEndsAt: Date;
  /** Whether a longer grace of other keys of the service is shortened to this one. */
  shortensGraces: boolean;
}

export interface ApiKeyRepository {
  find(id: string): Promise<StoredApiKey | undefined>;
  /** Those that there are. */
  findMany(ids: readonly string[]): Promise<StoredApiKey[]>;
  /** In the order of creation; of one service, or of all. */
  list(service: string | undefined, limit: number, after: ApiKeyPosition | undefined): Promise<ApiKey[]>;
  /**
   * Keys that have neither expired nor been revoked nor rotated, the youngest first; without those that are on their way
   * to their owner, to replace another one of these.
   */
  findActive(service: string, at: Date, limit: number): Promise<ApiKey[]>;
  /** false: the service is gone, or not the one its scopes were read from. */
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
  /** All scopes of the service, if not said. */
  scopes?: readonly Scope[] | undefined;
  expiresAt?: Date | undefined;
  /** From anywhere, if not said. */
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

/** Where a key is used from; `undefined`: nobody knows. */
export type Origin = { address: string | undefined } | "not-looked-at";

export type CreationFailure = "unknown-service" | "expired" | "not-of-service" | "not-held" | "scopes-too-long";

export interface WantedRotation {
  service: string;
  /** The key to replace; the only active one of the service, if not said. */
  id?: string | undefined;
  /** How long the old key works on. */
  graceSeconds: number;
  /** When the new key expires; if not said, after the time that the old one was given. */
  expiresAt?: Date | undefined;
}

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
  check(key: string, origin: Origin): Promise<ApiKeyCheck>;
}

export interface ApiKeysOptions {
  repository: ApiKeyRepository;
  services: ServiceRepository;
  audit: Pick<AuditTrail, "prepare">;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
}

/** What a new key is made of, whoever makes it. */
export type KeyProperties = Pick<ApiKey, "service" | "name" | "scopes" | "expiresAt" | "allowedAddresses">;

/** Later instants cannot be written in RFC 3339. */
const LAST_INSTANT_MS = Date.UTC(10_000, 0) - 1;

/** What the key has that replaces this one: the same rights and, from now on, the same time to live. */
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

/** Makes a new key with these properties. */
export const forgeApiKey = (
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
  const { repository, services, audit, macKey, now } = options;

  /** The key to replace: the one that is named, or the only one that it can be. */
  const findSource = async ({ service, id }: WantedRotation, at: Date): Promise<Result<ApiKey, RotationFailure>> => {
    if (!(await services.find(service))) return failure("unknown-service");
    if (id !== undefined) {
      const apiKey = (await repository.find(id))?.apiKey;
      if (apiKey?.service !== service) return failure("unknown-key");
      return apiKey.revokedAt || stateOfKey(apiKey, at.getTime()) === "expired" ? failure("ended") : success(apiKey);
    }
    const [source, another] = await repository.findActive(service, at, 2);
    if (!source) return failure("no-active-key");
    return another ? failure("several-active-keys") : success(source);
  };

  return {
    create: async (wanted, caller) => {
      const service = await services.find(wanted.service);
      if (!service) return failure("unknown-service");
      const scopes = [...new Set(wanted.scopes ?? service.scopes)];
      if (scopesBeyond(scopes, new Set(service.scopes)).length > 0) return failure("not-of-service");
      if (scopesBeyond(scopes, caller.scopes).length > 0) return failure("not-held");
      // Of a service that was entered before its scopes were bounded: a key can have some of them.
      if (!fitsToken(scopes)) return failure("scopes-too-long");
      const { name = null, expiresAt = null, allowedAddresses = null } = wanted;
      if (expiresAt !== null && expiresAt.getTime() <= now()) return failure("expired");

      const created = forgeApiKey(options, { service: service.name, name, scopes, expiresAt, allowedAddresses });
      const { apiKey, key } = created;
      const entry = await audit.prepare({
        action: "key.create",
        outcome: "success",
        actor: caller.subject,
        target: apiKey.id,
      });
      const isStored = await repository.insert(created, service, entry);
      return isStored ? success({ apiKey, key }) : failure("unknown-service");
    },
    rotate: async (wanted, caller) => {
      const at = new Date(now());
      const found = await findSource(wanted, at);
      if (!found.ok) return found;
      const { value: source } = found;
      if (scopesBeyond(source.scopes, caller.scopes).length > 0) return failure("not-held");
      const properties = successorOf(source, at.getTime());
      const expiresAt = wanted.expiresAt ?? properties.expiresAt;
      if (expiresAt !== null && expiresAt <= at) return failure("expired");

      const successor = forgeApiKey(options, { ...properties, expiresAt });
      const { apiKey, key } = successor;
      const entry = await audit.prepare({
        action: "key.rotate",
        outcome: "success",
        actor: caller.subject,
        target: apiKey.id,
      });
      const graceEndsAt = new Date(at.getTime() + wanted.graceSeconds * 1000);
      const shortensGraces = wanted.id === undefined;
      const isRotated = await repository.rotate({ source, successor, graceEndsAt, shortensGraces }, entry);
      return isRotated ? success({ apiKey, key }) : failure("superseded");
    },
    check: async (key, origin) => {
      const id = parseApiKeyId(key);
      if (id === undefined) return failure("malformed");
      const stored = await repository.find(id);
      if (!stored || !isSameHash(stored.hash, hashApiKey(macKey, key))) return failure("unknown");
      const { apiKey } = stored;
      const state = stateOfKey(apiKey, now());
      if (state !== "active" && state !== "grace") return failure(state, { apiKey });
      if (origin !== "not-looked-at" && !isAllowedFrom(apiKey.allowedAddresses, origin.address))
        return failure("address-not-allowed", { apiKey });
      return success(apiKey);
    },
  };
};
