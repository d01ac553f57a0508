/** Who calls, as the claims of a verified access token tell it. */
import { type Claims, FIRST_PARTY_CLIENT } from "../contracts/access-token.ts";
import { SCOPES, type Scope } from "../contracts/rights.ts";

/** Who is calling, and how sure we are of it. */
export interface Principal {
  kind: "user" | "service";
  /** A user's id, or a service's name. */
  subject: string;
  clientId: string;
  /** The session, or the API key, that the token was issued under. */
  sessionId: string;
  roles: readonly string[];
  scopes: ReadonlySet<Scope>;
  acr: "aal1" | "aal2";
  amr: readonly string[];
  /** When the caller last authenticated; for `aal2`, when the second factor was passed. Seconds since the epoch. */
  authTimeSeconds: number;
  expiresAtSeconds: number;
  /** What a scoped key is confined to: a `filter_by` that every search of its holder keeps to. */
  searchFilter?: string;
}

const isScope = (name: string): name is Scope => SCOPES.some((scope) => scope === name);

/** The scopes named in a space-separated list (RFC 6749 §3.3); unknown names grant nothing and are dropped. */
export const parseScopes = (list: string): Set<Scope> => new Set(list.split(" ").filter(isScope));

/** Reads a principal out of verified claims. */
export const principalFrom = (claims: Claims): Principal => ({
  kind: claims.client_id === FIRST_PARTY_CLIENT ? "user" : "service",
  subject: claims.sub,
  clientId: claims.client_id,
  sessionId: claims.sid,
  roles: claims.roles,
  scopes: parseScopes(claims.scope),
  acr: claims.acr,
  amr: claims.amr,
  authTimeSeconds: claims.auth_time,
  expiresAtSeconds: claims.exp,
  ...(claims.search_filter !== undefined && { searchFilter: claims.search_filter }),
});
