/** Wires what is encrypted for callers: secrets, wrapping, transit, and the root key that all of it hangs on. */
import type { AuditTrail } from "./domain/audit.ts";
import type { RandomBytes } from "./domain/random.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import { createSecrets, type SecretRepository, type Secrets } from "./domain/secrets.ts";
import { createWorkerSecrets, type WorkerSecrets } from "./domain/worker-secrets.ts";
import { createWrapping, type Wrapping } from "./domain/wrapping.ts";
import type { Foundation } from "./foundation.ts";
import { createSecretRepository } from "./store/secrets.ts";
import { createWrappedSecretRepository } from "./store/wrapped-secrets.ts";

export interface Vault {
  secrets: Secrets;
  storedSecrets: SecretRepository;
  workerSecrets: WorkerSecrets;
  wrapping: Wrapping;
  /** Forgets what has expired. */
  purgeVault(): Promise<void>;
}

export interface VaultOptions {
  foundation: Foundation;
  keys: Pick<InternalKeys, "wrappingTokenMac">;
  audit: AuditTrail;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createVault = ({ foundation, keys, audit, randomBytes, now, createId }: VaultOptions): Vault => {
  const { database, envelopes } = foundation;
  const storedSecrets = createSecretRepository(database);
  const wrappedSecrets = createWrappedSecretRepository(database);
  const secrets = createSecrets({ repository: storedSecrets, envelopes, now });
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
    purgeVault: () => wrappedSecrets.purge(new Date(now())),
  };
};
