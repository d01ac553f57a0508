import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import type { WorkerEnv } from "#shared/http/app.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { describeError } from "#shared/observability/log.ts";
import { announceRecoveryCodeUse } from "../domain/announcement.ts";
import { parseOneTimeCode } from "../domain/one-time-code.ts";
import { parseTotpCode } from "../domain/totp.ts";
import {
  type Proven,
  type Verification,
  verifyCode,
  verifyRecoveryCode,
  verifySentCode,
} from "../domain/verification.ts";
import type { TwofaServices } from "../services.ts";
import { typedCode } from "./code.ts";
import { codeRefused, locked, noFactor } from "./refusals.ts";

const MAX_RECOVERY_CODE_LENGTH = 64;
const MAX_CHALLENGE_ID_LENGTH = 64;

/** What proves the factor. */
type Proof = { code: string } | { challengeId: string; code: string } | { recoveryCode: string };

const bodySchema = z
  .strictObject({
    code: typedCode.optional().openapi({ description: "6 digits of an authenticator app, or 8 that were sent" }),
    challengeId: z.string().min(1).max(MAX_CHALLENGE_ID_LENGTH).optional(),
    recoveryCode: z.string().min(1).max(MAX_RECOVERY_CODE_LENGTH).optional(),
  })
  .transform(({ code: typed, challengeId, recoveryCode }, context): Proof => {
    const refuse = (message: string): never => {
      context.addIssue({ code: "custom", message, path: ["code"] });
      return z.NEVER;
    };
    if (recoveryCode !== undefined && typed === undefined && challengeId === undefined) return { recoveryCode };
    if (recoveryCode !== undefined || typed === undefined) return refuse("send exactly one of code and recoveryCode");
    if (challengeId === undefined) {
      const code = parseTotpCode(typed);
      return code === undefined ? refuse("without a challengeId a code has 6 digits") : { code };
    }
    const code = parseOneTimeCode(typed);
    return code === undefined ? refuse("a code that was sent has 8 digits") : { challengeId, code };
  });

const route = createRoute({
  method: "post",
  path: "/auth/verify",
  tags: ["Second factor"],
  summary: "Pass a second factor: the session rises to aal2",
  request: { body: jsonBody(bodySchema) },
  responses: {
    200: json(
      z.object({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.int() }),
      "A token with acr = aal2",
    ),
    ...problems("malformed-request", "unauthenticated", "code-refused", "forbidden"),
    ...problems("invalid-input", "too-many-attempts", "unavailable"),
  },
});

const assertPassed = (verification: Verification): Proven => {
  switch (verification.outcome) {
    case "passed":
      return verification.value;
    case "no-factor":
      throw noFactor();
    case "locked":
      throw locked(verification.retryAfterSeconds);
    case "wrong-code":
      throw codeRefused();
  }
};

const verify = (
  services: TwofaServices,
  { subject: userId, sessionId }: Pick<Principal, "subject" | "sessionId">,
  proof: Proof,
): Promise<Verification> => {
  if ("recoveryCode" in proof) return verifyRecoveryCode(services, userId, proof.recoveryCode);
  if ("challengeId" in proof) return verifySentCode(services, { userId, sessionId, ...proof });
  return verifyCode(services, userId, proof.code);
};

export const addVerify = (app: OpenAPIHono<WorkerEnv<TwofaServices>>): void => {
  app.openapi(route, async (context) => {
    const { principal, services, log } = context.var;
    const proof = context.req.valid("json");
    const { method } = assertPassed(await verify(services, principal, proof));
    if ("recoveryCode" in proof) {
      const logFailure = (error: unknown): void => log("error", "announcement", { error: describeError(error) });
      context.executionCtx.waitUntil(announceRecoveryCodeUse(services, principal.subject).catch(logFailure));
    }
    const token = await services.vault.elevate({
      sessionId: principal.sessionId,
      scopes: [...principal.scopes],
      method,
      once: false,
    });
    if (!token) throw unauthenticated(true);
    context.header("cache-control", "no-store");
    return context.json(
      { access_token: token.accessToken, token_type: "Bearer" as const, expires_in: token.expiresInSeconds },
      200,
    );
  });
};
