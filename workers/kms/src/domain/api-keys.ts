/** The life of API keys: created within a service's scopes, checked, rotated with grace, revoked. */
import { failure, type Result, success } from "#shared/contracts/result.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { type ApiKey, createApiKey, hashApiKey, parseApiKeyId, type StoredApiKey, stateOfKey } from "./api-key.ts";
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
  /** In the order of creation; of one service, or of all. */
  list(service: string | undefined, limit: number, after: ApiKeyPosition | undefined): Promise<ApiKey[]>;
  /** The youngest key that has neither expired nor been revoked nor rotated. */
  findYoungestActive(service: string, at: Date): Promise<ApiKey | undefined>;
  /** false: the service is gone, or not the one its scopes were read from. */
  insert(stored: StoredApiKey, service: Service): Promise<boolean>;
  /** Stores the successor and ends all older keys of the service at the end of the grace; false: the source is no longer active. */
  rotate(rotation: ApiKeyRotation): Promise<boolean>;
  /** Revokes one key, or all keys of the service, with their tokens; false: there is no such key. */
  revoke(service: string, id: string | undefined, at: Date): Promise<boolean>;
}

export interface NewApiKey {
  service: string;
  name?: string | undefined;
  /** All scopes of the service, if not said. */
  scopes?: readonly Scope[] | undefined;
  expiresAt?: Date | undefined;
}

/** The only time that a key is seen. */
export interface CreatedApiKey {
  apiKey: ApiKey;
  key: string;
}

export type ApiKeyCheck = { code: "malformed" | "unknown" } | { code: "valid" | "revoked" | "expired"; apiKey: ApiKey };

export type CreationFailure = "unknown-service" | "expired" | "not-of-service" | "not-held";

export interface ApiKeys {
  /** `held`: the scopes of whoever asks. Nobody gets a key for more than he may himself. */
  create(wanted: NewApiKey, held: ReadonlySet<Scope>): Promise<Result<CreatedApiKey, CreationFailure>>;
  rotate(
    service: string,
    graceSeconds: number,
    held: ReadonlySet<Scope>,
  ): Promise<Result<CreatedApiKey, "unknown-service" | "no-active-key" | "not-held" | "superseded">>;
  check(key: string): Promise<ApiKeyCheck>;
}

export interface ApiKeysOptions {
  repository: ApiKeyRepository;
  services: ServiceRepository;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
}

export const createApiKeys = ({ repository, services, macKey, randomBytes, now }: ApiKeysOptions): ApiKeys => {
  const forge = (properties: Omit<ApiKey, "id" | "createdAt" | "revokedAt">): StoredApiKey & CreatedApiKey => {
    const { id, key } = createApiKey(randomBytes);
    const apiKey = { ...properties, id, createdAt: new Date(now()), revokedAt: null };
    return { apiKey, key, hash: hashApiKey(macKey, key) };
  };

  return {
    create: async (wanted, held) => {
      const service = await services.find(wanted.service);
      if (!service) return failure("unknown-service");
      const scopes = [...new Set(wanted.scopes ?? service.scopes)];
      if (scopesBeyond(scopes, new Set(service.scopes)).length > 0) return failure("not-of-service");
      if (scopesBeyond(scopes, held).length > 0) return failure("not-held");
      const expiresAt = wanted.expiresAt ?? null;
      if (expiresAt !== null && expiresAt.getTime() <= now()) return failure("expired");

      const created = forge({ service: service.name, name: wanted.name ?? null, scopes, expiresAt });
      const isStored = await repository.insert(created, service);
      return isStored ? success({ apiKey: created.apiKey, key: created.key }) : failure("unknown-service");
    },
    rotate: async (service, graceSeconds, held) => {
      if (!(await services.find(service))) return failure("unknown-service");
      const at = new Date(now());
      const source = await repository.findYoungestActive(service, at);
      if (!source) return failure("no-active-key");
      if (scopesBeyond(source.scopes, held).length > 0) return failure("not-held");

      const { name, scopes, expiresAt } = source;
      const successor = forge({ service, name, scopes, expiresAt });
      const graceEndsAt = new Date(at.getTime() + graceSeconds * 1000);
      const isRotated = await repository.rotate({ source, successor, graceEndsAt });
      return isRotated ? success({ apiKey: successor.apiKey, key: successor.key }) : failure("superseded");
    },
    check: async (key) => {
      const id = parseApiKeyId(key);
      if (id === undefined) return { code: "malformed" };
      const stored = await repository.find(id);
      if (!stored || !isSameHash(stored.hash, hashApiKey(macKey, key))) return { code: "unknown" };
      const { apiKey } = stored;
      const state = stateOfKey(apiKey, now());
      return { code: state === "active" || state === "grace" ? "valid" : state, apiKey };
    },
  };
};
