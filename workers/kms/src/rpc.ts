import { WorkerEntrypoint } from "cloudflare:workers";
import { type ReportedEvent, reportedEvent } from "#shared/contracts/audit.ts";
import type { FirstAdministrator, FirstAdministratorResult, KmsInternalRpc } from "#shared/contracts/internal.ts";
import type {
  Blocked,
  Elevation,
  ExchangedApiKey,
  Factorless,
  IssuedSearchKey,
  IssuedToken,
  KeyUse,
  KmsRpc,
  MacInput,
  OpenedSession,
  OpenInput,
  PasskeySession,
  SealInput,
  SearchKeyGrant,
  SecretWrite,
  StoredSecret,
  Trust,
} from "#shared/contracts/kms.ts";
import type { PersonalParts, SignedDocument } from "#shared/contracts/personal-data.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { failure, type Result, type RpcResult, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { noteEvent, type SecurityEvent } from "#shared/observability/recorder.ts";
import { takeRequest } from "#shared/rpc/request-context.ts";
import { BudgetExhausted } from "./audit/audit-budget.ts";
import type { KmsServices } from "./composition/services.ts";
import { type ScopedToken, TokenTooLong } from "./tokens/access-token.ts";
import type { KeyRing } from "./tokens/key-ring.ts";
import { WrongSecretKey } from "./tokens/signing-key.ts";

/** A small installation is through with a change of SECRET_KEY before it is ready. */
const REWRAP_AT_START_MS = 5_000;

const log = createLog("kms");
const record = (event: SecurityEvent): void => noteEvent(log, event);

/** The work's answer; `unavailable` when the database cannot be asked, or an operator has to act first. */
const answered = async <Answer>(work: () => Promise<Answer>): Promise<Answer | RpcResult<never>> => {
  try {
    return await work();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log("error", "unavailable", { error: describeError(error) });
    return failure("unavailable");
  }
};

const guarded = <Value, Failure extends string = never>(
  work: () => Promise<Result<Value, Failure>>,
): Promise<RpcResult<Value, Failure>> => answered(work);

/** The same for what a caller can do too often. */
const budgeted = async <Value, Failure extends string = never>(
  work: () => Promise<Result<Value, Failure>>,
): Promise<RpcResult<Value, Failure | Blocked>> => {
  try {
    return await guarded(work);
  } catch (error) {
    if (!(error instanceof BudgetExhausted)) throw error;
    return failure("blocked", { retryAfterSeconds: error.retryAfterSeconds });
  }
};

/** What the kms is composed of; `undefined` when SECRET_KEY does not open its keys. */
const unlocked = (connecting: Promise<KmsServices>): Promise<KmsServices | undefined> =>
  connecting.catch((error: unknown) => {
    if (!(error instanceof WrongSecretKey)) throw error;
    return undefined;
  });

const issued = ({ accessToken, expiresInSeconds }: ScopedToken): IssuedToken => ({ accessToken, expiresInSeconds });

/** A key with more scopes than fit into a token is good for nothing at the gateway. */
const tooLong = (error: unknown): Result<never, "token-too-long"> => {
  if (error instanceof TokenTooLong) return failure("token-too-long");
  throw error;
};

/** What the other workers judge tokens by. */
export const trustOf = (keyRing: KeyRing, position: number | undefined): Promise<RpcResult<Trust>> =>
  guarded(async () => success(await keyRing.trust(position)));

/** The private entrypoints of the kms. */
export const createEntrypoints = (connect: (bindings: unknown) => Promise<KmsServices>) => ({
  Rpc: class Rpc extends WorkerEntrypoint implements KmsRpc {
    static {
      takeRequest(Rpc);
    }

    trust(position?: number): Promise<RpcResult<Trust>> {
      return guarded(async () => trustOf((await connect(this.env)).keyRing, position));
    }

    exchangeApiKey(key: string): Promise<RpcResult<ExchangedApiKey, "invalid" | Blocked>> {
      return budgeted(async () => {
        const { clients, audit } = await connect(this.env);
        const exchanged = await clients.exchange(key, currentRequest()?.clientAddress).catch(tooLong);
        if (!exchanged.ok) {
          await audit.write({ action: "key.exchange", outcome: "failure", reason: exchanged.error.kind });
          return failure("invalid");
        }
        const { service, keyId, allowedAddresses, access } = exchanged.value;
        const actor = serviceSubject(service);
        await audit.write({ action: "key.exchange", outcome: "success", actor, target: keyId });
        return success({ ...issued(access), keyId, allowedAddresses });
      });
    }

    recordKeyUses(uses: KeyUse[]): Promise<RpcResult<undefined>> {
      return guarded(async () => {
        await (await connect(this.env)).storedKeys.recordUses(uses);
        return success(undefined);
      });
    }

    elevate(elevation: Elevation): Promise<RpcResult<IssuedToken, "session-ended" | Blocked>> {
      return budgeted(async () => {
        const { sessions, audit } = await connect(this.env);
        const elevated = await sessions.elevate(elevation);
        const event = {
          action: "token.elevate",
          outcome: elevated.ok ? "success" : "failure",
          reason: elevated.ok ? elevation.method : elevated.error.kind,
          target: elevation.sessionId,
        } as const;
        // A session that was raised has its entry in the transaction that did it.
        if (elevated.ok && !elevation.once) record(event);
        else await audit.write({ ...event, actor: await sessions.ownerOf(elevation.sessionId) });
        return elevated.ok ? success(issued(elevated.value)) : elevated;
      });
    }

    attestFactorless(factorless: Factorless): Promise<RpcResult<IssuedToken, "session-ended">> {
      return guarded(async () => {
        const attested = await (await connect(this.env)).sessions.attestFactorless(factorless);
        return attested.ok ? success(issued(attested.value)) : attested;
      });
    }

    redeemGrant(tokenId: string): Promise<RpcResult<boolean>> {
      return guarded(async () => success(await (await connect(this.env)).sessions.redeemGrant(tokenId)));
    }

    admitPasskeyLogin(): Promise<RpcResult<true, Blocked>> {
      return answered(async (): Promise<RpcResult<true, Blocked>> => {
        const { passkeyLogins, audit } = await connect(this.env);
        const admission = await passkeyLogins.admit(currentRequest()?.clientAddress);
        if (admission.ok) return success(true);
        await audit.write({ action: "login.passkey", outcome: "failure", reason: "blocked" });
        return admission;
      });
    }

    openPasskeySession(session: PasskeySession): Promise<RpcResult<OpenedSession, "refused" | Blocked>> {
      return budgeted(async () => {
        const { passkeyLogins, audit } = await connect(this.env);
        const { userId: user } = session;
        const event = { action: "login.passkey", target: user, concerns: user } as const;
        const opened = await passkeyLogins.open(session, currentRequest()?.clientAddress);
        if (!opened.ok) {
          await audit.write({ ...event, outcome: "failure", reason: opened.error.kind });
          return failure("refused");
        }
        const { userId, sessionId, access, refreshToken } = opened.value;
        record({ action: "login.passkey", outcome: "success", actor: userId, target: sessionId });
        return success({ ...issued(access), scope: access.scope, refreshToken });
      });
    }

    refusePasskeyLogin(reason: string, userId?: string): Promise<RpcResult<true>> {
      return guarded(async () => {
        const { audit } = await connect(this.env);
        await audit.write({ action: "login.passkey", outcome: "failure", reason, target: userId, concerns: userId });
        return success(true);
      });
    }

    issueSearchKey(grant: SearchKeyGrant): Promise<RpcResult<IssuedSearchKey, "session-ended" | Blocked>> {
      return budgeted(async () => {
        const { searchKeys, audit } = await connect(this.env);
        const issuedKey = await searchKeys.issue(grant);
        await audit.write({
          action: "search-key.issue",
          outcome: issuedKey.ok ? "success" : "failure",
          reason: issuedKey.ok ? undefined : issuedKey.error.kind,
          actor: grant.subject,
          target: grant.sessionId,
        });
        return issuedKey;
      });
    }

    recordEvent(event: ReportedEvent): Promise<RpcResult<true, Blocked>> {
      return budgeted<true>(async () => {
        const { audit, auditLog, later } = await connect(this.env);
        await audit.writeTold(reportedEvent.parse(event));
        later(auditLog.sealSoon());
        return success(true);
      });
    }

    personalData(userId: string, parts: PersonalParts): Promise<RpcResult<SignedDocument, "unknown" | Blocked>> {
      return budgeted(async () => {
        const { privacy, audit } = await connect(this.env);
        await audit.write({ action: "personal-data.export", outcome: "success", actor: userId, target: userId });
        return privacy.collect(userId, parts);
      });
    }

    pendingErasures(): Promise<RpcResult<string[]>> {
      return guarded(async () => success(await (await connect(this.env)).privacy.pendingErasures()));
    }

    confirmErasures(userIds: string[]): Promise<RpcResult<true>> {
      return guarded(async () => {
        await (await connect(this.env)).privacy.confirmErasures(userIds);
        return success(true);
      });
    }

    usernameOf(userId: string): Promise<RpcResult<string, "unknown">> {
      return guarded(async () => {
        const user = await (await connect(this.env)).users.findById(userId);
        return user ? success(user.username) : failure("unknown");
      });
    }

    emailOf(userId: string): Promise<RpcResult<string | null, "unknown">> {
      return guarded(async () => {
        const user = await (await connect(this.env)).users.findById(userId);
        return user ? success(user.email) : failure("unknown");
      });
    }

    readSecret(path: string): Promise<RpcResult<StoredSecret, "unknown" | "forbidden">> {
      return guarded(async () => (await connect(this.env)).workerSecrets.read(path));
    }

    writeSecret(write: SecretWrite): Promise<RpcResult<number, "conflict" | "forbidden">> {
      return guarded(async () => (await connect(this.env)).workerSecrets.write(write));
    }

    async seal({ context, plaintext }: SealInput): Promise<string> {
      return (await connect(this.env)).sealer.seal(context, plaintext);
    }

    async open({ context, ciphertext }: OpenInput): Promise<RpcResult<string, "unreadable">> {
      const plaintext = await (await connect(this.env)).sealer.open(context, ciphertext);
      return plaintext === undefined ? failure("unreadable") : success(plaintext);
    }

    async mac({ context, data }: MacInput): Promise<string> {
      return (await connect(this.env)).mac(context, data);
    }
  },

  Internal: class extends WorkerEntrypoint implements KmsInternalRpc {
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
      if (!created.ok) return created.error.kind;
      record({ action: "user.create", outcome: "success", target: created.value.id });
      return "created";
    }
  },
});
