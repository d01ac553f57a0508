import { WorkerEntrypoint } from "cloudflare:workers";
import { reportedEvent } from "#shared/contracts/audit.ts";
import type { Blocked } from "#shared/contracts/blocked.ts";
import type {
  FirstAdministrator,
  FirstAdministratorResult,
  FirstLoginLink,
  KmsInternalRpc,
} from "#shared/contracts/internal.ts";
import type { IssuedToken, KmsRpc, Trust } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { currentRequest, originOfRequest } from "#shared/observability/context.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { writeLinesAtOnce } from "#shared/observability/lines.ts";
import { serve } from "#shared/rpc/serve.ts";
import { BudgetExhausted } from "./audit/audit-budget.ts";
import type { KmsServices } from "./composition/services.ts";
import type { ScopedToken } from "./tokens/access-token.ts";
import type { KeyRing } from "./tokens/key-ring.ts";
import { WrongSecretKey } from "./tokens/signing-key.ts";
import { parseDeclaration } from "./upstream-scopes/upstream-scopes.ts";

/** A small installation is through with a change of SECRET_KEY before it is ready. */
const REWRAP_AT_START_MS = 5_000;

/** What the kms is composed of; `undefined` when SECRET_KEY does not open its keys. */
const unlocked = (connecting: Promise<KmsServices>): Promise<KmsServices | undefined> =>
  connecting.catch((error: unknown) => {
    if (!(error instanceof WrongSecretKey)) throw error;
    return undefined;
  });

const issued = ({ scope: _, ...token }: ScopedToken): IssuedToken => token;

/** What a caller does too often. */
const failureOf = (error: unknown): Blocked | undefined =>
  error instanceof BudgetExhausted ? { kind: "blocked", retryAfterSeconds: error.retryAfterSeconds } : undefined;

/** What the other workers judge tokens by. */
export const trustOf = async (keyRing: KeyRing, position: number | undefined): Promise<Result<Trust>> =>
  success(await keyRing.trust(position));

/** The private entrypoints of the kms. */
export const createEntrypoints = (connect: (bindings: unknown) => Promise<KmsServices>) => ({
  Rpc: serve<KmsRpc, KmsServices>(
    "kms",
    connect,
    {
      trust: ({ keyRing }, position) => trustOf(keyRing, position),

      exchangeApiKey: async ({ clients }, key) => {
        const exchanged = await clients.exchange(key, currentRequest()?.clientAddress);
        if (!exchanged.ok) return failure("invalid", { service: exchanged.error.service });
        const { keyId, allowedAddresses, access } = exchanged.value;
        return success({ ...issued(access), keyId, allowedAddresses });
      },

      recordKeyUses: async ({ storedKeys }, uses) => {
        await storedKeys.recordUses(uses);
        return success(undefined);
      },

      recordKeyUsage: async ({ keyUsage }, usage) => {
        await keyUsage.add(usage);
        return success(true);
      },

      elevate: async ({ sessions }, elevation) => {
        const elevated = await sessions.elevate(elevation);
        return elevated.ok ? success(issued(elevated.value)) : elevated;
      },

      attestFactorless: async ({ sessions }, factorless) => {
        const attested = await sessions.attestFactorless(factorless);
        return attested.ok ? success(issued(attested.value)) : attested;
      },

      redeemGrant: async ({ sessions }, tokenId) => success(await sessions.redeemGrant(tokenId)),

      admitPasskeyLogin: async ({ passkeyLogins }) => {
        const admission = await passkeyLogins.admit(currentRequest()?.clientAddress);
        return admission.ok ? success(true) : admission;
      },

      openPasskeySession: async ({ passkeyLogins }, session) => {
        const opened = await passkeyLogins.open(session, originOfRequest());
        if (!opened.ok) return failure("refused");
        const { access, refreshToken } = opened.value;
        return success({ ...issued(access), scope: access.scope, refreshToken });
      },

      refusePasskeyLogin: async ({ passkeyLogins }, reason, userId) => {
        await passkeyLogins.refuse(reason, userId);
        return success(true);
      },

      keepInBrowser: ({ browserSessions }, refreshToken) => browserSessions.keep(refreshToken),

      exchangeBrowserCookie: ({ browserSessions }, cookie) => browserSessions.exchange(cookie),

      renewBrowserCookie: ({ browserSessions }, cookie) => browserSessions.renew(cookie),

      authorize: async ({ authorizations }, call) => success(await authorizations.authorize(call)),

      logoutRequest: async ({ requestLogout }, call) => success(await requestLogout(call)),

      decide: ({ authorizations }, decision) => authorizations.decide(decision),

      deviceRequest: ({ deviceRequests }, call) => deviceRequests.question(call),

      decideDevice: ({ deviceRequests }, decision) => deviceRequests.decide(decision),

      issueSearchKey: ({ searchKeys }, grant) => searchKeys.issue(grant),

      recordEvent: async ({ audit, auditLog, later }, event) => {
        await audit.write(reportedEvent.parse(event));
        later(auditLog.sealSoon());
        return success(true);
      },

      personalData: ({ privacy }, userId, parts) => privacy.collect(userId, parts),

      pendingErasures: async ({ privacy }) => success(await privacy.pendingErasures()),

      confirmErasures: async ({ privacy }, userIds) => {
        await privacy.confirmErasures(userIds);
        return success(true);
      },

      dueConsents: async ({ consents }, userId) => success(await consents.due(userId)),

      usernameOf: async ({ users }, userId) => {
        const user = await users.findById(userId);
        return user ? success(user.username) : failure("unknown");
      },

      mayResetFactors: async ({ factorResets }, reset) => {
        const checked = await factorResets.check(reset);
        return checked.ok ? success(true) : checked;
      },

      announceFactorReset: async ({ factorResets }, reset) => {
        const announced = await factorResets.announce(reset);
        return announced.ok ? success(true) : announced;
      },

      pendingFactorRemovals: async ({ factorRemovals }) => success(await factorRemovals.pending()),

      confirmFactorRemovals: async ({ factorRemovals }, done) => {
        await factorRemovals.confirm(done);
        return success(true);
      },

      endSessionsOf: async ({ sessions }, userId, actor) => {
        await sessions.endAll(userId, actor);
        return success(true);
      },

      firstLoginAs: ({ firstLoginLinks }, token) => firstLoginLinks.usernameFor(token),

      invitedAs: ({ invitations }, token) => invitations.usernameFor(token),

      notifyUser: async ({ userNotices }, userId, notice, addresses) => {
        await userNotices.store(userId, notice, addresses);
        return success(true);
      },

      claimMails: async ({ mails }, limit) => success(await mails.claim(limit)),

      settleMails: async ({ mails }, ids) => {
        await mails.settle(ids);
        return success(true);
      },

      readSecret: ({ workerSecrets }, path) => workerSecrets.read(path),

      writeSecret: ({ workerSecrets }, write) => workerSecrets.write(write),

      declareScopes: ({ upstreamScopes }, owner, scopes, host) =>
        upstreamScopes.declare(owner, parseDeclaration(scopes), host),

      withdrawScopes: async ({ upstreamScopes }, owner) => {
        await upstreamScopes.withdraw(owner);
        return success(true);
      },

      issueUpstreamToken: async ({ issueUpstreamToken }, request) => {
        const token = await issueUpstreamToken(request);
        return token.ok ? success(issued(token.value)) : token;
      },

      describePrincipal: ({ describePrincipal }, who) => describePrincipal(who),

      seal: async ({ sealer }, { context, plaintext }) => success(await sealer.seal(context, plaintext)),

      open: async ({ sealer }, { context, ciphertext }) => {
        const plaintext = await sealer.open(context, ciphertext);
        return plaintext === undefined ? failure("unreadable") : success(plaintext);
      },

      mac: async ({ mac }, { context, data }) => success(mac(context, data)),
    },
    { failureOf },
  ),

  Internal: class extends WorkerEntrypoint implements KmsInternalRpc {
    async writeLogAtOnce(): Promise<void> {
      writeLinesAtOnce();
    }

    metrics(): Promise<string> {
      return exposition();
    }

    async runScheduled(): Promise<void> {
      await (await connect(this.env)).runMaintenance();
    }

    async openKeys(): Promise<"open" | "wrong-secret-key"> {
      return (await unlocked(connect(this.env))) ? "open" : "wrong-secret-key";
    }

    async createFirstAdministrator({ username, password }: FirstAdministrator): Promise<FirstAdministratorResult> {
      const services = await unlocked(connect(this.env));
      if (!services) return "wrong-secret-key";
      await services.keyRing.signer();
      await services.rootKey.maintain(REWRAP_AT_START_MS);
      const created = await services.accounts.createFirst({ username, password, roles: ["admin"] });
      return created.ok ? "created" : created.error.kind;
    }

    async createFirstLoginLink(): Promise<FirstLoginLink | undefined> {
      return (await connect(this.env)).firstLoginLinks.create();
    }
  },
});
