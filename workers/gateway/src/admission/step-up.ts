/**
 * Step-up on the way through (RFC 9470): a code sent along in `X-OTP` is traded for a token that is good for this
 * request, and a token that was given for this request is used up. Where a call grants something, twofa says of a caller
 * without a second factor that they have none.
 */

import {
  assertMayGrant,
  factorRequired,
  hasSteppedUp,
  stepUpChallenge,
  stepUpRequired,
  unauthenticated,
} from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import type { Granted } from "#shared/contracts/granting.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { MAX_PURPOSE_PATH_CHARACTERS, type Purpose } from "#shared/contracts/purpose.ts";
import { MAX_TYPED_CODE_LENGTH, type TwofaRpc } from "#shared/contracts/twofa.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { unwrap } from "#shared/lang/result.ts";
import { nothingIfUnavailable } from "#shared/lang/unavailable.ts";
import type { Policy, StepUpDemand } from "#shared/policy/policy.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";

export const OTP_HEADER = "x-otp";

/** To refuse more helpfully is worth no longer wait. */
const HAS_FACTOR_TIMEOUT_MS = 500;

/** A caller who has been admitted, and the token that the worker will see. */
export interface Caller {
  principal: Principal;
  token: string;
}

export interface StepUp {
  policy: Policy;
  caller: Caller;
  /** What came in `X-OTP`. */
  code: string | undefined;
  /** The current request; its body is hashed only when needed. */
  purposeOf: () => Promise<Purpose>;
  twofa: Pick<TwofaRpc, "elevateOnce" | "hasFactor" | "confirmFactorless">;
  kms: Pick<KmsRpc, "redeemGrant">;
  nowSeconds: number;
}

const codeRefused = (demand: StepUpDemand): Problem =>
  problem("code-refused", {
    detail: "This code is wrong or already used. Send the next one.",
    headers: stepUpChallenge(demand),
  });

type Refusal = Extract<Awaited<ReturnType<TwofaRpc["elevateOnce"]>>, { ok: false }>["error"];

const refusalOf = (refusal: Refusal, demand: StepUpDemand): Problem => {
  switch (refusal.kind) {
    case "wrong-code":
      return codeRefused(demand);
    case "no-factor":
      return factorRequired(demand);
    case "locked":
      return problem("too-many-attempts", {
        detail: "Too many codes were invalid. Retry after the time in Retry-After; until then, no code is checked.",
        headers: { "retry-after": String(refusal.retryAfterSeconds) },
      });
    case "session-ended":
      return unauthenticated(true);
  }
};

/** The challenge to a caller without a recent second factor: says where to enrol one if they are known to have none. */
const challengeOf = async (
  { caller, twofa }: Pick<StepUp, "caller" | "twofa">,
  demand: StepUpDemand,
): Promise<Problem> => {
  const { kind, subject } = caller.principal;
  if (kind !== "user")
    return stepUpRequired(demand, "Only a user can verify a second factor. A service cannot do this.");
  const result = await withinTime(twofa.hasFactor(subject), HAS_FACTOR_TIMEOUT_MS).catch(nothingIfUnavailable);
  return result && !unwrap(result) ? factorRequired(demand) : stepUpRequired(demand);
};

/** The second factor that a call still lacks; `undefined`: it needs none, or the caller has passed one recently enough. */
export const lackingFactor = (
  { stepUp }: Policy,
  principal: Principal,
  nowSeconds: number,
): StepUpDemand | undefined =>
  stepUp === undefined || hasSteppedUp(principal, nowSeconds, stepUp) ? undefined : stepUp;

/** Uses up a token that was given for this request (and was admitted, which says that it was for this one). */
const redeem = async (kms: StepUp["kms"], { principal }: Caller, demand: StepUpDemand): Promise<void> => {
  const redeemed = await kms.redeemGrant(principal.tokenId);
  if (!unwrap(redeemed))
    throw stepUpRequired(demand, "This token was already used. Verify a second factor for this request.");
};

/** What any new token for this request is made of. */
const requestOf = async ({ caller: { principal }, purposeOf }: StepUp) => {
  const purpose = await purposeOf();
  if (purpose.path.length > MAX_PURPOSE_PATH_CHARACTERS)
    throw problem("invalid-input", {
      detail: `X-OTP confirms a request whose path and query have at most ${MAX_PURPOSE_PATH_CHARACTERS} characters. For a longer one, verify a second factor for the session at POST /twofa/auth/verify.`,
    });
  const { subject, sessionId, scopes, audiences, narrowed = false } = principal;
  return { subject, sessionId, scopes: [...scopes], audiences: [...audiences], narrowed, purpose };
};

/** A token that the code was traded for. */
const tradeCode = async (stepUp: StepUp, code: string, demand: StepUpDemand): Promise<string> => {
  if (code.length > MAX_TYPED_CODE_LENGTH) throw codeRefused(demand);
  const request = await requestOf(stepUp);
  const elevation = await stepUp.twofa.elevateOnce({ ...request, code });
  if (!elevation.ok) throw refusalOf(elevation.error, demand);
  return elevation.value.accessToken;
};

/**
 * The token to forward with a call that grants something; of a user without a second factor, one that says so.
 * `undefined`: whether it does is left to the worker.
 */
const grantingToken = async (stepUp: StepUp, what: Granted | undefined): Promise<string> => {
  const { principal, token } = stepUp.caller;
  const assertIt = (applicant: Principal): void => {
    if (what !== undefined) assertMayGrant(what, applicant, stepUp.nowSeconds * 1000);
  };
  if (principal.kind === "user" && principal.purpose === undefined) {
    const confirmed = await stepUp.twofa.confirmFactorless(await requestOf(stepUp));
    if (confirmed.ok) {
      assertIt({ ...principal, factorless: true });
      return confirmed.value.accessToken;
    }
    if (confirmed.error.kind === "session-ended") throw unauthenticated(true);
  }
  assertIt(principal);
  return token;
};

/**
 * The token to forward: the caller's own, or one that the code was traded for. Refuses with 401 (RFC 9470) when a second
 * factor is demanded and neither the session nor a code has it. Everything that can refuse a call without using up the
 * code or the token must have been asked before.
 */
export const steppedUpToken = async (stepUp: StepUp): Promise<string> => {
  const { policy, caller, code, kms, nowSeconds } = stepUp;
  const { principal, token } = caller;
  const demand = lackingFactor(policy, principal, nowSeconds);
  if (demand === undefined) {
    if (policy.stepUp && principal.purpose !== undefined) await redeem(kms, caller, policy.stepUp);
    return token;
  }
  if (code && principal.kind === "user" && principal.purpose === undefined) return tradeCode(stepUp, code, demand);
  if (demand.when === "always") throw await challengeOf(stepUp, demand);
  return policy.grants !== undefined || policy.mayGrant === true ? grantingToken(stepUp, policy.grants) : token;
};
