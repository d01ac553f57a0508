/** What all OAuth endpoints read: form parameters and client credentials (RFC 6749 §2.3.1, §3.2), and how they refuse. */
import { MAX_TOKEN_CHARACTERS } from "#shared/contracts/access-token.ts";
import { fitsToken, isScope, MAX_SCOPE_LIST_CHARACTERS, type Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { decodeUtf8, isEncodedUtf8 } from "#shared/lang/utf8.ts";

/** The codes of RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8628 §3.5, RFC 8693 §2.2.2 and RFC 9449 §5. */
export interface OAuthError {
  readonly kind:
    | "invalid_request"
    | "invalid_client"
    | "invalid_grant"
    | "unauthorized_client"
    | "unsupported_grant_type"
    | "unsupported_token_type"
    | "invalid_scope"
    | "invalid_target"
    | "authorization_pending"
    | "slow_down"
    | "access_denied"
    | "expired_token"
    | "invalid_dpop_proof"
    // Of a request to the authorization endpoint that was pushed.
    | "unsupported_response_type"
    | "request_not_supported"
    | "request_uri_not_supported"
    | "registration_not_supported";
  readonly description: string;
}

export interface ClientCredentials {
  id: string;
  secret: string;
}

export type Parsed<Value> = Result<Value, OAuthError>;

export const refused = (kind: OAuthError["kind"], description: string): Result<never, OAuthError> =>
  failure(kind, { description });

/** The parameters of a form; those without a value count as omitted. */
export interface Parameters {
  get(name: string): string | undefined;
  /** All values of one that may be sent several times. */
  all(name: string): string[];
  /** All of them, as they stand in the form. */
  entries(): [name: string, value: string][];
}

/** A parameter sent twice spoils the request (RFC 6749 §3.2), but for those of token exchange (RFC 8693 §2.1). */
const REPEATABLE = ["audience", "resource"];

/** As long as the longest token that is accepted anywhere. */
export const MAX_PARAMETER_CHARACTERS = MAX_TOKEN_CHARACTERS;
/** Several of the longest, encoded. */
const MAX_FORM_CHARACTERS = 64 * 1024;

export const readForm = (body: string): Parsed<Parameters> => {
  if (body.length > MAX_FORM_CHARACTERS)
    return refused("invalid_request", `The form is longer than ${MAX_FORM_CHARACTERS} characters.`);
  if (!isEncodedUtf8(body)) return refused("invalid_request", "The form must be UTF-8, percent-encoded.");
  const form = new URLSearchParams(body);
  if ([...form.values()].some((value) => value.length > MAX_PARAMETER_CHARACTERS))
    return refused("invalid_request", `A parameter is longer than ${MAX_PARAMETER_CHARACTERS} characters.`);
  const single = [...form.keys()].filter((name) => !REPEATABLE.includes(name));
  if (new Set(single).size < single.length) return refused("invalid_request", "A parameter occurs more than once.");
  return success({
    get: (name) => form.get(name) || undefined,
    all: (name) => form.getAll(name).filter((value) => value !== ""),
    entries: () => [...form],
  });
};

const formDecode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

/** Client credentials in an `Authorization: Basic` header, in UTF-8 and form-encoded before they were joined. */
const parseBasic = (encoded: string): ClientCredentials | undefined => {
  const joined = decodeUtf8(Buffer.from(encoded, "base64"));
  if (joined === undefined) return undefined;
  const [id = "", ...rest] = joined.split(":");
  const credentials = { id: formDecode(id), secret: formDecode(rest.join(":")) };
  return credentials.id && credentials.secret ? { id: credentials.id, secret: credentials.secret } : undefined;
};

/** The client that authenticates, by Basic or in the form but not both; `undefined` when none does. */
export const parseClient = (
  parameters: Parameters,
  authorization: string | undefined,
): Parsed<ClientCredentials | undefined> => {
  const [id, secret] = [parameters.get("client_id"), parameters.get("client_secret")];
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (encoded !== undefined && encoded.length > MAX_PARAMETER_CHARACTERS)
    return refused("invalid_client", "The Basic credentials are too long.");
  if (encoded === undefined) return success(id !== undefined && secret !== undefined ? { id, secret } : undefined);
  if (secret !== undefined) return refused("invalid_request", "Use one authentication method only.");
  const client = parseBasic(encoded);
  if (!client) return refused("invalid_client", "The Basic credentials are malformed.");
  return id === undefined || id === client.id
    ? success(client)
    : refused("invalid_request", "client_id differs from the authenticated client.");
};

/** A space-separated list of scopes; `undefined` when none is sent. */
export const parseScopes = (list: string | undefined): Parsed<Scope[] | undefined> => {
  if (list === undefined) return success(undefined);
  const names = [...new Set(list.split(" "))].filter((name) => name !== "");
  if (!fitsToken(names))
    return refused(
      "invalid_scope",
      `The scopes have more than ${MAX_SCOPE_LIST_CHARACTERS} characters, which do not fit into a token.`,
    );
  const scopes = names.filter(isScope);
  return scopes.length === names.length ? success(scopes) : refused("invalid_scope", "A scope is unknown.");
};
