/** Reads a request to the token endpoint (RFC 6749 §3.2, §4.4.2, §6). */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { isScope, type Scope } from "#shared/contracts/rights.ts";

/** RFC 6749 §5.2. */
export interface TokenError {
  error:
    | "invalid_request"
    | "invalid_client"
    | "invalid_grant"
    | "unauthorized_client"
    | "unsupported_grant_type"
    | "invalid_scope";
  description: string;
}

export interface ClientCredentials {
  id: string;
  secret: string;
}

interface GrantRequest {
  /** The scopes asked for; all there are, if not said. */
  scopes: Scope[] | undefined;
}

export type TokenRequest =
  | ({ grant: "refresh_token"; refreshToken: string } & GrantRequest)
  | ({ grant: "client_credentials"; client: ClientCredentials } & GrantRequest);

type Parsed<Value> = { ok: true; value: Value } | { ok: false; error: TokenError };

const refused = (error: TokenError["error"], description: string): { ok: false; error: TokenError } => ({
  ok: false,
  error: { error, description },
});

const accepted = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

const formDecode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

/** Client credentials in an `Authorization: Basic` header, form-encoded before they were joined (RFC 6749 §2.3.1). */
const parseBasic = (encoded: string): ClientCredentials | undefined => {
  const [id = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const credentials = { id: formDecode(id), secret: formDecode(rest.join(":")) };
  return credentials.id && credentials.secret ? { id: credentials.id, secret: credentials.secret } : undefined;
};

const parseScopes = (list: string | undefined): Parsed<Scope[] | undefined> => {
  if (list === undefined) return accepted(undefined);
  const names = [...new Set(list.split(" "))].filter((name) => name !== "");
  const scopes = names.filter(isScope);
  return scopes.length === names.length ? accepted(scopes) : refused("invalid_scope", "There is no such scope.");
};

const parseClient = (
  parameters: ReadonlyMap<string, string>,
  authorization: string | undefined,
): Parsed<ClientCredentials | undefined> => {
  const [id, secret] = [parameters.get("client_id"), parameters.get("client_secret")];
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return accepted(id !== undefined && secret !== undefined ? { id, secret } : undefined);
  if (secret !== undefined) return refused("invalid_request", "Authenticate in one way only.");
  const client = parseBasic(encoded);
  if (!client) return refused("invalid_client", "The Basic credentials cannot be read.");
  return id === undefined || id === client.id
    ? accepted(client)
    : refused("invalid_request", "client_id is not the client that authenticates.");
};

/** Parameters without a value count as omitted; one sent twice spoils the request (RFC 6749 §3.2). */
const readParameters = (form: URLSearchParams): Map<string, string> | undefined => {
  const names = [...form.keys()];
  if (new Set(names).size < names.length) return undefined;
  return new Map([...form].filter(([, value]) => value !== ""));
};

/** What is asked for, or the error to answer. */
export const parseTokenRequest = (form: URLSearchParams, authorization: string | undefined): Parsed<TokenRequest> => {
  const parameters = readParameters(form);
  if (!parameters) return refused("invalid_request", "A parameter is sent more than once.");
  const grant = parameters.get("grant_type");
  if (grant === undefined) return refused("invalid_request", "grant_type is missing.");
  const client = parseClient(parameters, authorization);
  if (!client.ok) return client;
  const scopes = parseScopes(parameters.get("scope"));
  if (!scopes.ok) return scopes;

  if (grant === "client_credentials") {
    if (!client.value) return refused("invalid_client", "Send the service's name and one of its API keys.");
    return accepted({ grant, client: client.value, scopes: scopes.value });
  }
  if (grant === "refresh_token") {
    const refreshToken = parameters.get("refresh_token");
    if (refreshToken === undefined) return refused("invalid_request", "refresh_token is missing.");
    if (client.value || (parameters.get("client_id") ?? FIRST_PARTY_CLIENT) !== FIRST_PARTY_CLIENT)
      return refused("unauthorized_client", "Refresh tokens belong to users' sessions, not to services.");
    return accepted({ grant, refreshToken, scopes: scopes.value });
  }
  return refused("unsupported_grant_type", "Use refresh_token or client_credentials.");
};
