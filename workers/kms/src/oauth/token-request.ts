/** Reads a request to the token endpoint (RFC 6749 §4.4.2 and §6, RFC 8693 §2.1). */
import { type Audience, FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { isOAuthClientId } from "#shared/contracts/principal.ts";
import { type IdentityScope, isIdentityScope, type Scope } from "#shared/contracts/rights.ts";
import { success } from "#shared/lang/result.ts";
import type { ClaimedClient } from "../oauth-clients/client-authentication.ts";
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

export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";
const JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
export const GRANT_TYPES = [
  "authorization_code",
  "refresh_token",
  "client_credentials",
  DEVICE_CODE,
  TOKEN_EXCHANGE,
] as const;

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
  | ({
      grant: "authorization_code";
      client: ClaimedClient;
      code: string;
      redirectUri: string;
      codeVerifier: string;
    } & Pick<GrantRequest, "audiences">)
  | ({ grant: typeof DEVICE_CODE; client: ClaimedClient; deviceCode: string } & Pick<GrantRequest, "audiences">)
  | ({
      grant: "refresh_token";
      refreshToken: string;
      /** `undefined`: Fountain's own. */
      client: ClaimedClient | undefined;
      identityScopes: IdentityScope[] | undefined;
    } & GrantRequest)
  | ({ grant: "client_credentials"; client: ClientCredentials } & GrantRequest)
  | ({ grant: typeof TOKEN_EXCHANGE } & ExchangeRequest);

/** What every grant starts from. */
interface Begun {
  parameters: Parameters;
  client: ClientCredentials | undefined;
  wanted: GrantRequest;
  /** The scopes among those wanted that only applications of people can have. */
  identityScopes: IdentityScope[];
}

/** RFC 7636 §4.1. */
const CODE_VERIFIER = /^[\w.~-]{43,128}$/;

/** The OAuth client that authenticates, or that says its name, as public ones do; `undefined`: none does, or a service. */
export const claimedClient = ({
  parameters,
  client,
}: Pick<Begun, "parameters" | "client">): ClaimedClient | undefined => {
  const id = client?.id ?? parameters.get("client_id");
  const isKnownKind = id !== undefined && (isOAuthClientId(id) || id === FIRST_PARTY_CLIENT);
  return isKnownKind ? { id, secret: client?.secret } : undefined;
};

const NO_APPLICATION = refused("invalid_client", "Send the client_id of the application.");

const parseCode = (begun: Begun): Parsed<TokenRequest> => {
  const { parameters, wanted } = begun;
  const client = claimedClient(begun);
  if (!client) return NO_APPLICATION;
  const [code, redirectUri, codeVerifier] = ["code", "redirect_uri", "code_verifier"].map((name) =>
    parameters.get(name),
  );
  if (code === undefined) return refused("invalid_request", "code is missing.");
  if (redirectUri === undefined) return refused("invalid_request", "redirect_uri is missing.");
  if (codeVerifier === undefined || !CODE_VERIFIER.test(codeVerifier))
    return refused("invalid_request", "code_verifier is missing or malformed.");
  return success({ grant: "authorization_code", client, code, redirectUri, codeVerifier, audiences: wanted.audiences });
};

const parseDeviceCode = (begun: Begun): Parsed<TokenRequest> => {
  const client = claimedClient(begun);
  if (!client) return NO_APPLICATION;
  const deviceCode = begun.parameters.get("device_code");
  if (deviceCode === undefined) return refused("invalid_request", "device_code is missing.");
  return success({ grant: DEVICE_CODE, client, deviceCode, audiences: begun.wanted.audiences });
};

const NO_CLIENT = "Send the service's name and one of its API keys.";

const parseRefresh = (begun: Begun): Parsed<TokenRequest> => {
  const { parameters, wanted } = begun;
  const claimed = claimedClient(begun);
  const client = claimed?.id === FIRST_PARTY_CLIENT ? undefined : claimed;
  const refreshToken = parameters.get("refresh_token");
  if (refreshToken === undefined) return refused("invalid_request", "refresh_token is missing.");
  const id = begun.client?.id ?? parameters.get("client_id") ?? FIRST_PARTY_CLIENT;
  if (!client && (begun.client || id !== FIRST_PARTY_CLIENT))
    return refused("unauthorized_client", "Services have no refresh tokens. Use client_credentials.");
  const hasScopes = wanted.scopes !== undefined;
  const identityScopes = hasScopes ? begun.identityScopes : undefined;
  return success({ grant: "refresh_token", refreshToken, client, identityScopes, ...wanted });
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

/** The list without those that say what an application may learn of a person, and these. */
const withoutIdentityScopes = (list: string | undefined): [string | undefined, IdentityScope[]] => {
  const names = list?.split(" ") ?? [];
  const identity = names.filter(isIdentityScope);
  return [list && names.filter((name) => !isIdentityScope(name)).join(" "), identity];
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
  const [scope, identityScopes] = withoutIdentityScopes(parameters.get("scope"));
  const scopes = parseScopes(scope);
  if (!scopes.ok) return scopes;
  const audiences = parseTarget(parameters, issuer);
  if (!audiences.ok) return audiences;

  const wanted = { scopes: scopes.value, audiences: audiences.value };
  const begun = { parameters, client: client.value, wanted, identityScopes };
  if (identityScopes.length > 0 && grant !== "refresh_token") return refused("invalid_scope", "A scope is unknown.");
  switch (grant) {
    case "authorization_code":
      return parseCode(begun);
    case DEVICE_CODE:
      return parseDeviceCode(begun);
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
