import { z } from "@hono/zod-openapi";
import {
  challengeId,
  creationOptionsSchema,
  type Registration,
  registrationSchema,
} from "#shared/contracts/webauthn.ts";
import { CHALLENGE_ID, CREATION_OPTIONS_EXAMPLE, REGISTRATION_EXAMPLE } from "#shared/http/examples-of-passkeys.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { CONFIRMED_EXAMPLE, confirmedBody, confirmedSchema } from "../http/confirmed.ts";
import { givenName, optionalName, parseOptionalName } from "../http/factor-name.ts";
import { assertMayAddFactor, passkeyRefused, tooManyFactors } from "../http/refusals.ts";
import { confirmPasskey, enrolPasskey } from "./passkey-enrolment.ts";

const DEFAULT_NAME = "Passkey";

const challengedSchema = creationOptionsSchema
  .extend({ challengeId: z.string(), expiresAt: z.iso.datetime() })
  .openapi("CreationOptions");

/** The browser's response within our body, or as the body itself. */
const bodySchema = z.union([
  z.strictObject({
    response: registrationSchema,
    challengeId: challengeId.optional(),
    name: givenName.optional(),
  }),
  registrationSchema,
]);

interface Sent {
  registration: Registration;
  challengeId?: string | undefined;
  name?: string | undefined;
}

const readBody = (body: z.infer<typeof bodySchema>): Sent =>
  "id" in body
    ? { registration: body }
    : { registration: body.response, challengeId: body.challengeId, name: body.name };

const options = endpoint("POST /factors/webauthn/options", {
  operationId: "twofa.getPasskeyCreationOptions",
  tags: ["Second factor"],
  summary:
    "Start enrolling a passkey or security key: returns the WebAuthn options; the factor is not active until confirmed",
  body: optionalName("Mara's laptop"),
  responses: {
    200: json(challengedSchema, "For navigator.credentials.create()", CREATION_OPTIONS_EXAMPLE),
  },
  errors: ["conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { subject: userId, sessionId } = principal;
    assertMayAddFactor(principal, await services.factors.hasConfirmed(userId), services.now());
    const name = parseOptionalName(await context.req.text(), DEFAULT_NAME);
    const enrolled = await enrolPasskey(services, { userId, sessionId, name });
    if (!enrolled.ok) throw tooManyFactors();
    const { factorId, expiresAtMs, options } = enrolled.value;
    context.header("cache-control", "no-store");
    return context.json({ ...options, challengeId: factorId, expiresAt: new Date(expiresAtMs).toISOString() }, 200);
  },
});

const confirm = endpoint("POST /factors/webauthn", {
  operationId: "twofa.enrolPasskey",
  tags: ["Second factor"],
  summary: "Activate an enrolled passkey with the result of navigator.credentials.create()",
  body: jsonBody(bodySchema, { response: REGISTRATION_EXAMPLE, challengeId: CHALLENGE_ID, name: "Mara's laptop" }),
  responses: {
    201: created(confirmedSchema, "The factor is active", CONFIRMED_EXAMPLE),
  },
  errors: ["code-refused", "not-found", "conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { subject: userId, sessionId } = principal;
    const hasFactor = await services.factors.hasConfirmed(userId);
    assertMayAddFactor(principal, hasFactor, services.now());
    const { registration, challengeId: named, name } = readBody(context.req.valid("json"));
    const request = { userId, sessionId, asFirst: !hasFactor, registration, challengeId: named, name };
    const confirmed = await confirmPasskey(services, request);
    if (!confirmed.ok && confirmed.error.kind === "wrong-code") throw passkeyRefused();
    const body = confirmedBody(confirmed);
    context.header("cache-control", "no-store");
    context.header("location", locationOf("twofa", "GET /factors/{id}", body.factorId));
    return context.json(body, 201);
  },
});

export const webAuthnEndpoints = [options, confirm];
