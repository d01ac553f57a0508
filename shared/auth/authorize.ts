/** Decides whether a verified caller may make a call, by its policy in the route table. */
import { type Granted, type GrantRefusal, refusalToGrant, STEP_UP_MAX_AGE_SECONDS } from "../contracts/granting.ts";
import { patternsOf } from "../contracts/rights.ts";
import { coversSecretPath, coversSecretPrefix } from "../contracts/secret-path.ts";
import { type Policy, STEP_UP, type StepUpDemand } from "../policy/policy.ts";
import { type Problem, problem } from "../problem/problem.ts";
import type { Principal } from "./claims.ts";

/** The one response to every failed authentication (RFC 6750 §3); without `error` if no credential was sent. */
export const unauthenticated = (credentialSent: boolean): Problem =>
  problem("unauthenticated", {
    detail: "Send a valid access token in Authorization, or an API key in X-API-Key.",
    headers: { "www-authenticate": credentialSent ? 'Bearer error="invalid_token"' : "Bearer" },
  });

/** What a demand needs to be challenged for, and to be met. */
export type Demanded = Pick<StepUpDemand, "acr" | "maxAgeSeconds">;

/** The challenge of every 401 that a second factor would have prevented (RFC 9470 §3). */
export const stepUpChallenge = ({ acr, maxAgeSeconds }: Demanded = STEP_UP): Record<string, string> => ({
  "www-authenticate": `Bearer error="insufficient_user_authentication", acr_values="${acr}", max_age="${maxAgeSeconds}"`,
});

const PASS_A_FACTOR = "Verify a second factor at POST /twofa/auth/verify, or send its code in X-OTP with this request.";

/** Refuses a call until a second factor was passed (RFC 9470 §3). */
export const stepUpRequired = (demand: Demanded = STEP_UP, detail = PASS_A_FACTOR): Problem =>
  problem("step-up-required", { detail, headers: stepUpChallenge(demand) });

export const ENROL_A_FACTOR =
  "You have no second factor. Enrol one within 5 minutes of a login, at POST /twofa/factors/totp, " +
  "/twofa/factors/webauthn/options, /twofa/factors/email or /twofa/factors/sms.";

/** The same to a caller who has no second factor to pass. */
export const factorRequired = (demand: Demanded = STEP_UP): Problem =>
  problem("factor-required", { detail: ENROL_A_FACTOR, headers: stepUpChallenge(demand) });

/** Whether the caller authenticated within the last `maxAgeSeconds`. */
export const isFresh = (principal: Principal, nowSeconds: number, maxAgeSeconds = STEP_UP_MAX_AGE_SECONDS): boolean =>
  nowSeconds - principal.authTimeSeconds <= maxAgeSeconds;

/**
 * Whether the caller passed a second factor recently enough. One passed for a single request counts: a caller with a
 * principal at hand has seen it admitted, which says that this is the request.
 */
export const hasSteppedUp = (principal: Principal, nowSeconds: number, demand: Demanded = STEP_UP): boolean =>
  principal.acr === demand.acr && isFresh(principal, nowSeconds, demand.maxAgeSeconds);

/**
 * For handlers: demands a second factor, whatever was checked on the way. Throws the challenge to pass one (RFC 9470 §3).
 * A route whose handler does so says `conditional` or `always` in the route table, so that `X-OTP` is taken there.
 */
export const assertSteppedUp = (principal: Principal, nowMs: number, demand: Demanded = STEP_UP): void => {
  if (principal.kind === "delegate") throw grantRefused("delegate");
  if (!hasSteppedUp(principal, nowMs / 1000, demand)) throw stepUpRequired(demand);
};

const forbidden = (detail: string, scope?: string): Problem =>
  problem("forbidden", {
    detail,
    headers: {
      "www-authenticate": `Bearer error="insufficient_scope"${scope === undefined ? "" : `, scope="${scope}"`}`,
    },
  });

/** Refuses until the caller, who has no second factor, has logged in again (RFC 9470 §3). */
const freshLoginRequired = (lead: string): Problem =>
  problem("step-up-required", {
    detail:
      `${lead}Log in again: without a second factor this can be done within 5 minutes of a login only. ` +
      "Or enrol a second factor and verify it.",
    headers: {
      "www-authenticate": `Bearer error="insufficient_user_authentication", max_age="${STEP_UP_MAX_AGE_SECONDS}"`,
    },
  });

const GRANT_REFUSALS: Record<GrantRefusal, (lead: string) => Problem> = {
  delegate: (lead) => forbidden(`${lead}Who acts for a user cannot do this for them: they have to do it themselves.`),
  service: (lead) => forbidden(`${lead}A service cannot do this: it needs a person who has passed a second factor.`),
  narrowed: (lead) =>
    forbidden(
      `${lead}This token is narrowed in scope or audience: use one that is not, as a login or a refresh gives.`,
    ),
  "second-factor": (lead) => stepUpRequired(STEP_UP, lead + PASS_A_FACTOR),
  "fresh-login": freshLoginRequired,
};

/** The problem for a caller who may not grant something; `lead`: why that is needed, where it is not obvious. */
export const grantRefused = (refusal: GrantRefusal, lead = ""): Problem => GRANT_REFUSALS[refusal](lead);

/** Asks the rule of granting, and throws its refusal. */
export const assertMayGrant = (what: Granted, principal: Principal, nowMs: number): void => {
  const refusal = refusalToGrant(what, principal, nowMs / 1000);
  if (refusal) throw grantRefused(refusal);
};

/** What a call is about, where the table says that a scope may be narrowed to it. */
export type Resource = () => string | undefined;

const COVERS = { path: coversSecretPath, prefix: coversSecretPrefix, key: coversSecretPath };

const holdsScope = ({ scope, narrowedBy }: Policy, { scopes }: Principal, resource: Resource): boolean => {
  if (scope === undefined || scopes.has(scope)) return true;
  if (narrowedBy === undefined) return false;
  const patterns = patternsOf(scopes, scope);
  if (narrowedBy === "handler") return patterns.length > 0;
  const name = resource();
  return name !== undefined && name !== "" && patterns.some((pattern) => COVERS[narrowedBy](pattern, name));
};

const roleNeedsFactor = (roles: readonly string[]): string =>
  `The permissions of ${roles.join(", ")} require a second factor. Verify one at POST /twofa/auth/verify.`;

/** The reason to refuse the call before a second factor is considered, or `undefined` when there is none. */
export const refusalOf = (
  policy: Policy,
  principal: Principal,
  resource: Resource = () => undefined,
): Problem | undefined => {
  if (principal.searchFilter !== undefined && policy.scopedKeys !== true)
    return forbidden("A scoped key is valid only for searches.");
  if (principal.purpose !== undefined && policy.stepUp === undefined)
    return forbidden("This token is valid only for the request it was issued for.");
  if (policy.caller === "user" && principal.kind !== "user") return forbidden("This requires a user's session.");
  if (principal.kind === "delegate" && policy.stepUp?.when === "always" && policy.stepUp.delegates !== true)
    return grantRefused("delegate");
  if (holdsScope(policy, principal, resource)) return undefined;
  if (principal.withheldRoles !== undefined) return stepUpRequired(STEP_UP, roleNeedsFactor(principal.withheldRoles));
  return forbidden(`This requires the scope ${policy.scope}.`, policy.scope);
};
