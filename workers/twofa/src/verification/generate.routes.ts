import { z } from "@hono/zod-openapi";
import { unicodeText } from "#shared/contracts/input.ts";
import { challengedOptionsSchema } from "#shared/contracts/webauthn.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { CHALLENGE_ID, CHALLENGED_OPTIONS_EXAMPLE } from "#shared/http/examples-of-passkeys.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import { endpoint } from "../endpoint.ts";
import { notSent } from "../http/not-sent.ts";
import { actionOf, purpose, storedPurpose } from "../http/purpose.ts";
import { CHANNELS, type Channel, SENDING_CHANNELS } from "../model/challenge.ts";
import { maskDestination } from "../model/destination.ts";
import { generateCode } from "../sent-codes/destination-factor.ts";
import { challengePasskeys } from "./passkey-verification.ts";

const MAX_FACTOR_ID_LENGTH = 64;

const noSuchFactor = (channel: Channel): Problem =>
  problem("conflict", {
    detail: `You have no such factor. Enrol one at POST /twofa/factors/${channel}, or list yours at GET /twofa/factors.`,
  });

const passkeyDisabled = (): Problem =>
  problem("conflict", {
    detail:
      "This passkey is disabled: its signature counter decreased, so a copy of it may exist. Use another factor or a " +
      "recovery code, remove the passkey with DELETE /twofa/factors/{id}, and enrol it again.",
  });

const generate = endpoint("POST /auth/generate", {
  operationId: "twofa.generateChallenge",
  tags: ["Second factor"],
  summary: "Send a code to one of your factors, or create a passkey challenge; POST /auth/verify accepts the response",
  body: jsonBody(
    z.strictObject({
      channel: z.enum(CHANNELS),
      factorId: unicodeText({ max: MAX_FACTOR_ID_LENGTH })
        .optional()
        .openapi({ description: "Which factor to use; the oldest by default" }),
      purpose: purpose.optional(),
    }),
    {
      channel: "email",
      factorId: EXAMPLE.factorId,
      purpose: { method: "DELETE", path: "/kms/services/script-editor" },
    },
  ),
  responses: {
    200: json(
      challengedOptionsSchema,
      "For navigator.credentials.get(), if the channel is webauthn",
      CHALLENGED_OPTIONS_EXAMPLE,
    ),
    202: json(
      z.object({
        challengeId: z.uuid(),
        channel: z.enum(SENDING_CHANNELS),
        destination: z.string().openapi({ description: "Masked" }),
        expiresAt: z.iso.datetime(),
      }),
      "A code was sent to the destination",
      {
        challengeId: CHALLENGE_ID,
        channel: "email",
        destination: maskDestination(EXAMPLE.email),
        expiresAt: EXAMPLE.minutesLater,
      },
    ),
  },
  errors: ["conflict", "too-many-attempts", "channel-unavailable", "delivery-failed"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { channel, factorId, purpose } = context.req.valid("json");
    const { subject: userId, sessionId } = principal;
    const language = preferredLanguage(context.var.fields.get("accept-language"));
    const what = { action: actionOf(purpose), language, purpose: storedPurpose.write(purpose) };
    if (channel === "webauthn") {
      const challenged = await challengePasskeys(services, { userId, sessionId, purpose: what.purpose });
      if (!challenged.ok) throw challenged.error.kind === "disabled" ? passkeyDisabled() : noSuchFactor(channel);
      const { challengeId, expiresAtMs, options } = challenged.value;
      context.header("cache-control", "no-store");
      return context.json({ ...options, challengeId, expiresAt: new Date(expiresAtMs).toISOString() }, 200);
    }
    const generated = await generateCode(services, { userId, sessionId, channel, factorId, ...what });
    if (!generated.ok)
      throw generated.error.kind === "no-factor" ? noSuchFactor(channel) : notSent(channel, generated.error);
    const { challengeId, destination, expiresAtMs } = generated.value;
    const expiresAt = new Date(expiresAtMs).toISOString();
    context.header("cache-control", "no-store");
    return context.json({ challengeId, channel, destination: maskDestination(destination), expiresAt }, 202);
  },
});

export const generateEndpoints = [generate];
