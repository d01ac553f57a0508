/** Who calls, by the claims of an access token (RFC 9068 §2.2). */
import type { JWTPayload } from "jose";
import { tokenRefused } from "./refusal.ts";

export interface Caller {
  /** A user's id, or `service:NAME`. */
  subject: string;
  kind: "user" | "service";
  /** The service that acts for the user with their token, or the service that calls. */
  service: string | undefined;
  roles: readonly string[];
  scopes: readonly string[];
  /** `aal2` after a second factor, else `aal1`. */
  acr: string;
  authenticatedAt: Date;
  expiresAt: Date;
  /** All claims. */
  claims: Readonly<JWTPayload>;
}

const SERVICE = "service:";

/**
 * What makes a token valid only for a search, for one request at Fountain (RFC 9396), or with a proof of its key (RFC 9449): a
 * verifier that does not enforce that must refuse it.
 */
const RESTRICTIONS = ["search_filter", "search_limits", "authorization_details", "cnf"];

const textOf = (claims: JWTPayload, name: string): string => {
  const value = claims[name];
  if (typeof value !== "string" || value === "") throw tokenRefused(`no claim ${name}`);
  return value;
};

const instantOf = (claims: JWTPayload, name: string): Date => {
  const value = claims[name];
  if (typeof value !== "number") throw tokenRefused(`no claim ${name}`);
  return new Date(value * 1000);
};

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const serviceOf = (subject: string): string | undefined =>
  subject.startsWith(SERVICE) ? subject.slice(SERVICE.length) : undefined;

/** The party that acts for the subject, and the credential that it showed; `undefined` if none does. */
export const actorOf = ({ act }: JWTPayload): { sub: string; sid: string } | undefined => {
  if (act === undefined) return undefined;
  const { sub, sid } = Object(act);
  if (typeof sub !== "string" || typeof sid !== "string") throw tokenRefused("claim act is not understood");
  return { sub, sid };
};

/** The caller. Throws a refusal if the claims are not those of a token that is valid for any request. */
export const callerOf = (claims: JWTPayload): Caller => {
  const restriction = RESTRICTIONS.find((name) => claims[name] !== undefined);
  if (restriction !== undefined) throw tokenRefused(`has the restriction ${restriction}`);
  const { roles, scope } = claims;
  if (!isTexts(roles)) throw tokenRefused("no claim roles");
  if (typeof scope !== "string") throw tokenRefused("no claim scope");
  const subject = textOf(claims, "sub");
  return {
    subject,
    kind: serviceOf(subject) === undefined ? "user" : "service",
    service: serviceOf(actorOf(claims)?.sub ?? subject),
    roles,
    scopes: scope.split(" ").filter((each) => each !== ""),
    acr: textOf(claims, "acr"),
    authenticatedAt: instantOf(claims, "auth_time"),
    expiresAt: instantOf(claims, "exp"),
    claims,
  };
};
