/** Composition root of the kms: exports and wiring. */
import { verifierOf } from "#shared/auth/verify.ts";
import { createWorker } from "#shared/http/worker.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { createLog } from "#shared/observability/log.ts";
import { createKmsApp } from "./app.ts";
import { createTokenIssuer } from "./domain/access-token.ts";
import { createAccounts } from "./domain/accounts.ts";
import { createApiKeys } from "./domain/api-keys.ts";
import { createAuditTrail } from "./domain/audit.ts";
import { createAuditLog } from "./domain/audit-log.ts";
import { createClients } from "./domain/clients.ts";
import { createKeyRing, REVOCATION_RETENTION_MS } from "./domain/key-ring.ts";
import { macInContext } from "./domain/mac.ts";
import { createPasswords } from "./domain/password.ts";
import { createPasswordGuard } from "./domain/password-guard.ts";
import { createRefreshTokens } from "./domain/refresh-token.ts";
import { createRefusalLimit } from "./domain/refusal-limit.ts";
import { createRoles } from "./domain/roles.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import { createSealer } from "./domain/sealing.ts";
import { createSearchKeys } from "./domain/search-key.ts";
import { createSessions } from "./domain/sessions.ts";
import { createSigningKeys } from "./domain/signing-keys.ts";
import { createSubjectKeys } from "./domain/subject-keys.ts";
import { createTurns } from "./domain/turns.ts";
import { createFoundation, type Foundation, randomBytes } from "./foundation.ts";
import { createEntrypoints, trustOf } from "./rpc.ts";
import { createRecorder } from "./security-log.ts";
import type { KmsServices } from "./services.ts";
import { createApiKeyRepository } from "./store/api-keys.ts";
import { createAuditRepository, createSubjectKeyRepository } from "./store/audit.ts";
import { createChainRepository } from "./store/audit-chain.ts";
import { createCheckpointRepository } from "./store/audit-checkpoints.ts";
import { createAuditReader } from "./store/audit-reading.ts";
import { createAttemptRepository } from "./store/password-attempts.ts";
import { createRoleRepository } from "./store/roles.ts";
import { createServiceRepository } from "./store/services.ts";
import { createSessionRepository } from "./store/sessions.ts";
import { createSigningKeyRepository } from "./store/signing-keys.ts";
import { createTrustRepository } from "./store/trust.ts";
import { createUserRepository } from "./store/users.ts";
import { createConnection } from "./unlock.ts";
import { createVault } from "./vault.ts";

const now = Date.now;
const createId = (): string => crypto.randomUUID();
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const compose = (foundation: Foundation, keys: InternalKeys): KmsServices => {
  const { env, database } = foundation;
  const users = createUserRepository(database);
  const services = createServiceRepository(database);
  const storedKeys = createApiKeyRepository(database);
  const trustRecords = createTrustRepository(database);

  const log = createLog("kms");
  const tell = createRecorder(log);
  const subjectKeys = createSubjectKeys({
    repository: createSubjectKeyRepository(database),
    wrapping: createSealer(keys.auditKeyWrapping, randomBytes),
    randomBytes,
  });
  const audit = createAuditTrail({
    repository: createAuditRepository(database),
    subjectKeys,
    refusalLimit: createRefusalLimit(now),
    macKey: keys.auditMac,
    randomBytes,
    occasion: currentRequest,
    tell,
    onPrepare: () => auditLog.expectEntry(),
    now,
    createId,
  });

  const wrapping = createSealer(keys.signingKeyWrapping, randomBytes);
  const algorithm = env.JWT_ALG;
  const keyRing = createKeyRing({ repository: trustRecords, wrapping, algorithm, audit, now });
  const signingKeys = createSigningKeys({
    repository: createSigningKeyRepository(database),
    keyRing,
    wrapping,
    algorithm,
    rotationDays: env.SIGNING_KEY_ROTATION_DAYS,
    audit,
    tell,
    now,
  });
  const auditLog = createAuditLog({
    chain: createChainRepository(database),
    checkpoints: createCheckpointRepository(database),
    reader: createAuditReader(database),
    subjectKeys,
    macKey: keys.auditMac,
    issuer: env.PUBLIC_URL,
    keyRing,
    tell: ({ entryId, jws }) => log("info", "audit.checkpoint", { entries: entryId, jws }),
    alarm: () => log("error", "audit.broken"),
    now,
  });
  const issueToken = createTokenIssuer({ issuer: env.PUBLIC_URL, signer: keyRing.signer, now, createId });
  const passwords = createPasswords(keys.passwordPepper, randomBytes);
  const turns = createTurns({ now, sleep });
  const guard = createPasswordGuard({
    repository: createAttemptRepository(database),
    turns,
    mac: (context, text) => macInContext(keys.mac, context, text),
    now,
  });
  const refreshTokens = createRefreshTokens(keys.refreshTokenMac, randomBytes);
  const apiKeys = createApiKeys({ repository: storedKeys, services, macKey: keys.apiKeyMac, randomBytes, now });
  const storedSessions = createSessionRepository(database);
  const sessions = createSessions({
    repository: storedSessions,
    refreshTokens,
    issueToken,
    audit,
    now,
    createId,
  });
  const vault = createVault({ foundation, keys, audit, log, randomBytes, now, createId });

  return {
    now,
    verify: verifierOf(env, { trust: (position) => trustOf(keyRing, position) }, now),
    probe: async () => {
      await database.probe();
      await keyRing.signer();
    },
    isRegistrationOpen: env.REGISTRATION === "open",
    accounts: createAccounts({ users, passwords, turns, guard, audit, now, createId }),
    users,
    roles: createRoles({ repository: createRoleRepository(database), now }),
    sessions,
    services,
    apiKeys,
    storedKeys,
    clients: createClients({ apiKeys, issueToken, now }),
    searchKeys: createSearchKeys({ sessions: storedSessions, apiKeys: storedKeys, issueToken, now }),
    keyRing,
    signingKeys,
    audit,
    auditLog,
    ...vault,
    sealer: createSealer(keys.sealing, randomBytes),
    mac: (context, data) => macInContext(keys.mac, context, data),
    purge: async () => {
      await sessions.purge();
      await guard.purge();
      await trustRecords.purgeRevocations(new Date(now() - REVOCATION_RETENTION_MS));
      await signingKeys.maintain();
      await vault.maintain();
    },
  };
};

const connect = createConnection(createFoundation, compose);

export const { Rpc, Internal } = createEntrypoints(connect);

export default createWorker(createKmsApp(connect), async (bindings) => (await connect(bindings)).purge());
