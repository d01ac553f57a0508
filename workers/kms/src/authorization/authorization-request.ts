/**
 * Reads a request to the authorization endpoint (RFC 6749 §4.1.1, RFC 7636, OpenID Connect Core §3.1.2.1, RFC 8707): the code
 * flow with PKCE, and nothing else. Whether there is a client to send an error to is known before.
 */
import type { Audience } from "#shared/contracts/access-token.ts";
import { AUTHENTICATED_SINCE, type RequestParameters } from "#shared/contracts/authorization.ts";
import { fitsToken, type GrantedScope, IDENTITY_SCOPES, isGranted, isScope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { parseTarget } from "../oauth/token-target.ts";
import type { OAuthClient } from "../oauth-clients/client.ts";

/** The codes of RFC 6749 §4.1.2.1, RFC 8707 §2 and OpenID Connect Core §3.1.2.6 that are found in a request alone. */
export interface RequestError {
  readonly kind:
    | "invalid_request"
    | "unsupported_response_type"
    | "invalid_scope"
    | "invalid_target"
    | "request_not_supported"
    | "request_uri_not_supported"
    | "registration_not_supported";
  readonly description: string;
}

type ScopeError = RequestError & { kind: "invalid_scope" };

export interface AuthorizationRequest {
  redirectUri: string;
  state: string | undefined;
  scopes: GrantedScope[];
  /** `undefined`: wherever Fountain's tokens are good. */
  audiences: Audience[] | undefined;
  codeChallenge: string;
  nonce: string | undefined;
  prompts: ReadonlySet<string>;
  /** How long ago the person may have authenticated, in seconds. */
  maxAgeSeconds: number | undefined;
  needsSecondFactor: boolean;
  loginHint: string | undefined;
  idTokenHint: string | undefined;
  /** When the person was sent to log in for it, in seconds since the epoch. */
  authenticatedSince: number | undefined;
}

/** What may stand in it several times (RFC 8707 §2). */
const REPEATABLE = "resource";
const MAX_VALUE_CHARACTERS = 2_048;
const MAX_ID_TOKEN_CHARACTERS = 8_192;
const MAX_PARAMETERS = 64;
/** What `prompt` may say (OpenID Connect Core §3.1.2.1). */
export const PROMPTS = ["none", "login", "consent", "select_account"];
/** SHA-256 in base64url. */
const CHALLENGE = /^[\w-]{43}$/;
const SECONDS = /^\d{1,10}$/;
/** What RFC 6749 leaves to others, and this server does not do: a client that relies on it must not get further. */
const NOT_SUPPORTED = {
  request: "request_not_supported",
  request_uri: "request_uri_not_supported",
  registration: "registration_not_supported",
} as const;

/** Reads by name; what is empty counts as absent (RFC 6749 §3.1). */
export const parameterOf = (parameters: RequestParameters, name: string): string | undefined =>
  parameters.find(([given]) => given === name)?.[1] || undefined;

/** Whether one of these occurs more than once: of two values it would depend on the reader which one counts. */
export const isRepeated = (parameters: RequestParameters, ...names: string[]): boolean =>
  names.some((name) => parameters.filter(([given]) => given === name).length > 1);

const fault = <Kind extends RequestError["kind"]>(
  kind: Kind,
  description: string,
): Result<never, RequestError & { kind: Kind }> => failure(kind, { description });

const spaced = (list: string | undefined): string[] => (list ?? "").split(" ").filter((word) => word !== "");

/** Why the shape of it is refused, whatever the parameters mean. */
const shapeFault = (parameters: RequestParameters): Result<never, RequestError> | undefined => {
  if (parameters.length > MAX_PARAMETERS) return fault("invalid_request", "There are too many parameters.");
  const names = parameters.map(([name]) => name).filter((name) => name !== REPEATABLE);
  if (new Set(names).size < names.length) return fault("invalid_request", "A parameter occurs more than once.");
  const isTooLong = ([name, value]: RequestParameters[number]): boolean =>
    value.length > (name === "id_token_hint" ? MAX_ID_TOKEN_CHARACTERS : MAX_VALUE_CHARACTERS);
  if (parameters.some(isTooLong)) return fault("invalid_request", "A parameter is too long.");
  return undefined;
};

/** Scopes that no one knows are left out (OpenID Connect Core §3.1.2.1); those that the client may not ask for are refused. */
export const readScopes = (list: string | undefined, client: OAuthClient): Result<GrantedScope[], ScopeError> => {
  const names = [...new Set(spaced(list))];
  if (!fitsToken(names)) return fault("invalid_scope", "The scopes are too long to fit into a token.");
  const allowed = new Set(client.scopes);
  const scopes = names.filter(isScope);
  if (!scopes.every((scope) => isGranted(scope, allowed)))
    return fault("invalid_scope", "The client is not registered for one of these scopes.");
  // One that describes itself may ask for all that upstreams have, which is not what it asks for.
  if (list === undefined) return success(client.readAt === null ? [...client.scopes] : []);
  // In one order, so that two requests for the same are the same.
  return success([...IDENTITY_SCOPES.filter((scope) => names.some((name) => name === scope)), ...scopes]);
};

const pkceFault = (method: string | undefined, challenge: string | undefined): string | undefined => {
  if (challenge === undefined) return "code_challenge is missing: PKCE is required.";
  if (method !== "S256") return "code_challenge_method must be S256.";
  return CHALLENGE.test(challenge) ? undefined : "code_challenge must be the SHA-256 of the verifier, in base64url.";
};

const promptFault = (prompts: readonly string[]): string | undefined => {
  if (prompts.some((prompt) => !PROMPTS.includes(prompt))) return `prompt must be of ${PROMPTS.join(", ")}.`;
  return prompts.includes("none") && prompts.length > 1 ? "prompt none must stand alone." : undefined;
};

/** The request of this client, which may have people sent to `redirectUri`. `issuer`: where this installation is reached. */
export const parseAuthorizationRequest = (
  parameters: RequestParameters,
  { client, redirectUri, issuer }: { client: OAuthClient; redirectUri: string; issuer: string },
): Result<AuthorizationRequest, RequestError> => {
  const shape = shapeFault(parameters);
  if (shape) return shape;
  const value = (name: string): string | undefined => parameterOf(parameters, name);
  for (const [name, kind] of Object.entries(NOT_SUPPORTED))
    if (value(name) !== undefined) return fault(kind, `${name} is not supported.`);
  const responseType = value("response_type");
  if (responseType === undefined) return fault("invalid_request", "response_type is missing.");
  if (responseType !== "code") return fault("unsupported_response_type", "response_type must be code.");
  if ((value("response_mode") ?? "query") !== "query") return fault("invalid_request", "response_mode must be query.");
  const codeChallenge = value("code_challenge");
  const pkce = pkceFault(value("code_challenge_method"), codeChallenge);
  if (pkce !== undefined || codeChallenge === undefined) return fault("invalid_request", pkce ?? "");
  const prompts = spaced(value("prompt"));
  const prompt = promptFault(prompts);
  if (prompt !== undefined) return fault("invalid_request", prompt);
  const maxAge = value("max_age");
  if (maxAge !== undefined && !SECONDS.test(maxAge)) return fault("invalid_request", "max_age must be whole seconds.");
  const scopes = readScopes(value("scope"), client);
  if (!scopes.ok) return scopes;
  const resources = parameters.flatMap(([name, given]) => (name === REPEATABLE && given !== "" ? [given] : []));
  const target = parseTarget({ all: (name) => (name === REPEATABLE ? resources : []) }, issuer);
  if (!target.ok) return fault("invalid_target", target.error.description);
  const acrValues = spaced(value("acr_values"));
  const since = value(AUTHENTICATED_SINCE);
  return success({
    redirectUri,
    state: value("state"),
    scopes: scopes.value,
    audiences: target.value,
    codeChallenge,
    nonce: value("nonce"),
    prompts: new Set(prompts),
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    needsSecondFactor: acrValues.includes("aal2") && !acrValues.includes("aal1"),
    loginHint: value("login_hint"),
    idTokenHint: value("id_token_hint"),
    authenticatedSince: since !== undefined && SECONDS.test(since) ? Number(since) : undefined,
  });
};
