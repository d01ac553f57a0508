/** What the kms stands on: its settings, its database, and the keys that all others are encrypted under. */
import { createDatabase } from "#shared/db/database.ts";
import { parseBindings } from "#shared/http/bindings.ts";
import { createEnvelopes } from "./domain/envelope.ts";
import { openInternalKeys } from "./domain/internal-keys.ts";
import { createKeks, type SecretKeys } from "./domain/keks.ts";
import type { RandomBytes } from "./domain/random.ts";
import { envSchema } from "./env.ts";
import { createInternalKeyRepository } from "./store/internal-keys.ts";
import { createKekRepository } from "./store/keks.ts";
import * as schema from "./store/schema.ts";

export const randomBytes: RandomBytes = (sizeBytes) => crypto.getRandomValues(new Uint8Array(sizeBytes));

/** Asks the database for nothing yet; `open` does. */
export const createFoundation = (bindings: unknown) => {
  const env = parseBindings(envSchema, bindings);
  const database = createDatabase(env, schema);
  const { SECRET_KEY, SECRET_KEY_PREVIOUS } = env;
  const secretKeys: SecretKeys = SECRET_KEY_PREVIOUS ? [SECRET_KEY, SECRET_KEY_PREVIOUS] : [SECRET_KEY];
  const keks = createKeks({ repository: createKekRepository(database), secretKeys, randomBytes, now: Date.now });
  const envelopes = createEnvelopes(keks, randomBytes);
  const repository = createInternalKeyRepository(database);
  return {
    env,
    database,
    keks,
    envelopes,
    open: () => openInternalKeys({ repository, keks, envelopes }),
  };
};

export type Foundation = ReturnType<typeof createFoundation>;
