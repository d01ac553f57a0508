/** Composition root of the gateway: exports and wiring. */
import { waitUntil } from "cloudflare:workers";
import { createKeyUses } from "#shared/auth/key-uses.ts";
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { servedRequests } from "#shared/http/record.ts";
import { createReportingRecorder } from "#shared/http/reporting.ts";
import { createWorker } from "#shared/http/worker.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { nothingIfUnavailable } from "#shared/lang/unavailable.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { legalDocumentsOf } from "#shared/settings/installation.ts";
import { createActivity } from "./activity/activity.ts";
import { createAskAll, createReport } from "./activity/processes.ts";
import { createApiKeyVerifier } from "./admission/api-keys.ts";
import { createUsageCounter } from "./admission/key-usage.ts";
import { createRefusalLog } from "./admission/refusal-log.ts";
import { securityHeaders, transportSecurity } from "./admission/security-headers.ts";
import { createSeenProofs } from "./admission/seen-proofs.ts";
import { createPasskeyLogins } from "./aggregates/passkey-login.ts";
import { createPersonalData } from "./aggregates/personal-data.ts";
import { createGatewayApp } from "./app.ts";
import { composeLimits } from "./composition/limits.ts";
import type { GatewayServices } from "./composition/services.ts";
import * as schema from "./configuration/configuration.schema.ts";
import { followConfiguration } from "./configuration/configuration.ts";
import { createFileApplication } from "./configuration/file-application.ts";
import { createObjectStore } from "./configuration/objects.store.ts";
import { createObjects } from "./configuration/objects.ts";
import { envSchema } from "./env.ts";
import { drainable } from "./health/drain.ts";
import { createDocuments } from "./openapi/documents.ts";
import { isOwnBinding, partsOf, probeAll, upstreamsIn } from "./proxy/upstream.ts";
import { createGatewayInternal, createSocketEnds } from "./rpc.ts";
import { boundServices, createReach } from "./upstreams/egress.ts";
import { createUpstreamTokens } from "./upstreams/identity.ts";
import { bridged } from "./upstreams/sockets/bridge.ts";
import { createNativePassages } from "./upstreams/sockets/native.ts";
import { createOpenSockets } from "./upstreams/sockets/open-sockets.ts";
import { createTargetRules, ownHostOf } from "./upstreams/target-rules.ts";
import { createConnect } from "./upstreams/targets/connect.ts";
import { createTargets } from "./upstreams/targets/targets.ts";

const log = createLog("gateway");

/** Does the work after the response; `event` is logged if it fails. */
const later =
  (event: string) =>
  (work: Promise<void>): void =>
    waitUntil(work.catch((error: unknown) => log("warn", event, { error: describeError(error) })));

const connect = once((bindings: unknown): GatewayServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const verify = verifierOf(env, env.KMS_RPC, now);
  const uses = createKeyUses({
    report: async (batch) => {
      await env.KMS_RPC.recordKeyUses(batch);
    },
    later: later("key-uses-lost"),
    sleep,
    now,
  });
  const usage = createUsageCounter({
    report: async (batch) => {
      await env.KMS_RPC.recordKeyUsage(batch);
    },
    later: later("key-usage-lost"),
    sleep,
    now,
  });
  const upstreams = upstreamsIn(bindings);
  const bound = boundServices(bindings, (name) => name in env || isOwnBinding(name));
  const targetRules = createTargetRules({
    publicUrl: env.PUBLIC_URL,
    internalPorts: env.INTERNAL_PORTS ?? new Set(),
    bindings: new Set(bound.keys()),
  });
  const database = createDatabase(env, schema);
  const recorder = createReportingRecorder(env.KMS_RPC, log);
  const store = createObjectStore(database);
  const reach = createReach({ egress: env.UPSTREAMS, bound, targetRules });
  const opening = {
    reach: createReach({ egress: env.SOCKETS, bound: new Map(), targetRules }),
    later: later("socket-not-watched"),
  };
  const targets = createTargets({
    reach,
    connect: createConnect({ egress: env.UPSTREAMS, targetRules }),
    later: later("health-check-failed"),
    now,
    random: Math.random,
    sleep,
    log,
  });
  const documents = createDocuments({
    reach,
    later: later("openapi-not-read"),
    onFailure: (upstream, error) => log("warn", "openapi-not-read", { upstream, error: describeError(error) }),
    now,
  });
  const configuration = followConfiguration({
    store,
    ownHost: ownHostOf(env.PUBLIC_URL),
    onFailure: (error) => log("warn", "configuration-not-read", { error: describeError(error) }),
    onChange: ({ upstreams: changed }) => {
      targets.keep(changed);
      documents.prepare(changed.values());
    },
    now,
  });
  const changing = { store, kms: env.KMS_RPC, recorder, followed: configuration, targetRules, now };
  const refusals = createRefusalLog({ log, now });
  const activity = createActivity(now);
  const limiting = composeLimits({ database, refusals, keep: later("allowance-not-counted"), now });
  const report = createReport({ activity: activity.read, usage: limiting.limits.usage });
  const draining = drainable({ probe: () => probeAll(upstreams, database.probe), served: servedRequests, sleep });
  const checkHealth = async (): Promise<void> => {
    const known = await Promise.resolve().then(configuration.current).catch(nothingIfUnavailable);
    if (known === undefined) return;
    documents.prepare(known.upstreams.values());
    await targets.check(known.upstreams);
  };
  return {
    now,
    verify,
    configuration,
    limits: limiting.limits,
    documents,
    objects: createObjects(changing),
    applyFile: createFileApplication(changing),
    databaseToken: env.DATABASE_TOKEN,
    upstreamTokens: createUpstreamTokens({ kms: env.KMS_RPC, publicUrl: env.PUBLIC_URL, now }),
    egress: { reach, run: targets.run, show: targets.show },
    seenProofs: createSeenProofs({ now }),
    verifyApiKey: createApiKeyVerifier({ kms: env.KMS_RPC, verify, uses, now }),
    usage,
    twofa: env.TWOFA_RPC,
    kms: env.KMS_RPC,
    deliverMails: () =>
      later("mails-not-delivered")(
        (async () => {
          await env.TWOFA_RPC.deliverMails();
        })(),
      ),
    removeFactors: async () => {
      try {
        await env.TWOFA_RPC.removeFactors();
      } catch (error) {
        log("warn", "factors-not-removed", { error: describeError(error) });
      }
    },
    personalDataOf: createPersonalData({ kms: env.KMS_RPC, twofa: env.TWOFA_RPC, serviceA: env.SERVICE_A_RPC }),
    passkeyLogins: createPasskeyLogins(env.TWOFA_RPC),
    recorder,
    refusals,
    activity,
    report,
    askAll: createAskAll({ report, others: env.PROCESSES, log }),
    parts: () => partsOf(upstreams, database.probe),
    upstreams,
    openSockets: createOpenSockets(now),
    passages: env.SOCKETS ? createNativePassages(opening) : bridged(reach),
    publicUrl: env.PUBLIC_URL,
    installation: {
      name: env.INSTALLATION_NAME,
      language: env.DEFAULT_LANGUAGE,
      logo: env.INSTALLATION_LOGO,
      termsUrl: env.TERMS_URL,
      privacyUrl: env.PRIVACY_URL,
      documents: legalDocumentsOf(env),
    },
    registration: env.REGISTRATION,
    signInMethods: env.SIGN_IN_METHODS,
    responseHeaders: securityHeaders(env.PUBLIC_URL),
    relayedHeaders: transportSecurity(env.PUBLIC_URL),
    trustedProxies: env.TRUSTED_PROXIES,
    corsOrigins: env.CORS_ORIGINS,
    securityContacts: env.SECURITY_CONTACT,
    ...draining,
    drain: async () => {
      await draining.drain();
      await limiting.release("all");
    },
    releaseAllowances: () => limiting.release("all"),
    runMaintenance: async () => {
      await Promise.all([limiting.runMaintenance(), checkHealth()]);
    },
  };
});

export const Internal = createGatewayInternal(connect);

export const SocketEnds = createSocketEnds(connect);

export default createWorker(createGatewayApp(connect), (bindings) => connect(bindings).runMaintenance());
