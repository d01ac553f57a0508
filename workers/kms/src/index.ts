/** Composition root of the kms: exports and wiring. */
import { waitUntil } from "cloudflare:workers";
import { verifierOf } from "#shared/auth/verify.ts";
import { createWorker } from "#shared/http/worker.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { createAccountServices } from "./account-services.ts";
import { createKmsApp } from "./app.ts";
import { createTokenIssuer } from "./domain/access-token.ts";
import { createAuditTrail } from "./domain/audit.ts";
import { createAuditLog } from "./domain/audit-log.ts";
import { createClients } from "./domain/clients.ts";
import { createKeyRing, REVOCATION_RETENTION_MS } from "./domain/key-ring.ts";
import { macInContext } from "./domain/mac.ts";
import { createPrivacy } from "./domain/privacy.ts";
import { createRefusalLimit } from "./domain/refusal-limit.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import { createSealer } from "./domain/sealing.ts";
import { createSearchKeys } from "./domain/search-key.ts";
import { createSigningKeys } from "./domain/signing-keys.ts";
import { createSubjectKeys } from "./domain/subject-keys.ts";
import { createFoundation, type Foundation, randomBytes } from "./foundation.ts";
import { createKeyServices } from "./key-services.ts";
import { createEntrypoints, trustOf } from "./rpc.ts";
import { createRecorder } from "./security-log.ts";
import type { KmsServices } from "./services.ts";
import { createAuditRepository, createSubjectKeyRepository } from "./store/audit.ts";
import { createChainRepository } from "./store/audit-chain.ts";
import { createCheckpointRepository } from "./store/audit-checkpoints.ts";
import { createAuditReader } from "./store/audit-reading.ts";
import { createPrivacyRepository } from "./store/privacy.ts";
import { createSigningKeyRepository } from "./store/signing-keys.ts";
import { createTrustRepository } from "./store/trust.ts";
import { createConnection } from "./unlock.ts";
import { createVault } from "./vault.ts";

const now = Date.now;
const createId = (): string => crypto.randomUUID();
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const compose = (foundation: Foundation, keys: InternalKeys): KmsServices => {
  const { env, database } = foundation;
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
  const verify = verifierOf(env, { trust: (position) => trustOf(keyRing, position) }, now);
  const accountServices = createAccountServices({
    foundation,
    keys,
    audit,
    verify,
    issueToken,
    sleep,
    randomBytes,
    now,
    createId,
  });
  const { users, storedSessions } = accountServices;
  const vault = createVault({ foundation, keys, audit, log, randomBytes, now, createId });
  const later = (work: Promise<void>): void =>
    waitUntil(work.catch((error: unknown) => log("error", "work-after-answer", { error: describeError(error) })));
  const keyServices = createKeyServices({
    foundation,
    keys,
    wrapping: vault.wrapping,
    audit,
    tell,
    log,
    later,
    sleep,
    randomBytes,
    now,
    createId,
  });
  const { apiKeys, storedKeys } = keyServices;

  return {
    now,
    verify,
    probe: async () => {
      await database.probe();
      await keyRing.signer();
    },
    issuer: env.PUBLIC_URL,
    isRegistrationOpen: env.REGISTRATION === "open",
    ...accountServices,
    ...keyServices,
    later,
    clients: createClients({ apiKeys, issueToken, now }),
    searchKeys: createSearchKeys({ sessions: storedSessions, apiKeys: storedKeys, issueToken, now }),
    keyRing,
    signingKeys,
    audit,
    auditLog,
    privacy: createPrivacy({
      repository: createPrivacyRepository(database),
      users,
      auditLog,
      keyRing,
      issuer: env.PUBLIC_URL,
      now,
    }),
    ...vault,
    sealer: createSealer(keys.sealing, randomBytes),
    mac: (context, data) => macInContext(keys.mac, context, data),
    purge: async () => {
      await accountServices.purgeAccounts();
      await trustRecords.purgeRevocations(new Date(now() - REVOCATION_RETENTION_MS));
      await signingKeys.maintain();
      await vault.maintain();
      await keyServices.maintainKeys();
    },
  };
};

const connect = createConnection(createFoundation, compose);

export const { Rpc, Internal } = createEntrypoints(connect);

export default createWorker(createKmsApp(connect), async (bindings) => (await connect(bindings)).purge());
