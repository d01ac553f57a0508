/** Machine clients: trading an API key for a short-lived access token (RFC 6749 §4.4). */
import { ACCESS_TOKEN_TTL_SECONDS, type Audience } from "#shared/contracts/access-token.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import { type ApiKey, endOfKey } from "../api-keys/api-key.ts";
import type { ApiKeyCheck, ApiKeys } from "../api-keys/api-keys.ts";
import type { IssueToken, ScopedToken } from "../tokens/access-token.ts";

/** Not in the registry of RFC 8176, which knows no shared secret of a machine. */
const API_KEY_METHOD = "api-key";

export interface ClientToken {
  access: ScopedToken;
  service: string;
  keyId: string;
  /** What the key may be used from, for whoever remembers the token. */
  allowedAddresses: string[] | null;
}

type BadKey = Extract<ApiKeyCheck, { ok: false }>["error"]["kind"];

export type ClientFailure = BadKey | "other-service" | "scope-exceeded";

export interface Clients {
  /** The key of the service that names itself and shows it. The reasons are for the log alone. */
  identify(
    service: string,
    key: string,
    address: string | undefined,
  ): Promise<Result<ApiKey, BadKey | "other-service">>;
  /** A token for whoever holds the key and calls from that address. The reasons are for the log alone. */
  exchange(key: string, address: string | undefined): Promise<Result<ClientToken, BadKey>>;
  /**
   * A token for the service that names itself and shows its key, with all the key's scopes and for all workers unless fewer
   * are wanted.
   */
  authenticate(
    service: string,
    key: string,
    wanted: { scopes?: readonly Scope[] | undefined; audiences?: readonly Audience[] | undefined },
    address: string | undefined,
  ): Promise<Result<ClientToken, ClientFailure>>;
}

export interface ClientsOptions {
  apiKeys: Pick<ApiKeys, "check">;
  issueToken: IssueToken;
  now: () => number;
}

export const createClients = ({ apiKeys, issueToken, now }: ClientsOptions): Clients => {
  const issue = async (
    apiKey: ApiKey,
    scopes: readonly Scope[],
    audiences?: readonly Audience[],
  ): Promise<Result<ClientToken, "expired">> => {
    const at = now();
    const secondsLeft = Math.floor(((endOfKey(apiKey)?.getTime() ?? Number.POSITIVE_INFINITY) - at) / 1000);
    if (secondsLeft < 1) return failure("expired");
    const access = await issueToken(
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
      },
      Math.min(ACCESS_TOKEN_TTL_SECONDS, secondsLeft),
    );
    const { service, id: keyId, allowedAddresses } = apiKey;
    return success({ access, service, keyId, allowedAddresses });
  };

  const identify: Clients["identify"] = async (service, key, address) => {
    const checked = await apiKeys.check(key, { address });
    if (!checked.ok) return failure(checked.error.kind);
    return checked.value.service === service ? checked : failure("other-service");
  };

  return {
    exchange: async (key, address) => {
      const checked = await apiKeys.check(key, { address });
      return checked.ok ? issue(checked.value, checked.value.scopes) : failure(checked.error.kind);
    },
    identify,
    authenticate: async (service, key, { scopes: wanted, audiences }, address) => {
      const identified = await identify(service, key, address);
      if (!identified.ok) return identified;
      const { value: apiKey } = identified;
      const isBeyond = wanted !== undefined && scopesBeyond(wanted, new Set(apiKey.scopes)).length > 0;
      return isBeyond ? failure("scope-exceeded") : issue(apiKey, wanted ?? apiKey.scopes, audiences);
    },
  };
};
