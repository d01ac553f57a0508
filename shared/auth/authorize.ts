/** Decides whether a verified caller may make a call, by its policy in the route table. */
import { patternsOf } from "../contracts/rights.ts";
import { coversSecretPath, coversSecretPrefix } from "../contracts/secret-path.ts";
import { type Policy, STEP_UP_MAX_AGE_SECONDS } from "../http/routes.ts";
import { type Problem, problem } from "../problem/problem.ts";
import type { Principal } from "./claims.ts";

/** The one answer to every failed authentication (RFC 6750 §3); `error` is left out when no credential was sent. */
export const unauthenticated = (credentialSent: boolean): Problem =>
  problem("unauthenticated", {
    detail: "Send a valid access token in Authorization, or an API key in X-API-Key.",
    headers: { "www-authenticate": credentialSent ? 'Bearer error="invalid_token"' : "Bearer" },
  });

/** The challenge to pass a second factor first (RFC 9470 §3). */
export const stepUpRequired = (): Problem =>
  problem("step-up-required", {
    detail: "Pass a second factor at POST /twofa/auth/verify, or send its code with this request in X-OTP.",
    headers: {
      "www-authenticate": `Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="${STEP_UP_MAX_AGE_SECONDS}"`,
    },
  });

/** Whether the caller authenticated within the last `maxAgeSeconds`. */
export const isFresh = (principal: Principal, nowSeconds: number, maxAgeSeconds = STEP_UP_MAX_AGE_SECONDS): boolean =>
  nowSeconds - principal.authTimeSeconds <= maxAgeSeconds;

/** Whether the caller passed a second factor recently enough. */
export const hasSteppedUp = (principal: Principal, nowSeconds: number): boolean =>
  principal.acr === "aal2" && isFresh(principal, nowSeconds);

const forbidden = (detail: string, scope?: string): Problem =>
  problem("forbidden", {
    detail,
    headers: {
      "www-authenticate": `Bearer error="insufficient_scope"${scope === undefined ? "" : `, scope="${scope}"`}`,
    },
  });

/** What a call is about, where the table says that a scope may be narrowed to it. */
export type Resource = () => string | undefined;

const COVERS = { path: coversSecretPath, prefix: coversSecretPrefix };

const holdsScope = ({ scope, narrowedBy }: Policy, { scopes }: Principal, resource: Resource): boolean => {
  if (scope === undefined || scopes.has(scope)) return true;
  const name = narrowedBy && resource();
  if (!name) return false;
  return patternsOf(scopes, scope).some((pattern) => COVERS[narrowedBy](pattern, name));
};

/** The reason to refuse the call before a second factor is considered, or `undefined` when there is none. */
export const refusalOf = (
  policy: Policy,
  principal: Principal,
  resource: Resource = () => undefined,
): Problem | undefined => {
  if (principal.searchFilter !== undefined && policy.scopedKeys !== true)
    return forbidden("A scoped key is good for searching only.");
  if (policy.caller === "user" && principal.kind !== "user") return forbidden("Only a user's session may do this.");
  if (!holdsScope(policy, principal, resource)) return forbidden(`This needs the scope ${policy.scope}.`, policy.scope);
  return undefined;
};
