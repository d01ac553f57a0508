/** The clients that a running kms knows, by the rules and on its database. */
import { failure } from "#shared/lang/result.ts";
import { createAttemptStore } from "../../../workers/kms/src/accounts/password-attempts.store.ts";
import { createDescribedClientStore } from "../../../workers/kms/src/client-metadata/described-clients.store.ts";
import {
  createDescribedClients,
  type DescribedClients,
  type DescribedClientsOptions,
} from "../../../workers/kms/src/client-metadata/described-clients.ts";
import type { KmsDatabase } from "../../../workers/kms/src/db/connection.ts";
import { createClientStore } from "../../../workers/kms/src/oauth-clients/clients.store.ts";
import { ISSUER } from "../kms.ts";
import { createTestRecorder } from "./recorder.ts";

/** By default none may describe itself. */
export const knownClientsIn = (database: KmsDatabase, more: Partial<DescribedClientsOptions> = {}): DescribedClients =>
  createDescribedClients({
    store: createDescribedClientStore(database, createClientStore(database)),
    isOpen: false,
    readDocument: async () => failure("unreachable"),
    declaredScopes: async () => [],
    attempts: createAttemptStore(database),
    recorder: createTestRecorder().recorder,
    mac: (context, secret) => `${context} ${secret}`,
    issuer: ISSUER,
    now: Date.now,
    ...more,
  });
