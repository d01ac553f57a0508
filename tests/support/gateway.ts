/** The gateway in a test: its real app and verifiers, in front of workers that the test plays. */
import { z } from "zod";
import { createTrustSource } from "#shared/auth/trust.ts";
import { createTokenVerifier } from "#shared/auth/verify.ts";
import type { ReportedEvent } from "#shared/contracts/audit.ts";
import type { KmsRpc, PrincipalDescription, Revocation } from "#shared/contracts/kms.ts";
import type { Network } from "#shared/contracts/networks.ts";
import type { OneTimeCode, TwofaRpc } from "#shared/contracts/twofa.ts";
import { kmsRpc, rpc } from "#shared/http/bindings.ts";
import { createReportingRecorder } from "#shared/http/reporting.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { failure, success } from "#shared/lang/result.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { createLog } from "#shared/observability/log.ts";
import { createApiKeyVerifier } from "../../workers/gateway/src/admission/api-keys.ts";
import { createRefusalLog, noteLimited } from "../../workers/gateway/src/admission/refusal-log.ts";
import { securityHeaders } from "../../workers/gateway/src/admission/security-headers.ts";
import { createSeenProofs } from "../../workers/gateway/src/admission/seen-proofs.ts";
import { createGatewayApp } from "../../workers/gateway/src/app.ts";
import { DESTINATIONS, type Destination } from "../../workers/gateway/src/backends/target.ts";
import type { GatewayServices } from "../../workers/gateway/src/composition/services.ts";
import { KINDS, type Kind } from "../../workers/gateway/src/configuration/configuration.schema.ts";
import { compileConfiguration } from "../../workers/gateway/src/configuration/configuration.ts";
import { drainable } from "../../workers/gateway/src/health/drain.ts";
import type { AllowanceStore } from "../../workers/gateway/src/limits/allowance.ts";
import { createLeases } from "../../workers/gateway/src/limits/leases.ts";
import { createLimits } from "../../workers/gateway/src/limits/limits.ts";
import { createLocalCounts } from "../../workers/gateway/src/limits/local-counts.ts";
import { createDocuments } from "../../workers/gateway/src/openapi/documents.ts";
import { bindingOf, partsOf, probeAll, upstreamsIn } from "../../workers/gateway/src/proxy/upstream.ts";
import { bridged } from "../../workers/gateway/src/upstreams/sockets/bridge.ts";
import { createOpenSockets } from "../../workers/gateway/src/upstreams/sockets/open-sockets.ts";
import { createTargets } from "../../workers/gateway/src/upstreams/targets/targets.ts";
import { createTestActivity } from "./gateway/activity.ts";
import { createTestAllowances } from "./gateway/allowances.ts";
import { INSTALLATION } from "./gateway/installation.ts";
import "./gateway/streams.ts";
import { bindingTo } from "./rpc/private-calls.ts";
import { createTestSigner, type TestSigner, testClaims } from "./tokens.ts";

export const ISSUER = "http://localhost:8787";
export const GOOD_API_KEY = "ftn_good";
export const GOOD_CODE = "123456";
const START_SECONDS = 1_800_000_000;

/** Work after the response goes on by itself. */
const IN_BACKGROUND = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };

const ISSUED = { tokenType: "Bearer", expiresInSeconds: 900 } as const;
const requestTo = (path: string, init?: RequestInit): Request =>
  new Request(path.startsWith("/") ? ISSUER + path : path, { ...init, ...(init?.body && { duplex: "half" }) });

/** A request as a worker received it. */
export interface Received {
  destination: Destination;
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

export type Answer = (request: Request) => Response | Promise<Response>;

export interface TestGateway {
  signer: TestSigner;
  /** The clock, for the test to move. */
  clock: { nowMs: number };
  /** How every worker answers. */
  worker: { answer: Answer };
  /** Whether its own database answers. */
  database: { probe: () => Promise<void> };
  received: Received[];
  revocations: Revocation[];
  kms: {
    exchangeApiKey: KmsRpc["exchangeApiKey"];
    redeemGrant: KmsRpc["redeemGrant"];
    describePrincipal: KmsRpc["describePrincipal"];
    exchanged: string[];
    /** Keys whose use was noted. */
    used: string[];
    /** What the good key may be used from. */
    allowedAddresses: string[] | null;
    /** Whom it describes: users and services by their subjects, keys by their ids. */
    principals: Map<string, PrincipalDescription>;
  };
  twofa: Pick<TwofaRpc, "elevateOnce" | "hasFactor" | "confirmFactorless"> & { used: OneTimeCode[] };
  /** Tokens for one request that were not presented yet, by their `jti`. */
  grants: Set<string>;
  /** A user's token, with some claims replaced. */
  userToken(replaced?: Record<string, unknown>): Promise<string>;
  /** A service's token, with some claims replaced. */
  serviceToken(replaced?: Record<string, unknown>): Promise<string>;
  /** How often it had mails delivered. */
  delivering: { runs: number };
  /** Where exact limits are stored. */
  allowances: AllowanceStore;
  /** Refusals that the audit trail was told of. */
  refusals: ReportedEvent[];
  /** What was logged of refusals by rules: the event and the rule. */
  ruleLines: string[];
  /** How upstreams are reached. */
  egress: GatewayServices["egress"];
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: Network[];
  /** `path`: or a whole URL, for another host. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What is configured, by kind and name. */
  configure(objects: Partial<Record<Kind, Record<string, object>>>): void;
  /** Tells it that it is about to end. */
  drain(): void;
}

export const createTestGateway = async (corsOrigins: readonly string[] = []): Promise<TestGateway> => {
  const signer = await createTestSigner("key-1");
  const clock = { nowMs: START_SECONDS * 1000 };
  const now = (): number => clock.nowMs;
  const token = (replaced: Record<string, unknown> = {}): Promise<string> =>
    signer.sign(testClaims(ISSUER, Math.floor(now() / 1000), replaced));
  const serviceToken = (replaced: Record<string, unknown> = {}): Promise<string> =>
    token({ sub: "service:scripts", client_id: "scripts", sid: "api-key-1", roles: [], amr: [], ...replaced });

  const refusals: ReportedEvent[] = [];
  const recordEvent: KmsRpc["recordEvent"] = async (event) => {
    refusals.push(event);
    return success(true);
  };
  const received: Received[] = [];
  const revocations: Revocation[] = [];
  const database = { probe: () => Promise.resolve() };
  const worker: { answer: Answer } = { answer: () => Response.json({ ok: true }) };
  const upstream = (destination: Destination): Pick<Fetcher, "fetch"> => ({
    fetch: async (input, init) => {
      const request = new Request(input, { ...init, ...(init?.body && { duplex: "half" }) });
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      received.push({ destination, method, path: pathname + search, headers, body: await request.clone().text() });
      request.signal.throwIfAborted();
      return worker.answer(request);
    },
  });

  const kms: TestGateway["kms"] = {
    exchanged: [],
    used: [],
    allowedAddresses: null,
    principals: new Map(),
    describePrincipal: async (who) => {
      const name = "subject" in who ? who.subject : "service" in who ? `service:${who.service}` : who.key;
      const found = kms.principals.get(name);
      return found ? success(found) : failure("unknown");
    },
    redeemGrant: async (tokenId) => success(grants.delete(tokenId)),
    exchangeApiKey: async (key) => {
      kms.exchanged.push(key);
      if (key !== GOOD_API_KEY) return failure("invalid");
      return success({
        ...ISSUED,
        accessToken: await serviceToken(),
        keyId: "api-key-1",
        allowedAddresses: kms.allowedAddresses,
      });
    },
  };
  const grants = new Set<string>();
  const twofa: TestGateway["twofa"] = {
    used: [],
    hasFactor: async () => success(true),
    confirmFactorless: async () => failure("has-factor"),
    elevateOnce: async (input) => {
      twofa.used.push(input);
      if (input.code !== GOOD_CODE) return failure("wrong-code");
      return success({ ...ISSUED, accessToken: await token({ acr: "aal2", jti: "elevated" }) });
    },
  };

  const trust = createTrustSource({
    kms: {
      trust: async () =>
        success({ keys: [signer.jwk], revocations, rightsChanges: [], position: 0, isWhole: true, hasMore: false }),
    },
    now,
    maxStalenessSeconds: 60,
  });
  const verify = createTokenVerifier({ issuer: ISSUER, trust, now });
  const upstreams = upstreamsIn(
    Object.fromEntries(DESTINATIONS.map((destination) => [bindingOf(destination), upstream(destination)])),
  );
  const allowances = createTestAllowances();
  let configuration = compileConfiguration({ revision: 0, objects: [] });
  const ruleLines: string[] = [];
  const refusalLog = createRefusalLog({ log: (_, event, { rule } = {}) => ruleLines.push(`${event} ${rule}`), now });
  const trustedProxies: Network[] = [];
  const reach = () => Promise.reject(new Error("no upstream is reached from here"));
  const targets = createTargets({
    reach,
    connect: undefined,
    later: () => {},
    now,
    random: Math.random,
    sleep: () => Promise.resolve(),
    log: createLog("gateway"),
  });
  const egress: TestGateway["egress"] = { reach, run: targets.run, show: targets.show };
  const notStored = () => Promise.reject(new Error("nothing is stored here"));
  const delivering = { runs: 0 };
  const limits = createLimits({
    counts: createLocalCounts({ max: 1_000, startMs: clock.nowMs }),
    leases: createLeases({ store: allowances, digest: sha256, now, sleep, keep: () => {} }),
    onRefusal: noteLimited(refusalLog),
    now,
  });
  const services: GatewayServices = {
    now,
    configuration: { current: () => configuration, expire: () => {} },
    upstreamTokens: async ({ name }, { principal }) => `token-for-${name}-of-${principal.subject}`,
    egress,
    limits,
    releaseAllowances: () => Promise.resolve(),
    documents: createDocuments({
      reach: (url, init) => egress.reach(url, init),
      later: () => {},
      onFailure: () => {},
      now,
    }),
    objects: { find: notStored, list: notStored, put: notStored, remove: notStored, warningsOf: notStored },
    applyFile: notStored,
    databaseToken: "token-of-the-database",
    verify,
    verifyApiKey: createApiKeyVerifier({
      kms: kmsRpc.parse(bindingTo(kms)),
      verify,
      uses: { note: (keyId) => kms.used.push(keyId) },
      now,
    }),
    usage: { count: () => undefined },
    seenProofs: createSeenProofs({ now }),
    twofa: rpc<TwofaRpc>("twofa").parse(bindingTo(twofa)),
    kms: kmsRpc.parse(bindingTo(kms)),
    refusals: refusalLog,
    ...createTestActivity(now, limits),
    parts: () => partsOf(upstreams, () => database.probe()),
    recorder: createReportingRecorder(kmsRpc.parse(bindingTo({ recordEvent })), createLog("gateway")),
    passkeyLogins: { options: notStored, logIn: notStored },
    deliverMails: () => {
      delivering.runs += 1;
    },
    removeFactors: async () => undefined,
    personalDataOf: async (userId) => ({ document: { userId }, signature: "a.b.c" }),
    upstreams,
    openSockets: createOpenSockets(now),
    passages: bridged((url, init) => egress.reach(url, init)),
    publicUrl: ISSUER,
    ...INSTALLATION,
    responseHeaders: securityHeaders(ISSUER),
    trustedProxies,
    corsOrigins: new Set(corsOrigins),
    ...drainable({
      probe: () => probeAll(upstreams, () => database.probe()),
      served: () => 0,
      sleep: () => Promise.resolve(),
    }),
    runMaintenance: () => Promise.resolve(),
  };
  const app = createGatewayApp(() => services);
  return {
    signer,
    delivering,
    clock,
    worker,
    database,
    received,
    revocations,
    refusals,
    ruleLines,
    egress,
    trustedProxies,
    kms,
    twofa,
    grants,
    allowances,
    userToken: token,
    drain: services.drain,
    configure: (objects) => {
      const stored = Object.entries(objects).flatMap(([kind, named]) =>
        Object.entries(named).map(([name, body]) => ({
          kind: z.enum(KINDS).parse(kind),
          name,
          body,
          version: 1,
          source: "api" as const,
          createdAtMs: 0,
          updatedAtMs: 0,
        })),
      );
      configuration = compileConfiguration({ revision: configuration.revision + 1, objects: stored });
    },
    serviceToken,
    fetch: async (path, init) => app.fetch(requestTo(path, init), {}, IN_BACKGROUND),
  };
};
