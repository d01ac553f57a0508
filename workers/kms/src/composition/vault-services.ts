/** Composes what is encrypted for callers: secrets, wrapping, transit, and the root key that all of it depends on. */
import type { Log } from "#shared/observability/log.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createRewrappingStore } from "../root-key/rewrapping.store.ts";
import { createRootKey, type RootKey } from "../root-key/root-key-rotation.ts";
import { createSecretStore } from "../vault/secrets.store.ts";
import { createSecrets, createSecretValues, type SecretStore, type Secrets } from "../vault/secrets.ts";
import { createTransitStore } from "../vault/transit.store.ts";
import { createTransit, type Transit, type TransitStore } from "../vault/transit.ts";
import { createWorkerSecrets, type WorkerSecrets } from "../vault/worker-secrets.ts";
import { createWrappedSecretStore } from "../vault/wrapped-secrets.store.ts";
import { createWrapping, type Wrapping } from "../vault/wrapping.ts";
import type { Foundation } from "./foundation.ts";

/** The maintenance jobs of all workers run one after the other: what is left is done the next time. */
const REWRAP_BUDGET_MS = 10_000;
const REWRAP_BATCH_SIZE = 100;

export interface Vault {
  secrets: Secrets;
  storedSecrets: Pick<SecretStore, "listPaths" | "listVersions">;
  workerSecrets: WorkerSecrets;
  wrapping: Wrapping;
  transit: Transit;
  storedTransitKeys: Pick<TransitStore, "find" | "list">;
  rootKey: RootKey;
  /** The maintenance job: removes what has expired, and continues a rotation of the root key. */
  maintain(): Promise<void>;
}

export interface VaultOptions {
  foundation: Foundation;
  keys: Pick<InternalKeys, "wrappingTokenMac">;
  recorder: AuditRecorder;
  log: Log;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createVault = ({ foundation, keys, recorder, log, randomBytes, now, createId }: VaultOptions): Vault => {
  const { database, keks, envelopes } = foundation;
  const storedTransitKeys = createTransitStore(database);
  const storedSecrets = createSecretStore(database);
  const wrappedSecrets = createWrappedSecretStore(database);
  const values = createSecretValues({ store: storedSecrets, envelopes, now });
  const rootKey = createRootKey({
    store: createRewrappingStore(database),
    keks,
    envelopes,
    recorder,
    alarm: (key) => log("error", "data-key.unreadable", { ...key }),
    batchSize: REWRAP_BATCH_SIZE,
    now,
  });
  return {
    secrets: createSecrets({ values, store: storedSecrets, recorder, now }),
    storedSecrets,
    workerSecrets: createWorkerSecrets({ values, recorder }),
    wrapping: createWrapping({
      store: wrappedSecrets,
      envelopes,
      recorder,
      macKey: keys.wrappingTokenMac,
      randomBytes,
      now,
      createId,
    }),
    transit: createTransit({ store: storedTransitKeys, envelopes, recorder, randomBytes, now }),
    storedTransitKeys,
    rootKey,
    maintain: async () => {
      await wrappedSecrets.purge(new Date(now()));
      await rootKey.maintain(REWRAP_BUDGET_MS);
    },
  };
};
