/** Composes API keys: the services that have them, how they change, and how their owners are notified. */
import { createKeyUses, type KeyUses } from "#shared/auth/key-uses.ts";
import type { Log } from "#shared/observability/log.ts";
import { createApiKeyStore } from "../api-keys/api-keys.store.ts";
import type { ApiKeyStore, ApiKeys } from "../api-keys/api-keys.ts";
import { createApiKeys } from "../api-keys/api-keys.ts";
import { createKeyChangeStore } from "../api-keys/key-changes.store.ts";
import { createKeyChanges, type KeyChanges } from "../api-keys/key-changes.ts";
import { createKeyRotationStore } from "../api-keys/key-rotation.store.ts";
import { createKeyRotation } from "../api-keys/key-rotation.ts";
import { createKeyUsageStore, type KeyUsageStore } from "../api-keys/key-usage.store.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { ServiceStore } from "../services/service.ts";
import { createServiceRegistry, type ServiceRegistry } from "../services/service-registry.ts";
import { createServiceStore } from "../services/services.store.ts";
import { createSend } from "../services/webhook-sender.ts";
import { createWebhookStore } from "../services/webhooks.store.ts";
import { createWebhooks, type Webhooks } from "../services/webhooks.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { Wrapping } from "../vault/wrapping.ts";
import type { Foundation } from "./foundation.ts";

const USAGE_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

export interface KeyServices {
  services: ServiceStore;
  serviceRegistry: ServiceRegistry;
  apiKeys: ApiKeys;
  storedKeys: ApiKeyStore;
  keyChanges: KeyChanges;
  keyUses: KeyUses;
  keyUsage: KeyUsageStore;
  webhooks: Webhooks;
  /** Rotates keys that are due, and sends the messages to owners that are due. */
  maintainKeys(): Promise<void>;
  /** Forgets what calls came to 90 days ago. */
  purgeKeyUsage(): Promise<void>;
  /** Records which services have keys that are due and cannot be rotated. */
  remindOfRotations(): Promise<void>;
}

export interface KeyServicesOptions {
  foundation: Foundation;
  keys: Pick<InternalKeys, "apiKeyMac" | "sealing">;
  wrapping: Wrapping;
  upstreamScopes: UpstreamScopes;
  recorder: AuditRecorder;
  log: Log;
  later: (work: Promise<void>) => void;
  sleep: (ms: number) => Promise<void>;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createKeyServices = (options: KeyServicesOptions): KeyServices => {
  const { foundation, keys, wrapping, upstreamScopes, recorder, log, later, sleep, randomBytes, now, createId } =
    options;
  const { env, database } = foundation;
  const services = createServiceStore(database);
  const storedKeys = createApiKeyStore(database);
  const keyUsage = createKeyUsageStore(database);
  const sealer = createSealer(keys.sealing, randomBytes);
  const generation = { macKey: keys.apiKeyMac, randomBytes, now };

  const keyRotation = createKeyRotation({
    ...generation,
    store: createKeyRotationStore(database),
    wrapping,
    webhooks: () => webhooks,
    recorder,
    publicUrl: env.PUBLIC_URL,
  });
  const webhooks = createWebhooks({
    store: createWebhookStore(database),
    sealer,
    send: createSend(env.INTERNET),
    outcomes: { "key.rotated": keyRotation.outcome },
    onAttempt: ({ id, service, type }, result) =>
      log(result === "delivered" ? "info" : "warn", "webhook", { id, target: service, type, result }),
    now,
    createId,
    random: Math.random,
  });
  return {
    services,
    serviceRegistry: createServiceRegistry({
      store: services,
      upstreamScopes,
      sealer,
      recorder,
      randomBytes,
      webhooksAnywhere: env.WEBHOOK_TARGETS === "any",
      now,
    }),
    apiKeys: createApiKeys({ ...generation, store: storedKeys, services, recorder }),
    storedKeys,
    keyChanges: createKeyChanges({
      ...generation,
      store: { ...storedKeys, ...createKeyChangeStore(database) },
      services,
      webhooks,
      recorder,
    }),
    keyUses: createKeyUses({ report: storedKeys.recordUses, later, sleep, now }),
    keyUsage,
    webhooks,
    purgeKeyUsage: () => keyUsage.purge(new Date(now() - USAGE_RETENTION_MS)),
    remindOfRotations: keyRotation.remind,
    maintainKeys: async () => {
      await keyRotation.run();
      await webhooks.deliver();
    },
  };
};
