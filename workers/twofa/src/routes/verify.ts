import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { WorkerEnv } from "#shared/http/app.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { type Verification, verifyCode, verifyRecoveryCode } from "../domain/verification.ts";
import type { TwofaServices } from "../services.ts";
import { totpCode } from "./code.ts";
import { codeRefused, locked, noFactor } from "./refusals.ts";

const MAX_RECOVERY_CODE_LENGTH = 64;

const bodySchema = z
  .strictObject({
    code: totpCode.optional(),
    recoveryCode: z.string().min(1).max(MAX_RECOVERY_CODE_LENGTH).optional(),
    challengeId: z
      .string()
      .optional()
      .refine((sent) => sent === undefined, "there are no challenges: send the code of an authenticator app alone")
      .openapi({ description: "Leave this out: there are no challenges" }),
  })
  .refine(({ code, recoveryCode }) => (code === undefined) !== (recoveryCode === undefined), {
    message: "send exactly one of code and recoveryCode",
    path: ["code"],
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

const assertPassed = (verification: Verification): void => {
  switch (verification.outcome) {
    case "passed":
      return;
    case "no-factor":
      throw noFactor();
    case "locked":
      throw locked(verification.retryAfterSeconds);
    case "wrong-code":
      throw codeRefused();
  }
};

export const addVerify = (app: OpenAPIHono<WorkerEnv<TwofaServices>>): void => {
  app.openapi(route, async (context) => {
    const { principal, services } = context.var;
    const { code, recoveryCode = "" } = context.req.valid("json");
    assertPassed(
      code === undefined
        ? await verifyRecoveryCode(services, principal.subject, recoveryCode)
        : await verifyCode(services, principal.subject, code),
    );
    const token = await services.vault.elevate({
      sessionId: principal.sessionId,
      scopes: [...principal.scopes],
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
