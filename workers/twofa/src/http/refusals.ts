/** The refusals that several routes share, and who may add a factor. */
import { ENROL_A_FACTOR, grantRefused, stepUpChallenge } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import { refusalToGrant } from "#shared/contracts/granting.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { MAX_CONFIRMED_FACTORS } from "../model/factor.ts";

/** RFC 9110 §15.5.2 wants a challenge with every 401: the session is still at one factor (RFC 9470 §3). */
const STILL_INSUFFICIENT = stepUpChallenge();

/** One response for a wrong, an expired and a used code: which of them it was would help a guesser. */
export const codeRefused = (): Problem =>
  problem("code-refused", {
    detail: "The code is wrong, expired or already used. Send the next one.",
    headers: STILL_INSUFFICIENT,
  });

/** The same for passkeys; the log says what was wrong. */
export const passkeyRefused = (): Problem =>
  problem("code-refused", {
    detail: "The passkey was not accepted. Request new options and try again.",
    headers: STILL_INSUFFICIENT,
  });

export const noFactor = (): Problem => problem("code-refused", { detail: ENROL_A_FACTOR, headers: STILL_INSUFFICIENT });

export const locked = (retryAfterSeconds: number): Problem =>
  problem("too-many-attempts", {
    detail: "Too many codes were invalid. Retry after the time in Retry-After; until then, no code is checked.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });

export const tooManyFactors = (): Problem =>
  problem("conflict", { detail: `You already have ${MAX_CONFIRMED_FACTORS} factors. Remove one first.` });

/** A further factor needs a second factor just passed; the first one a fresh login. Throws the challenge to meet. */
export const assertMayAddFactor = (principal: Principal, hasFactor: boolean, nowMs: number): void => {
  const applicant = { ...principal, factorless: hasFactor ? undefined : true } as const;
  const refusal = refusalToGrant("credential", applicant, nowMs / 1000);
  if (refusal) throw grantRefused(refusal);
};
