/** Reads a request to the token endpoint (RFC 6749 §4.4.2 and §6, RFC 8693 §2.1). */
import { type Audience, FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { success } from "#shared/lang/result.ts";
import {
  type ClientCredentials,
  type Parameters,
  type Parsed,
  parseClient,
  parseScopes,
  readForm,
  refused,
} from "./oauth-form.ts";
import { parseTarget } from "./token-target.ts";

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
export const GRANT_TYPES = ["refresh_token", "client_credentials", TOKEN_EXCHANGE] as const;

interface GrantRequest {
  /** The requested scopes; by default all. */
  scopes: Scope[] | undefined;
  /** The requested audiences of the access token; by default all that are possible. */
  audiences: Audience[] | undefined;
}

export interface ExchangeRequest extends GrantRequest {
  client: ClientCredentials;
  subjectToken: string;
}

export type TokenRequest =
  | ({ grant: "refresh_token"; refreshToken: string } & GrantRequest)
  | ({ grant: "client_credentials"; client: ClientCredentials } & GrantRequest)
  | ({ grant: typeof TOKEN_EXCHANGE } & ExchangeRequest);

/** What every grant starts from. */
interface Begun {
  parameters: Parameters;
  client: ClientCredentials | undefined;
  wanted: GrantRequest;
}

const NO_CLIENT = "Send the service's name and one of its API keys.";

const parseRefresh = ({ parameters, client, wanted }: Begun): Parsed<TokenRequest> => {
  const refreshToken = parameters.get("refresh_token");
  if (refreshToken === undefined) return refused("invalid_request", "refresh_token is missing.");
  if (client || (parameters.get("client_id") ?? FIRST_PARTY_CLIENT) !== FIRST_PARTY_CLIENT)
    return refused("unauthorized_client", "Services have no refresh tokens. Use client_credentials.");
  return success({ grant: "refresh_token", refreshToken, ...wanted });
};

const parseExchange = ({ parameters, client, wanted }: Begun): Parsed<TokenRequest> => {
  if (!client) return refused("invalid_client", NO_CLIENT);
  const subjectToken = parameters.get("subject_token");
  if (subjectToken === undefined) return refused("invalid_request", "subject_token is missing.");
  if (![ACCESS_TOKEN_TYPE, JWT_TYPE].includes(parameters.get("subject_token_type") ?? ""))
    return refused("invalid_request", `subject_token_type must be ${ACCESS_TOKEN_TYPE}.`);
  if (![ACCESS_TOKEN_TYPE, JWT_TYPE].includes(parameters.get("requested_token_type") ?? ACCESS_TOKEN_TYPE))
    return refused("invalid_request", `requested_token_type must be ${ACCESS_TOKEN_TYPE}.`);
  if (parameters.get("actor_token") !== undefined || parameters.get("actor_token_type") !== undefined)
    return refused("invalid_request", "The client is the actor. Do not send actor_token.");
  return success({ grant: TOKEN_EXCHANGE, client, subjectToken, ...wanted });
};

/** The request, or the error to return. `issuer`: where this installation is reached. */
export const parseTokenRequest = (
  form: string,
  authorization: string | undefined,
  issuer: string,
): Parsed<TokenRequest> => {
  const read = readForm(form);
  if (!read.ok) return read;
  const parameters = read.value;
  const grant = parameters.get("grant_type");
  if (grant === undefined) return refused("invalid_request", "grant_type is missing.");
  const client = parseClient(parameters, authorization);
  if (!client.ok) return client;
  const scopes = parseScopes(parameters.get("scope"));
  if (!scopes.ok) return scopes;
  const audiences = parseTarget(parameters, issuer);
  if (!audiences.ok) return audiences;

  const wanted = { scopes: scopes.value, audiences: audiences.value };
  const begun = { parameters, client: client.value, wanted };
  switch (grant) {
    case "refresh_token":
      return parseRefresh(begun);
    case "client_credentials":
      return client.value ? success({ grant, client: client.value, ...wanted }) : refused("invalid_client", NO_CLIENT);
    case TOKEN_EXCHANGE:
      return parseExchange(begun);
    default:
      return refused("unsupported_grant_type", `grant_type must be one of ${GRANT_TYPES.join(", ")}.`);
  }
};
