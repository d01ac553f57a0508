/** What the access tokens of a session grant. */
import type { Audience } from "#shared/contracts/access-token.ts";
import { type IdentityScope, isIdentityScope, isScope, type Scope } from "#shared/contracts/rights.ts";
import { commonScopes, scopesBeyond } from "../accounts/rights.ts";
import type { Grant } from "../tokens/access-token.ts";
import type { Entitlement } from "./role-step-up.ts";
import type { OpenSession, Session } from "./session.ts";

/** Of what the user may do, what a client may that acts in the session: no more than the user let it. */
export const scopesIn = ({ grantedScopes }: Session, held: readonly Scope[]): Scope[] =>
  grantedScopes === null ? [...held] : commonScopes(held, grantedScopes.filter(isScope));

/** What the user lets the client of the session know of them. */
export const identityScopesIn = ({ grantedScopes }: Session): IdentityScope[] =>
  (grantedScopes ?? []).filter(isIdentityScope);

/** Whether tokens of the session may be good there. */
export const isGoodAt = ({ audiences }: Pick<Session, "audiences">, wanted: readonly Audience[]): boolean =>
  audiences === null || wanted.every((audience) => audiences.includes(audience));

/** `scopes`: the wanted ones of those the session can have. `asOf`: when the rights were read, no earlier. */
export const grantOf = (
  { session, user }: OpenSession,
  { roles, scopes: held, withheldRoles }: Entitlement,
  asOf: Date,
  scopes: readonly Scope[] = held,
): Grant => ({
  subject: user.id,
  clientId: session.clientId,
  sessionId: session.id,
  roles,
  scopes: scopesIn(session, scopes),
  identityScopes: identityScopesIn(session),
  ...(session.audiences !== null && { audiences: session.audiences }),
  ...(scopesBeyond(held, new Set(scopes)).length > 0 && { narrowed: true }),
  withheldRoles,
  acr: session.acr,
  amr: session.amr,
  authenticatedAt: session.authenticatedAt,
  issuedAt: asOf,
  ...(session.jkt !== null && { jkt: session.jkt }),
});
