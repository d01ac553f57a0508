import type { Factorless, IssuedToken } from "#shared/contracts/kms.ts";
import type { LockedOut, OneTimeCode, TwofaRpc } from "#shared/contracts/twofa.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { Problem } from "#shared/problem/problem.ts";
import { serve } from "#shared/rpc/serve.ts";
import type { TwofaServices } from "./composition/services.ts";
import { challengeAnyPasskey, logInByPasskey } from "./passkeys/passkey-login.ts";
import { heldFactors } from "./privacy/holdings.ts";
import { parseTotpCode } from "./totp/totp.ts";
import { verifyCode } from "./verification/verification.ts";

type ElevateOnceResult = Awaited<ReturnType<TwofaRpc["elevateOnce"]>>;

/** Consumes the code, and then issues a token for one request. A user without a factor has no right code. */
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

/** Attests for one request that the user has no second factor, which only twofa knows. */
const confirmFactorless = async (
  { factors, vault }: Pick<TwofaServices, "factors" | "vault">,
  { subject, ...request }: Factorless & { subject: string },
): Promise<Result<IssuedToken, "has-factor" | "session-ended">> => {
  if (await factors.hasConfirmed(subject)) return failure("has-factor");
  const token = await vault.attestFactorless(request);
  return token ? success(token) : failure("session-ended");
};

/** What the kms may refuse to record because the user does it too often. */
const failureOf = (error: unknown): LockedOut | undefined =>
  error instanceof Problem && error.code === "too-many-attempts"
    ? { kind: "locked", retryAfterSeconds: Number(error.headers["retry-after"]) }
    : undefined;

/** The private entrypoint of twofa that other workers call. */
export const createRpc = (connect: (bindings: unknown) => TwofaServices) =>
  serve<TwofaRpc, TwofaServices>(
    "twofa",
    connect,
    {
      factorsOf: async (services, userId) => success(await heldFactors(services, userId)),
      hasFactor: async ({ factors }, userId) => success(await factors.hasConfirmed(userId)),
      confirmFactorless,
      passkeyOptions: async (services) => success(await challengeAnyPasskey(services)),
      logInByPasskey,
      elevateOnce,
      removeFactors: async (services) => {
        await services.removeFactors();
        return success(true);
      },
      deliverMails: async ({ deliverMails, later }) => {
        later(deliverMails());
        return success(true);
      },
    },
    { failureOf },
  );
