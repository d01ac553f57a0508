/** Wires what is encrypted for callers: secrets, wrapping, transit, and the root key that all of it hangs on. */
import type { Log } from "#shared/observability/log.ts";
import { noteEvent } from "#shared/observability/recorder.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createRewrappingRepository } from "../root-key/rewrapping.store.ts";
import { createRootKey, type RootKey } from "../root-key/root-key-rotation.ts";
import { createSecretRepository } from "../vault/secrets.store.ts";
import { createSecrets, type SecretRepository, type Secrets } from "../vault/secrets.ts";
import { createTransitRepository } from "../vault/transit.store.ts";
import { createTransit, type Transit, type TransitRepository } from "../vault/transit.ts";
import { createWorkerSecrets, type WorkerSecrets } from "../vault/worker-secrets.ts";
import { createWrappedSecretRepository } from "../vault/wrapped-secrets.store.ts";
import { createWrapping, type Wrapping } from "../vault/wrapping.ts";
import type { Foundation } from "./foundation.ts";

/** The chores of all workers take turns: what is left is done the next time. */
const REWRAP_BUDGET_MS = 10_000;
const REWRAP_BATCH_SIZE = 100;

export interface Vault {
  secrets: Secrets;
  storedSecrets: SecretRepository;
  workerSecrets: WorkerSecrets;
  wrapping: Wrapping;
  transit: Transit;
  storedTransitKeys: TransitRepository;
  rootKey: RootKey;
  /** The chores: forgets what has expired, and goes on with a rotation of the root key. */
  maintain(): Promise<void>;
}

export interface VaultOptions {
  foundation: Foundation;
  keys: Pick<InternalKeys, "wrappingTokenMac">;
  audit: AuditTrail;
  log: Log;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createVault = ({ foundation, keys, audit, log, randomBytes, now, createId }: VaultOptions): Vault => {
  const { database, keks, envelopes } = foundation;
  const storedTransitKeys = createTransitRepository(database);
  const storedSecrets = createSecretRepository(database);
  const wrappedSecrets = createWrappedSecretRepository(database);
  const secrets = createSecrets({ repository: storedSecrets, envelopes, now });
  const rootKey = createRootKey({
    repository: createRewrappingRepository(database),
    keks,
    envelopes,
    audit,
    tell: (event) => noteEvent(log, event),
    alarm: (key) => log("error", "data-key.unreadable", { ...key }),
    batchSize: REWRAP_BATCH_SIZE,
    now,
  });
  return {
    secrets,
    storedSecrets,
    workerSecrets: createWorkerSecrets({ secrets, audit }),
    wrapping: createWrapping({
      repository: wrappedSecrets,
      envelopes,
      macKey: keys.wrappingTokenMac,
      randomBytes,
      now,
      createId,
    }),
    transit: createTransit({ repository: storedTransitKeys, envelopes, randomBytes, now }),
    storedTransitKeys,
    rootKey,
    maintain: async () => {
      await wrappedSecrets.purge(new Date(now()));
      await rootKey.maintain(REWRAP_BUDGET_MS);
    },
  };
};
