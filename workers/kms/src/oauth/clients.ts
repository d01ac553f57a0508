/** Machine clients: trading an API key for a short-lived access token (RFC 6749 §4.4). */
import { ACCESS_TOKEN_TTL_SECONDS, type Audience } from "#shared/contracts/access-token.ts";
import type { AuditAction } from "#shared/contracts/audit.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import { type ApiKey, endOfKey } from "../api-keys/api-key.ts";
import type { ApiKeyCheck, ApiKeys } from "../api-keys/api-keys.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { IssueToken, ScopedToken } from "../tokens/access-token.ts";
import { ifItFits } from "../tokens/fitting-token.ts";

/** Not in the registry of RFC 8176, which knows no shared secret of a machine. */
const API_KEY_METHOD = "api-key";

export interface ClientToken {
  access: ScopedToken;
  service: string;
  keyId: string;
  /** What the key may be used from, for a caller that caches the token. */
  allowedAddresses: string[] | null;
}

type BadKey = Extract<ApiKeyCheck, { ok: false }>["error"]["kind"];

export type ClientFailure = BadKey | "other-service" | "scope-exceeded" | "token-too-long";

/** What a client wants of its token. */
export interface ClientGrant {
  scopes?: readonly Scope[] | undefined;
  audiences?: readonly Audience[] | undefined;
  /** The key that it has proven to have. */
  jkt?: string | undefined;
}

export interface Clients {
  /**
   * The key of the service that authenticates with its name and its key; a failure is recorded as one of the `action`. The
   * reasons are for the log alone.
   */
  identify(
    service: string,
    key: string,
    address: string | undefined,
    action: AuditAction,
  ): Promise<Result<ApiKey, BadKey | "other-service">>;
  /** A token for a caller with this key at this address. The reasons are for the log alone; `service`: whose the key is. */
  exchange(
    key: string,
    address: string | undefined,
  ): Promise<Result<ClientToken, { kind: ClientFailure; service: string | undefined }>>;
  /**
   * A token for the service that authenticates with its name and its key: by default with all the key's scopes and for all
   * workers.
   */
  authenticate(
    service: string,
    key: string,
    wanted: ClientGrant,
    address: string | undefined,
  ): Promise<Result<ClientToken, ClientFailure>>;
}

export interface ClientsOptions {
  apiKeys: Pick<ApiKeys, "check">;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  now: () => number;
}

/** The key that was checked, if it is one of ours. */
const keyIn = (checked: ApiKeyCheck): ApiKey | undefined => {
  if (checked.ok) return checked.value;
  return "apiKey" in checked.error ? checked.error.apiKey : undefined;
};

export const createClients = ({ apiKeys, issueToken, recorder, now }: ClientsOptions): Clients => {
  const issue = async (
    apiKey: ApiKey,
    scopes: readonly Scope[],
    { audiences, jkt }: Pick<ClientGrant, "audiences" | "jkt"> = {},
  ): Promise<Result<ClientToken, "expired" | "token-too-long">> => {
    const at = now();
    const secondsLeft = Math.floor(((endOfKey(apiKey)?.getTime() ?? Number.POSITIVE_INFINITY) - at) / 1000);
    if (secondsLeft < 1) return failure("expired");
    const issued = await ifItFits(
      issueToken(
        {
          subject: serviceSubject(apiKey.service),
          clientId: apiKey.service,
          sessionId: apiKey.sessionId,
          roles: [],
          scopes,
          acr: "aal1",
          amr: [API_KEY_METHOD],
          authenticatedAt: new Date(at),
          ...(audiences && { audiences }),
          ...(jkt !== undefined && { jkt }),
        },
        Math.min(ACCESS_TOKEN_TTL_SECONDS, secondsLeft),
      ),
    );
    if (!issued.ok) return issued;
    const { service, id: keyId, allowedAddresses } = apiKey;
    return success({ access: issued.value, service, keyId, allowedAddresses });
  };

  const checkOf = async (
    service: string,
    key: string,
    address: string | undefined,
  ): Promise<Result<ApiKey, BadKey | "other-service">> => {
    const checked = await apiKeys.check(key, { address });
    if (!checked.ok) return failure(checked.error.kind);
    return checked.value.service === service ? checked : failure("other-service");
  };

  /** Records how a client came by a token, or why not. */
  const recorded = async (
    action: AuditAction,
    result: Result<ClientToken, ClientFailure>,
  ): Promise<Result<ClientToken, ClientFailure>> => {
    if (result.ok) {
      const { service, keyId: target } = result.value;
      await recorder.record({ action, outcome: "success", actor: serviceSubject(service), target });
    } else await recorder.record({ action, outcome: "failure", reason: result.error.kind });
    return result;
  };

  return {
    exchange: async (key, address) => {
      const checked = await apiKeys.check(key, { address });
      const result = await recorded(
        "key.exchange",
        checked.ok ? await issue(checked.value, checked.value.scopes) : failure(checked.error.kind),
      );
      if (result.ok) return result;
      return failure(result.error.kind, { service: keyIn(checked)?.service });
    },
    identify: async (service, key, address, action) => {
      const identified = await checkOf(service, key, address);
      if (!identified.ok) await recorder.record({ action, outcome: "failure", reason: identified.error.kind });
      return identified;
    },
    authenticate: async (service, key, { scopes: wanted, ...bounds }, address) => {
      const action = "token.client-credentials";
      const identified = await checkOf(service, key, address);
      if (!identified.ok) return recorded(action, identified);
      const { value: apiKey } = identified;
      const isBeyond = wanted !== undefined && scopesBeyond(wanted, new Set(apiKey.scopes)).length > 0;
      return recorded(
        action,
        isBeyond ? failure("scope-exceeded") : await issue(apiKey, wanted ?? apiKey.scopes, bounds),
      );
    },
  };
};
