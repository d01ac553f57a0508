/** Composition root of the kms: exports and wiring. */
import { waitUntil } from "cloudflare:workers";
import { verifierOf } from "#shared/auth/verify.ts";
import { createWorker } from "#shared/http/worker.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { createKmsApp } from "./app.ts";
import { createAccountServices } from "./composition/account-services.ts";
import { createAuditLogServices, createAuditTrailServices } from "./composition/audit-services.ts";
import { createFoundation, type Foundation, randomBytes } from "./composition/foundation.ts";
import { createKeyServices } from "./composition/key-services.ts";
import { createMaintenance } from "./composition/maintenance.ts";
import { createOAuthServices } from "./composition/oauth-services.ts";
import type { KmsServices } from "./composition/services.ts";
import { createConnection } from "./composition/unlock.ts";
import { createVault } from "./composition/vault-services.ts";
import { macInContext } from "./crypto/mac.ts";
import type { InternalKeys } from "./crypto/root-key.ts";
import { createSealer } from "./crypto/sealing.ts";
import { createClients } from "./oauth/clients.ts";
import { createSearchKeys } from "./oauth/search-key.ts";
import { createUpstreamTokens } from "./oauth/upstream-token.ts";
import { createPrincipalDescription } from "./principals/principal-description.ts";
import { createPrivacyStore } from "./privacy/privacy.store.ts";
import { createPrivacy } from "./privacy/privacy.ts";
import { createEntrypoints, trustOf } from "./rpc.ts";
import { createTokenIssuer } from "./tokens/access-token.ts";
import { createKeyRing, REVOCATION_RETENTION_MS } from "./tokens/key-ring.ts";
import { createSigningKeyStore } from "./tokens/signing-keys.store.ts";
import { createSigningKeys } from "./tokens/signing-keys.ts";
import { createIdTokenKeyStore, createTrustStore } from "./tokens/trust.store.ts";
import { createUpstreamScopeStore } from "./upstream-scopes/upstream-scopes.store.ts";
import { createUpstreamScopes } from "./upstream-scopes/upstream-scopes.ts";

const now = Date.now;
const createId = (): string => crypto.randomUUID();
const EVERY_ROUND = 0;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const compose = (foundation: Foundation, keys: InternalKeys): KmsServices => {
  const { env, database } = foundation;
  const trustRecords = createTrustStore(database);

  const log = createLog("kms");
  const trail = createAuditTrailServices({ foundation, keys, log, randomBytes, now, createId });
  const { audit, recorder } = trail;

  const wrapping = createSealer(keys.signingKeyWrapping, randomBytes);
  const algorithm = env.JWT_ALG;
  const keyRing = createKeyRing({ store: trustRecords, wrapping, algorithm, recorder, now });
  const { auditLog, pruneAudit } = createAuditLogServices({ foundation, keys, trail, keyRing, log, now });
  const signingKeys = createSigningKeys({
    store: createSigningKeyStore(database),
    keyRing,
    wrapping,
    algorithm,
    rotationDays: env.SIGNING_KEY_ROTATION_DAYS,
    recorder,
    now,
  });
  const idTokens = {
    purpose: "id-token",
    // Which every relying party knows (OpenID Connect Core §15.1).
    algorithm: "RS256",
    wrapping,
    recorder,
    now,
  } as const;
  const idTokenKeyRing = createKeyRing({ ...idTokens, store: createIdTokenKeyStore(database) });
  const idTokenKeys = createSigningKeys({
    ...idTokens,
    store: createSigningKeyStore(database, "id-token"),
    keyRing: idTokenKeyRing,
    rotationDays: env.SIGNING_KEY_ROTATION_DAYS,
  });
  const issueToken = createTokenIssuer({ issuer: env.PUBLIC_URL, signer: keyRing.signer, now, createId });
  const verify = verifierOf(env, { trust: (position) => trustOf(keyRing, position) }, now);
  const upstreamScopes = createUpstreamScopes(createUpstreamScopeStore(database), now);
  const later = (work: Promise<void>): void =>
    waitUntil(work.catch((error: unknown) => log("error", "background.failed", { error: describeError(error) })));
  const accountServices = createAccountServices({
    foundation,
    keys,
    recorder,
    upstreamScopes,
    verify,
    issueToken,
    sleep,
    later,
    randomBytes,
    now,
    createId,
  });
  const { users, storedSessions, mails } = accountServices;
  const vault = createVault({ foundation, keys, recorder, log, randomBytes, now, createId });
  const keyServices = createKeyServices({
    foundation,
    keys,
    wrapping: vault.wrapping,
    upstreamScopes,
    recorder,
    log,
    later,
    sleep,
    randomBytes,
    now,
    createId,
  });
  const { apiKeys, storedKeys } = keyServices;

  const oauthServices = createOAuthServices({
    foundation,
    keys,
    accounts: accountServices,
    idTokenKeyRing,
    upstreamScopes,
    issueToken,
    recorder,
    randomBytes,
    now,
    createId,
  });

  return {
    now,
    verify,
    probe: async () => {
      await database.probe();
      await keyRing.signer();
    },
    issuer: env.PUBLIC_URL,
    registration: env.REGISTRATION,
    signInMethods: env.SIGN_IN_METHODS,
    ...accountServices,
    ...keyServices,
    ...oauthServices,
    upstreamScopes,
    later,
    clients: createClients({ apiKeys, issueToken, recorder, now }),
    issueUpstreamToken: createUpstreamTokens({
      verify,
      issueToken: createTokenIssuer({
        issuer: env.PUBLIC_URL,
        signer: () => keyRing.signer(env.REVOCATION_MAX_STALENESS_SECONDS * 1000),
        now,
        createId,
      }),
      maxStalenessSeconds: env.REVOCATION_MAX_STALENESS_SECONDS,
      now,
    }),
    describePrincipal: createPrincipalDescription({
      users,
      services: keyServices.services,
      apiKeys: storedKeys,
      stepUpForRoles: env.STEP_UP_FOR_ROLES,
      now,
    }),
    searchKeys: createSearchKeys({ sessions: storedSessions, apiKeys: storedKeys, issueToken, recorder, now }),
    keyRing,
    signingKeys,
    idTokenKeyRing,
    idTokenKeys,
    audit,
    recorder,
    auditLog,
    privacy: createPrivacy({
      store: createPrivacyStore(database),
      users,
      origins: accountServices.origins,
      consents: accountServices.consents,
      auditLog,
      keyRing,
      recorder,
      issuer: env.PUBLIC_URL,
      now,
    }),
    ...vault,
    sealer: createSealer(keys.sealing, randomBytes),
    mac: (context, data) => macInContext(keys.mac, context, data),
    runMaintenance: createMaintenance(
      [
        { name: "sessions and password attempts", everyMs: MINUTE_MS, run: accountServices.purgeAccounts },
        {
          name: "mails",
          everyMs: MINUTE_MS,
          run: async () => {
            const count = await mails.purge();
            if (count > 0) log("warn", "mails.expired", { count });
          },
        },
        {
          name: "revocations",
          everyMs: MINUTE_MS,
          run: () => trustRecords.purgeRevocations(new Date(now() - REVOCATION_RETENTION_MS)),
        },
        { name: "authorizations", everyMs: MINUTE_MS, run: oauthServices.purgeAuthorizations },
        { name: "signing keys", everyMs: EVERY_ROUND, run: signingKeys.maintain },
        { name: "keys of ID tokens", everyMs: EVERY_ROUND, run: idTokenKeys.maintain },
        { name: "secrets and root key", everyMs: EVERY_ROUND, run: vault.maintain },
        { name: "API keys and webhooks", everyMs: EVERY_ROUND, run: keyServices.maintainKeys },
        { name: "old usage of keys", everyMs: HOUR_MS, run: keyServices.purgeKeyUsage },
        { name: "keys that cannot be rotated", everyMs: DAY_MS, run: keyServices.remindOfRotations },
        { name: "aggregated refusals", everyMs: EVERY_ROUND, run: audit.writeSummaries },
        { name: "audit chain and checkpoints", everyMs: EVERY_ROUND, run: auditLog.seal },
        { name: "old audit entries", everyMs: HOUR_MS, run: pruneAudit },
      ],
      { now, onFailure: (job, error) => log("error", "maintenance.failed", { job, error: describeError(error) }) },
    ),
  };
};

const connect = createConnection(createFoundation, compose);

export const { Rpc, Internal } = createEntrypoints(connect);

export default createWorker(createKmsApp(connect), async (bindings) => (await connect(bindings)).runMaintenance());
