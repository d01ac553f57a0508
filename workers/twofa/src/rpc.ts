import { WorkerEntrypoint } from "cloudflare:workers";
import type { Factorless, IssuedToken } from "#shared/contracts/kms.ts";
import type { HeldFactors } from "#shared/contracts/personal-data.ts";
import type { LockedOut, OneTimeCode, TwofaRpc } from "#shared/contracts/twofa.ts";
import type { ChallengedOptions, PasskeyLogin } from "#shared/contracts/webauthn.ts";
import { failure, type RpcResult, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { Problem } from "#shared/problem/problem.ts";
import { takeRequest } from "#shared/rpc/request-context.ts";
import type { TwofaServices } from "./composition/services.ts";
import { challengeAnyPasskey, logInByPasskey } from "./passkeys/passkey-login.ts";
import { heldFactors } from "./privacy/holdings.ts";
import { parseTotpCode } from "./totp/totp.ts";
import { verifyCode } from "./verification/verification.ts";

type ElevateOnceResult = Awaited<ReturnType<TwofaRpc["elevateOnce"]>>;
type LogInByPasskeyResult = Awaited<ReturnType<TwofaRpc["logInByPasskey"]>>;

/** What the database or the kms being gone becomes for another worker; anything else is a bug and is thrown on. */
const orUnavailable = async <Answer>(work: Promise<Answer>): Promise<Answer | RpcResult<never>> => {
  try {
    return await work;
  } catch (error) {
    if (isUnavailable(error) || (error instanceof Problem && error.code === "unavailable"))
      return failure("unavailable");
    throw error;
  }
};

/** The same for what the kms may refuse to record because the user does it too often. */
const orLockedOut = async <Answer>(work: Promise<Answer>): Promise<Answer | RpcResult<never, LockedOut>> => {
  try {
    return await orUnavailable(work);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "too-many-attempts") throw error;
    return failure("locked", { retryAfterSeconds: Number(error.headers["retry-after"]) });
  }
};

/** Uses up the code, and then gives a token for one request. A user without a factor has no right code. */
const elevateOnce = async (
  services: TwofaServices,
  { subject, code, ...request }: OneTimeCode,
): Promise<ElevateOnceResult> => {
  const parsed = parseTotpCode(code);
  if (parsed === undefined) return failure("wrong-code");
  const verification = await verifyCode(services, subject, parsed);
  if (!verification.ok && verification.error.kind === "no-factor")
    return failure((await services.factors.hasConfirmed(subject)) ? "wrong-code" : "no-factor");
  if (!verification.ok) return verification;
  const { method } = verification.value;
  const token = await services.vault.elevate({ ...request, method, once: true, redeemable: false });
  return token ? success(token) : failure("session-ended");
};

/** Says for one request that the user has no second factor, which nobody but twofa knows. */
const confirmFactorless = async (
  { factors, vault }: Pick<TwofaServices, "factors" | "vault">,
  { subject, ...request }: Factorless & { subject: string },
): Promise<RpcResult<IssuedToken, "has-factor" | "session-ended">> => {
  if (await factors.hasConfirmed(subject)) return failure("has-factor");
  const token = await vault.attestFactorless(request);
  return token ? success(token) : failure("session-ended");
};

/** The private entrypoint of twofa. */
export const createEntrypoints = (connect: (bindings: unknown) => TwofaServices) => ({
  Rpc: class Rpc extends WorkerEntrypoint implements TwofaRpc {
    static {
      takeRequest(Rpc);
    }

    factorsOf(userId: string): Promise<RpcResult<HeldFactors>> {
      return orUnavailable(heldFactors(connect(this.env), userId).then(success));
    }

    hasFactor(userId: string): Promise<RpcResult<boolean>> {
      return orUnavailable(connect(this.env).factors.hasConfirmed(userId).then(success));
    }

    confirmFactorless(
      input: Factorless & { subject: string },
    ): Promise<RpcResult<IssuedToken, "has-factor" | "session-ended">> {
      return orUnavailable(confirmFactorless(connect(this.env), input));
    }

    passkeyOptions(): Promise<RpcResult<ChallengedOptions>> {
      return orUnavailable(challengeAnyPasskey(connect(this.env)).then(success));
    }

    logInByPasskey(login: PasskeyLogin): Promise<LogInByPasskeyResult> {
      return orLockedOut(logInByPasskey(connect(this.env), login));
    }

    elevateOnce(input: OneTimeCode): Promise<ElevateOnceResult> {
      return orLockedOut(elevateOnce(connect(this.env), input));
    }
  },
});
