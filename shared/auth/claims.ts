/** The caller, from the claims of a verified access token. */
import { type Audience, type Claims, FIRST_PARTY_CLIENT, TOKEN_AUDIENCE } from "../contracts/access-token.ts";
import { isOAuthClientId, serviceNameOf } from "../contracts/principal.ts";
import { type Purpose, purposeFrom } from "../contracts/purpose.ts";
import {
  ADMIN_ROLE,
  type IdentityScope,
  isIdentityScope,
  isScope,
  isUpstreamScope,
  type Scope,
} from "../contracts/rights.ts";
import type { SearchLimits } from "../contracts/search.ts";

/** Who is calling, and how sure we are of it. */
export interface Principal {
  /** `delegate`: a service or an application that acts for a user, and cannot do what only the users themselves may. */
  kind: "user" | "service" | "delegate";
  /** A user's id, or `service:NAME`. */
  subject: string;
  /** The service that acts for the subject. */
  actingService?: string;
  clientId: string;
  /** The session, or the API key, that the token was issued under. */
  sessionId: string;
  /** The API key of the service that acts for the subject. */
  actorSessionId?: string;
  /** This very token. */
  tokenId: string;
  /** The key that the token is bound to: the gateway demands a proof of it at every call. */
  jkt?: string;
  /** What it is good for: everything, or some workers and upstreams. */
  audiences: readonly Audience[];
  roles: readonly string[];
  scopes: ReadonlySet<Scope>;
  /** What the application that acts for the user may learn of them. */
  identityScopes?: readonly IdentityScope[];
  acr: "aal1" | "aal2";
  amr: readonly string[];
  /** When the caller last authenticated; for `aal2`, when the second factor was passed. Seconds since the epoch. */
  authTimeSeconds: number;
  issuedAtSeconds: number;
  expiresAtSeconds: number;
  /** The embedded filter of a scoped key: a `filter_by` that applies to every search with it; empty: everything. */
  searchFilter?: string;
  /** What else a scoped key is restricted to. */
  searchLimits?: SearchLimits;
  /** The one request that the token is good for. */
  purpose?: Purpose;
  /** Roles whose rights the token lacks until the session has passed a second factor. */
  withheldRoles?: readonly string[];
  /** The user has no second factor that they could pass: said of the one request that the token is good for. */
  factorless?: true;
  /** The user asked for a token that may do less than they may, or at some workers only. */
  narrowed?: true;
}

/** The scopes named in a space-separated list (RFC 6749 §3.3); unknown names grant nothing and are dropped. */
export const parseScopes = (list: string): ReadonlySet<Scope> => new Set(list.split(" ").filter(isScope));

const kindOf = ({ sub, client_id }: Pick<Claims, "sub" | "client_id">): Principal["kind"] => {
  if (serviceNameOf(sub) !== undefined) return "service";
  return client_id === FIRST_PARTY_CLIENT ? "user" : "delegate";
};

/** Whether the caller's token is good there: at the worker of this name, or for the upstream at this URL. */
export const isMeantFor = ({ audiences }: Pick<Principal, "audiences">, called: string): boolean =>
  audiences.some((audience) => audience === TOKEN_AUDIENCE || audience === called);

/** The service or the application that acts for the user, by its `client_id`; `undefined`: they act themselves, or no user does. */
export const actingClientOf = ({ kind, clientId }: Pick<Principal, "kind" | "clientId">): string | undefined =>
  kind === "delegate" ? clientId : undefined;

const isNarrowed = ({ narrowed, aud }: Claims): boolean => narrowed ?? ![aud].flat().includes(TOKEN_AUDIENCE);

const MAX_SHARED = 1_000;

/**
 * Gives the same object for the same text: many tokens have the same roles and scopes, and all of them are remembered.
 * It is emptied when there are too many.
 */
const sharing = <Text, Value>(
  textOf: (given: Text) => string,
  make: (given: Text) => Value,
): ((given: Text) => Value) => {
  const made = new Map<string, Value>();
  return (given) => {
    const text = textOf(given);
    const known = made.get(text);
    if (known !== undefined) return known;
    if (made.size >= MAX_SHARED) made.clear();
    const value = make(given);
    made.set(text, value);
    return value;
  };
};

/**
 * The scopes of an administrator's own token. Theirs is every scope that an upstream declares, though the token was issued
 * before, which therefore does not list it.
 */
class AdministratorScopes extends Set<Scope> {
  override has(scope: Scope): boolean {
    return super.has(scope) || isUpstreamScope(scope);
  }
}

const sharedScopes = sharing(String, parseScopes);
const sharedAdministratorScopes = sharing(String, (list) => new AdministratorScopes(parseScopes(list)));

/** The scopes of a list, and those of all upstreams besides if it is that of an administrator. */
export const scopesHeld = (list: string, ofAdministrator: boolean): ReadonlySet<Scope> =>
  ofAdministrator ? sharedAdministratorScopes(list) : sharedScopes(list);

const scopesFrom = (claims: Claims): ReadonlySet<Scope> => {
  const isWhole = claims.search_filter === undefined && !isNarrowed(claims);
  return scopesHeld(claims.scope, isWhole && kindOf(claims) === "user" && claims.roles.includes(ADMIN_ROLE));
};
const sharedNames = sharing<readonly string[], readonly string[]>(JSON.stringify, (names) => names);
const sharedAudiences = sharing<readonly Audience[], readonly Audience[]>(JSON.stringify, (names) => names);

/** Reads a principal out of verified claims. */
export const principalFrom = (claims: Claims): Principal => ({
  kind: kindOf(claims),
  subject: claims.sub,
  clientId: claims.client_id,
  sessionId: claims.sid,
  ...(claims.act !== undefined && { actingService: claims.client_id, actorSessionId: claims.act.sid }),
  tokenId: claims.jti,
  ...(claims.cnf !== undefined && { jkt: claims.cnf.jkt }),
  audiences: sharedAudiences([claims.aud].flat()),
  roles: sharedNames(claims.roles),
  scopes: scopesFrom(claims),
  ...(isOAuthClientId(claims.client_id) && { identityScopes: claims.scope.split(" ").filter(isIdentityScope) }),
  acr: claims.acr,
  amr: sharedNames(claims.amr),
  authTimeSeconds: claims.auth_time,
  issuedAtSeconds: claims.iat,
  expiresAtSeconds: claims.exp,
  ...(claims.search_filter !== undefined && { searchFilter: claims.search_filter }),
  ...(claims.search_limits !== undefined && { searchLimits: claims.search_limits }),
  ...(claims.authorization_details !== undefined && { purpose: purposeFrom(claims.authorization_details) }),
  ...(claims.withheld_roles !== undefined && { withheldRoles: claims.withheld_roles }),
  ...(claims.factorless && { factorless: claims.factorless }),
  ...(isNarrowed(claims) && { narrowed: true }),
});
