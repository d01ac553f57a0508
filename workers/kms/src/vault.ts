/** Wires what is encrypted for callers: secrets, wrapping, transit, and the root key that all of it hangs on. */
import type { Log } from "#shared/observability/log.ts";
import type { AuditTrail } from "./domain/audit.ts";
import type { RandomBytes } from "./domain/random.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import { createRootKey, type RootKey } from "./domain/root-key-rotation.ts";
import { createSecrets, type SecretRepository, type Secrets } from "./domain/secrets.ts";
import { createTransit, type Transit, type TransitRepository } from "./domain/transit.ts";
import { createWorkerSecrets, type WorkerSecrets } from "./domain/worker-secrets.ts";
import { createWrapping, type Wrapping } from "./domain/wrapping.ts";
import type { Foundation } from "./foundation.ts";
import { createRecorder } from "./security-log.ts";
import { createRewrappingRepository } from "./store/rewrapping.ts";
import { createSecretRepository } from "./store/secrets.ts";
import { createTransitRepository } from "./store/transit.ts";
import { createWrappedSecretRepository } from "./store/wrapped-secrets.ts";

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
    tell: createRecorder(log),
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
