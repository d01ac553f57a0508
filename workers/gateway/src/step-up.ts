/** Step-up on the way through: a code sent along in `X-OTP` is traded for a token that is good for this request. */
import { hasSteppedUp, stepUpRequired, unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import type { Policy } from "#shared/http/routes.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { answerOf, unavailable } from "./unavailable.ts";

export const OTP_HEADER = "x-otp";

const MAX_CODE_LENGTH = 64;
const ELEVATION_TIMEOUT_MS = 10_000;

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
  twofa: Pick<TwofaRpc, "elevateOnce">;
  nowSeconds: number;
}

const codeRefused = (): Problem =>
  problem("code-refused", { detail: "Wait for the next code and send that.", headers: stepUpRequired().headers });

type Refusal = Exclude<Awaited<ReturnType<TwofaRpc["elevateOnce"]>>, { ok: true }>;

const refusalOf = (refusal: Refusal): Problem => {
  switch (refusal.error) {
    case "wrong-code":
      return codeRefused();
    case "locked":
      return problem("too-many-attempts", {
        detail: "Too many codes were wrong. Wait as long as Retry-After says; until then no code is checked.",
        headers: { "retry-after": String(refusal.retryAfterSeconds) },
      });
    case "session-ended":
      return unauthenticated(true);
    case "unavailable":
      return unavailable(new Error("twofa cannot check codes"));
  }
};

/**
 * The token to forward: the caller's own, or one that the code was traded for. Refuses with 401 (RFC 9470) when a second
 * factor is demanded and neither the session nor a code has it. Everything that can refuse a call without using up the
 * code must have been asked before.
 */
export const steppedUpToken = async ({ policy, caller, code, twofa, nowSeconds }: StepUp): Promise<string> => {
  const { principal, token } = caller;
  if (policy.stepUp === undefined || hasSteppedUp(principal, nowSeconds)) return token;
  if (!code || principal.kind !== "user") {
    if (policy.stepUp === "always") throw stepUpRequired();
    return token;
  }
  if (code.length > MAX_CODE_LENGTH) throw codeRefused();
  const { subject, sessionId } = principal;
  const scopes = [...principal.scopes];
  const elevation = await answerOf(
    "twofa",
    twofa.elevateOnce({ subject, sessionId, scopes, code }),
    ELEVATION_TIMEOUT_MS,
  );
  if (!elevation.ok) throw refusalOf(elevation);
  return elevation.value.accessToken;
};
