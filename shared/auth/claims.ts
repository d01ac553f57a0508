/** The claims of an access token (RFC 9068), and the principal they describe. */
import { z } from "zod";
import { SCOPES, type Scope } from "../contracts/rights.ts";

export const TOKEN_TYPE = "at+jwt";
export const TOKEN_AUDIENCE = "fountain";
/** The `client_id` of tokens that a person got by logging in. */
export const FIRST_PARTY_CLIENT = "fountain";
export const ACCESS_TOKEN_TTL_SECONDS = 15 * 60;

export const claimsSchema = z.object({
  iss: z.string(),
  aud: z.literal(TOKEN_AUDIENCE),
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
});

export type Claims = z.infer<typeof claimsSchema>;

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
});
