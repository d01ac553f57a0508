import { z } from "@hono/zod-openapi";
import { renderSVG } from "uqr";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { CONFIRMED_EXAMPLE, confirmedBody, confirmedSchema } from "../http/confirmed.ts";
import { optionalName, parseOptionalName } from "../http/factor-name.ts";
import { assertMayAddFactor, tooManyFactors } from "../http/refusals.ts";
import { codeOf } from "../http/typed-code-field.ts";
import { confirmTotp, enrolTotp } from "./enrolment.ts";
import { parseTotpCode } from "./totp.ts";

const DEFAULT_NAME = "Authenticator app";
/** ISO/IEC 18004 asks for a quiet zone of four modules. */
const QUIET_ZONE_MODULES = 4;

const totpCode = codeOf(parseTotpCode, "a code has 6 digits", "123456");

const enrol = endpoint("POST /factors/totp", {
  operationId: "twofa.enrolTotp",
  tags: ["Second factor"],
  summary: "Enrol an authenticator app; it is not active until you confirm one of its codes",
  description:
    "Show the user `qrSvg`, or let them type `secret`, then confirm with a code of the app at POST " +
    "/twofa/factors/totp/confirm.",
  body: optionalName("Mara's phone"),
  responses: {
    201: created(
      z.object({
        factorId: z.uuid(),
        secret: z.string().openapi({ description: "Base32; only this response contains it" }),
        uri: z.string().openapi({ description: "For the authenticator app; it holds the secret" }),
        qrSvg: z.string().openapi({ description: "The URI as a QR code, as SVG text" }),
      }),
      "The secret for the authenticator app",
      {
        factorId: EXAMPLE.factorId,
        secret: "JBSWY3DP…",
        uri: "otpauth://totp/Fountain:mara?secret=JBSWY3DP…&issuer=Fountain",
        qrSvg: '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
      },
    ),
  },
  errors: ["conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertMayAddFactor(principal, await services.factors.hasConfirmed(principal.subject), services.now());
    const name = parseOptionalName(await context.req.text(), DEFAULT_NAME);
    const enrolled = await enrolTotp(services, principal.subject, name);
    if (!enrolled.ok) throw tooManyFactors();
    const qrSvg = renderSVG(enrolled.value.uri, { border: QUIET_ZONE_MODULES });
    context.header("cache-control", "no-store");
    context.header("location", locationOf("twofa", "GET /factors/{id}", enrolled.value.factorId));
    return context.json({ ...enrolled.value, qrSvg }, 201);
  },
});

const confirm = endpoint("POST /factors/totp/confirm", {
  operationId: "twofa.confirmTotp",
  tags: ["Second factor"],
  summary: "Activate an enrolled authenticator app with one of its codes",
  body: jsonBody(z.strictObject({ factorId: reference(), code: totpCode }), {
    factorId: EXAMPLE.factorId,
    code: "123456",
  }),
  responses: {
    200: json(confirmedSchema, "The factor is active", CONFIRMED_EXAMPLE),
  },
  errors: ["code-refused", "not-found", "conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const userId = principal.subject;
    const hasFactor = await services.factors.hasConfirmed(userId);
    assertMayAddFactor(principal, hasFactor, services.now());
    const confirmed = await confirmTotp(services, { userId, asFirst: !hasFactor, ...context.req.valid("json") });
    context.header("cache-control", "no-store");
    return context.json(confirmedBody(confirmed), 200);
  },
});

export const totpEndpoints = [enrol, confirm];
