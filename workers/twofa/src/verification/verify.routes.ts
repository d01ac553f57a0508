import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import { detailsOf, type Purpose, purposeDetails } from "#shared/contracts/purpose.ts";
import { type Assertion, assertionSchema, challengeId } from "#shared/contracts/webauthn.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { tokenType } from "#shared/http/tokens.ts";
import type { TwofaServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { purpose, storedPurpose } from "../http/purpose.ts";
import { codeRefused, locked, noFactor } from "../http/refusals.ts";
import { typedCode } from "../http/typed-code-field.ts";
import { parseOneTimeCode } from "../sent-codes/one-time-code.ts";
import { parseTotpCode } from "../totp/totp.ts";
import { verifyPasskey } from "./passkey-verification.ts";
import { type Proven, type Verification, verifyCode, verifyRecoveryCode, verifySentCode } from "./verification.ts";

/** What proves the factor; a challenge knows by itself which request it is about. */
type Proof =
  | { code: string; purpose: Purpose | undefined }
  | { challengeId: string; code: string }
  | { challengeId: string | undefined; assertion: Assertion }
  | { recoveryCode: string; purpose: Purpose | undefined };

const bodySchema = z
  .strictObject({
    code: typedCode.optional().openapi({ description: "6 digits from an authenticator app, or 8 that were sent" }),
    challengeId: challengeId.optional(),
    response: assertionSchema.optional().openapi({ description: "The result of navigator.credentials.get()" }),
    recoveryCode: typedCode.optional(),
    purpose: purpose.optional(),
  })
  .transform(({ code: typed, challengeId, response, recoveryCode, purpose }, context): Proof => {
    const refuse = (message: string, field = "code"): never => {
      context.addIssue({ code: "custom", message, path: [field] });
      return z.NEVER;
    };
    if (challengeId !== undefined && purpose !== undefined)
      return refuse("must be omitted: the challenge already has a purpose", "purpose");
    if (response !== undefined) {
      if (typed !== undefined || recoveryCode !== undefined) return refuse("send exactly one proof", "response");
      if (purpose !== undefined) return refuse("must be omitted: the challenge already has a purpose", "purpose");
      return { challengeId, assertion: response };
    }
    if (recoveryCode !== undefined && typed === undefined && challengeId === undefined)
      return { recoveryCode, purpose };
    if (recoveryCode !== undefined || typed === undefined) return refuse("send exactly one of code and recoveryCode");
    if (challengeId === undefined) {
      const code = parseTotpCode(typed);
      return code === undefined ? refuse("without a challengeId a code has 6 digits") : { code, purpose };
    }
    const code = parseOneTimeCode(typed);
    return code === undefined ? refuse("a sent code has 8 digits") : { challengeId, code };
  });

const assertPassed = (verification: Verification): Proven => {
  if (verification.ok) return verification.value;
  const { error } = verification;
  switch (error.kind) {
    case "no-factor":
      throw noFactor();
    case "locked":
      throw locked(error.retryAfterSeconds);
    case "wrong-code":
      throw codeRefused();
  }
};

const verifyProof = (
  services: TwofaServices,
  { subject: userId, sessionId }: Pick<Principal, "subject" | "sessionId">,
  proof: Proof,
): Promise<Verification> => {
  if ("recoveryCode" in proof) return verifyRecoveryCode(services, userId, proof.recoveryCode);
  if ("assertion" in proof) return verifyPasskey(services, { userId, sessionId, ...proof });
  if ("challengeId" in proof) return verifySentCode(services, { userId, sessionId, ...proof });
  return verifyCode(services, userId, proof.code);
};

/** The one request that was confirmed: what the challenge was about or, where there was none, what the caller says. */
const purposeOf = (proven: Proven, proof: Proof): Purpose | undefined =>
  storedPurpose.read(proven.purpose) ?? ("purpose" in proof ? proof.purpose : undefined);

const verify = endpoint("POST /auth/verify", {
  operationId: "twofa.verifyFactor",
  tags: ["Second factor"],
  summary: "Verify a second factor: raises the session to aal2, or confirms one request",
  description:
    "Send one proof: `code` of an authenticator app, `code` with the `challengeId` that it was sent for, `response` of a " +
    "passkey, or `recoveryCode`. With `purpose` the token is valid for that one request only, and the session stays as it was.",
  body: jsonBody(bodySchema, { code: "123456" }),
  responses: {
    200: json(
      z.object({
        access_token: z.string(),
        token_type: tokenType,
        expires_in: z.int(),
        authorization_details: purposeDetails
          .optional()
          .openapi({ description: "The only request that the token is valid for (RFC 9396 §7)" }),
      }),
      "A token with acr = aal2",
      { access_token: EXAMPLE.accessToken, token_type: "Bearer", expires_in: 900 },
    ),
  },
  errors: ["code-refused", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const proof = context.req.valid("json");
    const proven = assertPassed(await verifyProof(services, principal, proof));
    const purpose = purposeOf(proven, proof);
    const token = await services.vault.elevate({
      sessionId: principal.sessionId,
      scopes: [...principal.scopes],
      audiences: [...principal.audiences],
      narrowed: principal.narrowed === true,
      method: proven.method,
      rightsWithheld: principal.withheldRoles !== undefined,
      ...(purpose === undefined ? { once: false } : { once: true, purpose, redeemable: true }),
    });
    if (!token) throw unauthenticated(true);
    context.header("cache-control", "no-store");
    return context.json(
      {
        access_token: token.accessToken,
        token_type: token.tokenType,
        expires_in: token.expiresInSeconds,
        ...(purpose !== undefined && { authorization_details: detailsOf(purpose) }),
      },
      200,
    );
  },
});

export const verifyEndpoints = [verify];
