/** Composition root of twofa: exports and wiring. */
import { waitUntil } from "cloudflare:workers";
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createReportingRecorder } from "#shared/http/reporting.ts";
import { createInternal, createWorker } from "#shared/http/worker.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { createTwofaApp } from "./app.ts";
import { createAttemptStore } from "./attempts/attempts.store.ts";
import { createMessengers } from "./channels/messengers.ts";
import { relyingPartyOf } from "./composition/relying-party.ts";
import type { TwofaServices } from "./composition/services.ts";
import { envSchema } from "./env.ts";
import { createFactorRemovalStore } from "./factors/factor-removals.store.ts";
import { removeFactors } from "./factors/factor-removals.ts";
import { createFactorStore } from "./factors/factors.store.ts";
import { createAdministration } from "./kms/administration.ts";
import { createMailQueue } from "./kms/mail-queue.ts";
import { createPasskeyLogins } from "./kms/passkey-logins.ts";
import { createVault } from "./kms/vault.ts";
import { createMailDelivery } from "./mails/mail-delivery.ts";
import { createWording } from "./mails/rendering.ts";
import * as schema from "./model/schema.ts";
import { createPasskeyStore } from "./passkeys/passkeys.store.ts";
import { createHoldingStore } from "./privacy/holdings.store.ts";
import { eraseUsers } from "./privacy/holdings.ts";
import { createRecoveryCodeStore } from "./recovery-codes/recovery-codes.store.ts";
import { createRpc } from "./rpc.ts";
import { createChallengeStore } from "./sent-codes/challenges.store.ts";
import { createSendStore } from "./sent-codes/sends.store.ts";

const connect = once((bindings: unknown): TwofaServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const database = createDatabase(env, schema);
  const factors = createFactorStore(database);
  const challenges = createChallengeStore(database);
  const holdings = createHoldingStore(database);
  const factorRemovals = createFactorRemovalStore(database);
  const log = createLog("twofa");
  const recorder = createReportingRecorder(env.KMS_RPC, log);
  const messengers = createMessengers(env);
  const wording = createWording({
    installation: env.INSTALLATION_NAME,
    publicUrl: env.PUBLIC_URL,
    language: env.DEFAULT_LANGUAGE,
  });
  const deliverMails = createMailDelivery({
    queue: createMailQueue(env.KMS_RPC),
    email: messengers.email,
    wording,
    recorder,
    log,
    now,
  });
  const later = (work: Promise<void>): void =>
    waitUntil(work.catch((error: unknown) => log("error", "background.failed", { error: describeError(error) })));
  return {
    now,
    verify: verifierOf(env, env.KMS_RPC, now),
    probe: database.probe,
    factors,
    recoveryCodes: createRecoveryCodeStore(database),
    attempts: createAttemptStore(database),
    challenges,
    sends: createSendStore(database),
    passkeys: createPasskeyStore(database),
    relyingParty: relyingPartyOf(env),
    passkeyLogins: createPasskeyLogins(env.KMS_RPC),
    administration: createAdministration(env.KMS_RPC, () => later(deliverMails())),
    messengers,
    wording,
    installation: env.INSTALLATION_NAME,
    codeTtlMs: env.OTP_EXPIRATION_MINUTES * 60_000,
    vault: createVault(env.KMS_RPC),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    createId: () => crypto.randomUUID(),
    recorder,
    log,
    holdings,
    deliverMails,
    removeFactors: () => removeFactors(env.KMS_RPC, factorRemovals),
    later,
    runMaintenance: async () => {
      await factors.purgeExpired(now());
      await challenges.purgeExpired(now());
      await eraseUsers(env.KMS_RPC, holdings);
      await removeFactors(env.KMS_RPC, factorRemovals);
      await deliverMails();
    },
  };
});

export const Rpc = createRpc(connect);
export const Internal = createInternal(connect);

export default createWorker(createTwofaApp(connect), (bindings) => connect(bindings).runMaintenance());
