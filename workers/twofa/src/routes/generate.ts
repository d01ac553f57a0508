import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/app.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { SENDING_CHANNELS, type SendingChannel } from "../domain/challenge.ts";
import { maskDestination } from "../domain/destination.ts";
import { generateCode } from "../domain/destination-factor.ts";
import type { TwofaServices } from "../services.ts";
import { notSent } from "./not-sent.ts";

const MAX_FACTOR_ID_LENGTH = 64;
const CONFIRM_IDENTITY = "confirm that it is you";

const route = createRoute({
  method: "post",
  path: "/auth/generate",
  tags: ["Second factor"],
  summary: "Have a code sent to one of your factors; POST /auth/verify takes it",
  request: {
    body: jsonBody(
      z.strictObject({
        channel: z.enum(SENDING_CHANNELS),
        factorId: z
          .string()
          .max(MAX_FACTOR_ID_LENGTH)
          .optional()
          .openapi({ description: "Which of several factors; the oldest, if not said" }),
      }),
    ),
  },
  responses: {
    202: json(
      z.object({
        challengeId: z.uuid(),
        channel: z.enum(SENDING_CHANNELS),
        destination: z.string().openapi({ description: "Masked", example: "a***@e***.org" }),
        expiresAt: z.iso.datetime(),
      }),
      "A code was sent there",
    ),
    ...problems("malformed-request", "unauthenticated", "forbidden", "conflict", "invalid-input"),
    ...problems("too-many-attempts", "channel-unavailable", "delivery-failed", "unavailable"),
  },
});

const noSuchFactor = (channel: SendingChannel): Problem =>
  problem("conflict", {
    detail: `You have no such factor: enrol one at POST /twofa/factors/${channel}, or see yours at GET /twofa/factors.`,
  });

export const addGenerate = (app: OpenAPIHono<WorkerEnv<TwofaServices>>): void => {
  app.openapi(route, async (context) => {
    const { principal, services } = context.var;
    const { channel, factorId } = context.req.valid("json");
    const { subject: userId, sessionId } = principal;
    const what = { action: CONFIRM_IDENTITY, purpose: null };
    const generated = await generateCode(services, { userId, sessionId, channel, factorId, ...what });
    if (generated.outcome === "no-factor") throw noSuchFactor(channel);
    if (generated.outcome !== "sent") throw notSent(channel, generated);
    const { challengeId, destination, expiresAtMs } = generated;
    const expiresAt = new Date(expiresAtMs).toISOString();
    context.header("cache-control", "no-store");
    return context.json({ challengeId, channel, destination: maskDestination(destination), expiresAt }, 202);
  });
};
