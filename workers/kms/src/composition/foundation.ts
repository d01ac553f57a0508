/** The foundation of the kms: its settings, its database, and the keys that all others are encrypted under. */
import { createDatabase } from "#shared/db/database.ts";
import { parseBindings } from "#shared/http/bindings.ts";
import { UnusableSettings } from "#shared/settings/unusable.ts";
import { createRoleStore } from "../accounts/roles.store.ts";
import { stepUpRolesFault } from "../accounts/roles.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { KmsDatabase } from "../db/connection.ts";
import * as schema from "../db/schema.ts";
import { envSchema } from "../env.ts";
import { createEnvelopes } from "../key-encryption/envelope.ts";
import { createInternalKeyStore } from "../key-encryption/internal-keys.store.ts";
import { openInternalKeys } from "../key-encryption/internal-keys.ts";
import { createKekStore } from "../key-encryption/keks.store.ts";
import { createKeks, type SecretKeys } from "../key-encryption/keks.ts";

export const randomBytes: RandomBytes = (sizeBytes) => crypto.getRandomValues(new Uint8Array(sizeBytes));

const storedRoleNames = async (database: KmsDatabase): Promise<string[]> =>
  (await createRoleStore(database).list()).map(({ name }) => name);

/** Asks the database for nothing yet; `open` does. */
export const createFoundation = (bindings: unknown) => {
  const env = parseBindings(envSchema, bindings);
  const database = createDatabase(env, schema);
  const { SECRET_KEY, SECRET_KEY_PREVIOUS } = env;
  const secretKeys: SecretKeys = SECRET_KEY_PREVIOUS ? [SECRET_KEY, SECRET_KEY_PREVIOUS] : [SECRET_KEY];
  const keks = createKeks({ store: createKekStore(database), secretKeys, randomBytes, now: Date.now });
  const envelopes = createEnvelopes(keks, randomBytes);
  const store = createInternalKeyStore(database);
  return {
    env,
    database,
    keks,
    envelopes,
    open: async () => {
      const keys = await openInternalKeys({ store, keks, envelopes });
      const fault = stepUpRolesFault(env.STEP_UP_FOR_ROLES, await storedRoleNames(database));
      if (fault !== undefined) throw new UnusableSettings(`STEP_UP_FOR_ROLES ${fault}`);
      return keys;
    },
  };
};

export type Foundation = ReturnType<typeof createFoundation>;
