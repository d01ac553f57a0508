import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { renderSVG } from "uqr";
import { fieldErrors, type WorkerEnv } from "#shared/http/app.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { confirmTotp, enrolTotp } from "../domain/enrolment.ts";
import type { TwofaServices } from "../services.ts";
import { totpCode } from "./code.ts";
import { confirmedBody, confirmedSchema } from "./confirmed.ts";
import { factorName, MAX_NAME_LENGTH } from "./factor-name.ts";
import { assertMayAddFactor, tooManyFactors } from "./refusals.ts";

const DEFAULT_NAME = "Authenticator app";
/** ISO/IEC 18004 asks for a quiet zone of four modules. */
const QUIET_ZONE_MODULES = 4;

const enrolSchema = z.strictObject({ name: factorName(DEFAULT_NAME) });

/** The body may be left out altogether, which the declared validators cannot express. */
const parseEnrolment = (body: string): z.infer<typeof enrolSchema> => {
  const parsed = enrolSchema.safeParse(body === "" ? {} : parseJson(body));
  if (parsed.success) return parsed.data;
  throw problem("invalid-input", {
    detail: "Some fields are not as they should be.",
    errors: fieldErrors("json", parsed.error.issues),
  });
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw problem("malformed-request", { detail: "The request body cannot be parsed." });
  }
};

const enrolRoute = createRoute({
  method: "post",
  path: "/factors/totp",
  tags: ["Second factor"],
  summary: "Enrol an authenticator app; it is not active until you confirm a code of it",
  request: {
    body: {
      required: false,
      content: {
        "application/json": {
          schema: {
            type: "object",
            additionalProperties: false,
            properties: { name: { type: "string", minLength: 1, maxLength: MAX_NAME_LENGTH } },
          },
        },
      },
    },
  },
  responses: {
    201: json(
      z.object({
        factorId: z.uuid(),
        secret: z.string().openapi({ description: "Base32; shown this once" }),
        uri: z.string().openapi({ example: "otpauth://totp/Fountain:…?secret=…&issuer=Fountain" }),
        qrSvg: z.string().openapi({ description: "The URI as a QR code, as SVG text" }),
      }),
      "The secret to put into the authenticator app",
    ),
    ...problems("malformed-request", "unauthenticated", "step-up-required", "forbidden", "conflict", "invalid-input"),
  },
});

const confirmRoute = createRoute({
  method: "post",
  path: "/factors/totp/confirm",
  tags: ["Second factor"],
  summary: "Make an enrolled authenticator app active, by a code of it",
  request: { body: jsonBody(z.strictObject({ factorId: z.string().min(1).max(64), code: totpCode })) },
  responses: {
    200: json(confirmedSchema, "The factor is active"),
    ...problems("malformed-request", "unauthenticated", "step-up-required", "code-refused", "forbidden"),
    ...problems("not-found", "conflict", "invalid-input", "too-many-attempts", "unavailable"),
  },
});

export const addTotp = (app: OpenAPIHono<WorkerEnv<TwofaServices>>): void => {
  app.openapi(enrolRoute, async (context) => {
    const { principal, services } = context.var;
    assertMayAddFactor(principal, await services.factors.hasConfirmed(principal.subject), services.now());
    const { name } = parseEnrolment(await context.req.text());
    const enrolled = await enrolTotp(services, principal.subject, name);
    if (!enrolled.ok) throw tooManyFactors();
    const qrSvg = renderSVG(enrolled.value.uri, { border: QUIET_ZONE_MODULES });
    context.header("cache-control", "no-store");
    return context.json({ ...enrolled.value, qrSvg }, 201);
  });

  app.openapi(confirmRoute, async (context) => {
    const { principal, services } = context.var;
    const userId = principal.subject;
    const hasFactor = await services.factors.hasConfirmed(userId);
    assertMayAddFactor(principal, hasFactor, services.now());
    const confirmed = await confirmTotp(services, { userId, asFirst: !hasFactor, ...context.req.valid("json") });
    context.header("cache-control", "no-store");
    return context.json(confirmedBody(confirmed), 200);
  });
};
