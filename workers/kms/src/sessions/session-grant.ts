/** What the access tokens of a session grant. */
import type { Scope } from "#shared/contracts/rights.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { Grant } from "../tokens/access-token.ts";
import type { Entitlement } from "./role-step-up.ts";
import type { OpenSession } from "./session.ts";

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
  scopes,
  ...(scopesBeyond(held, new Set(scopes)).length > 0 && { narrowed: true }),
  withheldRoles,
  acr: session.acr,
  amr: session.amr,
  authenticatedAt: session.authenticatedAt,
  issuedAt: asOf,
});
