/** The life of API keys: created within a service's scopes, checked, rotated with grace, revoked. */

import type { KeyUse } from "#shared/contracts/kms.ts";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { failure, type Result, success } from "#shared/contracts/result.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { type ApiKey, createApiKey, hashApiKey, parseApiKeyId, type StoredApiKey, stateOfKey } from "./api-key.ts";
import type { AuditEntry, AuditTrail } from "./audit.ts";
import { isSameHash } from "./mac.ts";
import type { RandomBytes } from "./random.ts";
import { scopesBeyond } from "./rights.ts";
import type { Service, ServiceRepository } from "./service.ts";

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
}

export interface ApiKeyRepository {
  find(id: string): Promise<StoredApiKey | undefined>;
  /** Those that there are. */
  findMany(ids: readonly string[]): Promise<StoredApiKey[]>;
  /** In the order of creation; of one service, or of all. */
  list(service: string | undefined, limit: number, after: ApiKeyPosition | undefined): Promise<ApiKey[]>;
  /** The youngest key that has neither expired nor been revoked nor rotated. */
  findYoungestActive(service: string, at: Date): Promise<ApiKey | undefined>;
  /** false: the service is gone, or not the one its scopes were read from. */
  insert(stored: StoredApiKey, service: Service, entry: AuditEntry): Promise<boolean>;
  /** Stores the successor and ends all older keys of the service at the end of the grace; false: the source is no longer active. */
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

/** Who asks: nobody gives a key more than he may do himself. */
export interface Caller {
  subject: string;
  scopes: ReadonlySet<Scope>;
}

/** The only time that a key is seen. */
export interface CreatedApiKey {
  apiKey: ApiKey;
  key: string;
}

/** Why a key is refused, though it is one of ours. */
export type Refusal = "revoked" | "expired" | "disabled" | "address-not-allowed";

export type ApiKeyCheck = { code: "malformed" | "unknown" } | { code: "valid" | Refusal; apiKey: ApiKey };

/** Where a key is used from; `undefined`: nobody knows. */
export type Origin = { address: string | undefined } | "not-looked-at";

export type CreationFailure = "unknown-service" | "expired" | "not-of-service" | "not-held";

export interface ApiKeys {
  create(wanted: NewApiKey, caller: Caller): Promise<Result<CreatedApiKey, CreationFailure>>;
  rotate(
    service: string,
    graceSeconds: number,
    caller: Caller,
  ): Promise<Result<CreatedApiKey, "unknown-service" | "no-active-key" | "not-held" | "superseded">>;
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

  return {
    create: async (wanted, caller) => {
      const service = await services.find(wanted.service);
      if (!service) return failure("unknown-service");
      const scopes = [...new Set(wanted.scopes ?? service.scopes)];
      if (scopesBeyond(scopes, new Set(service.scopes)).length > 0) return failure("not-of-service");
      if (scopesBeyond(scopes, caller.scopes).length > 0) return failure("not-held");
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
    rotate: async (service, graceSeconds, caller) => {
      if (!(await services.find(service))) return failure("unknown-service");
      const at = new Date(now());
      const source = await repository.findYoungestActive(service, at);
      if (!source) return failure("no-active-key");
      if (scopesBeyond(source.scopes, caller.scopes).length > 0) return failure("not-held");

      const successor = forgeApiKey(options, source);
      const { apiKey, key } = successor;
      const entry = await audit.prepare({
        action: "key.rotate",
        outcome: "success",
        actor: caller.subject,
        target: apiKey.id,
      });
      const graceEndsAt = new Date(at.getTime() + graceSeconds * 1000);
      const isRotated = await repository.rotate({ source, successor, graceEndsAt }, entry);
      return isRotated ? success({ apiKey, key }) : failure("superseded");
    },
    check: async (key, origin) => {
      const id = parseApiKeyId(key);
      if (id === undefined) return { code: "malformed" };
      const stored = await repository.find(id);
      if (!stored || !isSameHash(stored.hash, hashApiKey(macKey, key))) return { code: "unknown" };
      const { apiKey } = stored;
      const state = stateOfKey(apiKey, now());
      if (state !== "active" && state !== "grace") return { code: state, apiKey };
      if (origin !== "not-looked-at" && !isAllowedFrom(apiKey.allowedAddresses, origin.address))
        return { code: "address-not-allowed", apiKey };
      return { code: "valid", apiKey };
    },
  };
};
