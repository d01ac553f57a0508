/** What an access token says (RFC 9068): the claims that the kms signs and every worker reads. */
import { z } from "zod";
import { isOAuthClientId, serviceNameOf, userIdOf } from "./principal.ts";
import { purposeDetails } from "./purpose.ts";
import { searchLimits } from "./search.ts";
import { isResourceOf, type ResourceAudience } from "./upstreams.ts";
import { WORKERS } from "./workers.ts";

export const TOKEN_TYPE = "at+jwt";
/** The audience of a token that is good everywhere. */
export const TOKEN_AUDIENCE = "fountain";
/** The audiences that a token can be narrowed to: single workers. */
const NARROW_AUDIENCES = WORKERS.filter((worker) => worker !== "gateway");
export const AUDIENCES = [TOKEN_AUDIENCE, ...NARROW_AUDIENCES] as const;

/** What a token can be good for in Fountain. */
export type Audience = (typeof AUDIENCES)[number] | ResourceAudience;

const ownAudience = z.enum(AUDIENCES);
const audience = z.union([ownAudience, z.custom<ResourceAudience>((given) => typeof given === "string")]);

/** Makes {@link UpstreamAudience} a type of its own, which only {@link isUpstreamAudience} gives a name. */
declare const UPSTREAM: unique symbol;
/** The audience of a token for an upstream, by the upstream's name. */
export type UpstreamAudience = string & { readonly [UPSTREAM]: true };
const UPSTREAM_NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** Names of Fountain's own: whatever accepts one as audience would take an upstream's token for one of a caller. */
const OWN_AUDIENCES: ReadonlySet<string> = new Set([TOKEN_AUDIENCE, ...WORKERS]);

/** Whether tokens can be issued for an upstream of this name: Fountain's own workers refuse them. */
export const isUpstreamAudience = (name: string): name is UpstreamAudience =>
  UPSTREAM_NAME.test(name) && !OWN_AUDIENCES.has(name);

/** The `client_id` of tokens that a person got by logging in. */
export const FIRST_PARTY_CLIENT = "fountain";
/**
 * No longer token is issued, and none is looked at: few servers take a header of more than 8 KiB. What stands in tokens
 * is bounded where it is made, so that all of it fits: scopes, roles, filters of scoped keys, requests to confirm, the
 * issuer.
 */
export const MAX_TOKEN_CHARACTERS = 8_192;
export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60;
/** No token lives longer, whatever it was issued for: keys and revocations are kept at least as long. */
export const LONGEST_TOKEN_SECONDS = 60 * 60;

const claimsShape = z.object({
  iss: z.string(),
  aud: z.union([audience, z.array(audience).min(1)]),
  /** A user's id, or `service:NAME`: see `principal.ts`. */
  sub: z.string().min(1),
  exp: z.number().int(),
  iat: z.number().int(),
  jti: z.string().min(1),
  sid: z.string().min(1),
  client_id: z.string().min(1),
  roles: z.array(z.string()),
  scope: z.string(),
  acr: z.enum(["aal1", "aal2"]),
  amr: z.array(z.string()),
  auth_time: z.number().int(),
  /** The key that its holder must prove to have (RFC 9449 §6.1): by its SHA-256 thumbprint. */
  cnf: z.object({ jkt: z.string().regex(/^[\w-]{43}$/) }).optional(),
  /** Who acts for the subject (RFC 8693 §4.1): a service, and the API key that it showed. */
  act: z.object({ sub: z.string().min(1), sid: z.string().min(1) }).optional(),
  /**
   * Makes it a scoped key, good for searching within this filter (Typesense's `filter_by`; empty: everything) and for
   * nothing else.
   */
  search_filter: z.string().optional(),
  /** Further restrictions of a scoped key. */
  search_limits: searchLimits.optional(),
  /** Makes it good for one request, and for nothing else. */
  authorization_details: purposeDetails.optional(),
  /** Roles of the subject whose rights the token lacks until their session has passed a second factor. */
  withheld_roles: z.array(z.string()).min(1).optional(),
  /** The subject had no second factor when the token was made, for the one request that it is good for. */
  factorless: z.literal(true).optional(),
  /** Scopes of the subject's roles were left out of it on request. */
  narrowed: z.literal(true).optional(),
});

export type Claims = z.infer<typeof claimsShape>;

/**
 * A service is its own client, acts only for a user, and is named alike wherever the token names it. A user without a
 * service that acts for them is a client of Fountain's own, or of an application that they logged in to, so that a
 * service's token cannot pass for a user's.
 */
const namesPrincipals = ({ sub, act, client_id }: Claims): boolean => {
  if (userIdOf(sub) === undefined) return act === undefined && serviceNameOf(sub) === client_id;
  if (act !== undefined) return serviceNameOf(act.sub) === client_id;
  return client_id === FIRST_PARTY_CLIENT || isOAuthClientId(client_id);
};

/**
 * A second factor, one request to confirm by it, and the lack of a factor are a user's in person; an application that they
 * logged in to learns of the factor, and no more. No token is good for one request and for searching too; that a user has
 * no factor is said for one request only, and of none who passed one.
 */
const isAboutPerson = (claims: Claims): boolean => {
  const { sub, act, acr, client_id, authorization_details, search_filter, factorless } = claims;
  const isOfRequest = authorization_details !== undefined || factorless !== undefined;
  const isPerson = act === undefined && userIdOf(sub) !== undefined && search_filter === undefined;
  if ((acr === "aal2" || isOfRequest) && !isPerson) return false;
  if (isOfRequest && client_id !== FIRST_PARTY_CLIENT) return false;
  return factorless === undefined || (authorization_details !== undefined && acr === "aal1");
};

/** What is no worker's name is a URL of the installation that issued the token. */
const hasKnownAudiences = ({ iss, aud }: Claims): boolean =>
  [aud].flat().every((name) => ownAudience.safeParse(name).success || isResourceOf(iss, name));

const limitsScopedKey = ({ search_filter, search_limits }: Claims): boolean =>
  search_limits === undefined || search_filter !== undefined;

export const claimsSchema = claimsShape
  .refine(hasKnownAudiences, "is for something else")
  .refine(limitsScopedKey, "has claims that only a scoped key can have")
  .refine(namesPrincipals, "names contradictory principals")
  .refine(isAboutPerson, "has claims that only a user can have");
