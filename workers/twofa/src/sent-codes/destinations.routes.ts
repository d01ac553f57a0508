import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { parsedText, reference } from "#shared/contracts/input.ts";
import type { Language } from "#shared/contracts/mails.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import type { TwofaServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { CONFIRMED_EXAMPLE, confirmedBody, confirmedSchema } from "../http/confirmed.ts";
import { factorName } from "../http/factor-name.ts";
import { notSent } from "../http/not-sent.ts";
import { assertMayAddFactor, tooManyFactors } from "../http/refusals.ts";
import { codeOf } from "../http/typed-code-field.ts";
import type { SendingChannel } from "../model/challenge.ts";
import { maskDestination, parseAddress, parsePhone } from "../model/destination.ts";
import { confirmDestination, type EnrolmentFailure, enrolDestination } from "./destination-factor.ts";
import { parseOneTimeCode } from "./one-time-code.ts";

const sentCode = codeOf(parseOneTimeCode, "a sent code has 8 digits", "12345678");

const MAX_TYPED_LENGTH = 320;

const destination = (parse: (typed: string) => string | undefined, fault: string, example: string) =>
  parsedText({ max: MAX_TYPED_LENGTH }, parse, fault).openapi({ example });

const enrolledSchema = z.object({
  factorId: z.uuid(),
  channel: z.enum(["email", "sms"]),
  destination: z.string().openapi({ description: "Masked" }),
  expiresAt: z.iso.datetime().openapi({ description: "When the code for the confirmation expires" }),
});

const enrolled = (channel: SendingChannel, masked: string) => ({
  201: created(enrolledSchema, "A code was sent to the destination", {
    factorId: EXAMPLE.factorId,
    channel,
    destination: masked,
    expiresAt: EXAMPLE.minutesLater,
  }),
});

const ENROLMENT_ERRORS = ["conflict", "too-many-attempts", "channel-unavailable", "delivery-failed"] as const;

const FIELDS: Record<SendingChannel, string> = { email: "#/address", sms: "#/phone" };

const refusalOf = (channel: SendingChannel, error: EnrolmentFailure): Problem => {
  switch (error.kind) {
    case "too-many-factors":
      return tooManyFactors();
    case "known-destination":
      return problem("conflict", { detail: "This is already one of your factors." });
    case "undelivered":
      if (error.reason !== "no-such-destination") return notSent(channel, error);
      return problem("invalid-input", {
        detail: "One or more fields are invalid.",
        errors: [{ pointer: FIELDS[channel], detail: "messages cannot be delivered to this destination" }],
      });
    case "channel-unavailable":
    case "too-many-sends":
      return notSent(channel, error);
  }
};

const enrol = async (
  services: TwofaServices,
  principal: Principal,
  channel: SendingChannel,
  typed: { destination: string; name: string; language: Language | undefined },
): Promise<z.infer<typeof enrolledSchema>> => {
  const { subject: userId, sessionId } = principal;
  assertMayAddFactor(principal, await services.factors.hasConfirmed(userId), services.now());
  const enrolment = await enrolDestination(services, { userId, sessionId, channel, ...typed });
  if (!enrolment.ok) throw refusalOf(channel, enrolment.error);
  return {
    factorId: enrolment.value.factorId,
    channel,
    destination: maskDestination(typed.destination),
    expiresAt: new Date(enrolment.value.expiresAtMs).toISOString(),
  };
};

const enrolEmail = endpoint("POST /factors/email", {
  operationId: "twofa.enrolEmail",
  tags: ["Second factor"],
  summary: "Enrol an email address; it is not active until you confirm the code sent to it",
  body: jsonBody(
    z.strictObject({
      address: destination(parseAddress, "must be an email address", "ann@example.org"),
      name: factorName("Email"),
    }),
    { address: EXAMPLE.email, name: "Work" },
  ),
  responses: enrolled("email", maskDestination(EXAMPLE.email)),
  errors: ENROLMENT_ERRORS,
  handle: async (context, principal) => {
    const { address, name } = context.req.valid("json");
    const language = preferredLanguage(context.var.fields.get("accept-language"));
    const sent = { destination: address, name, language };
    const body = await enrol(context.var.services, principal, "email", sent);
    context.header("location", locationOf("twofa", "GET /factors/{id}", body.factorId));
    return context.json(body, 201);
  },
});

const enrolPhone = endpoint("POST /factors/sms", {
  operationId: "twofa.enrolPhone",
  tags: ["Second factor"],
  summary: "Enrol a phone; it is not active until you confirm the code sent to it",
  body: jsonBody(
    z.strictObject({
      phone: destination(
        parsePhone,
        "must be a phone number in E.164 format: +, country code and number",
        "+4915112345678",
      ),
      name: factorName("Phone"),
    }),
    { phone: "+4915112345678", name: "Mara's phone" },
  ),
  responses: enrolled("sms", maskDestination("+4915112345678")),
  errors: ENROLMENT_ERRORS,
  handle: async (context, principal) => {
    const { phone, name } = context.req.valid("json");
    const language = preferredLanguage(context.var.fields.get("accept-language"));
    const sent = { destination: phone, name, language };
    const body = await enrol(context.var.services, principal, "sms", sent);
    context.header("location", locationOf("twofa", "GET /factors/{id}", body.factorId));
    return context.json(body, 201);
  },
});

const confirm = endpoint("POST /factors/{id}/confirm", {
  operationId: "twofa.confirmDestination",
  tags: ["Second factor"],
  summary: "Activate an enrolled email address or phone with the code sent to it",
  params: z.object({ id: reference() }),
  body: jsonBody(z.strictObject({ code: sentCode }), { code: "12345678" }),
  responses: {
    200: json(confirmedSchema, "The factor is active", { ...CONFIRMED_EXAMPLE, recoveryCodes: [] }),
  },
  errors: ["code-refused", "not-found", "conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { subject: userId, sessionId } = principal;
    const hasFactor = await services.factors.hasConfirmed(userId);
    assertMayAddFactor(principal, hasFactor, services.now());
    const { id: factorId } = context.req.valid("param");
    const { code } = context.req.valid("json");
    const confirmed = await confirmDestination(services, { userId, sessionId, factorId, code, asFirst: !hasFactor });
    context.header("cache-control", "no-store");
    return context.json(confirmedBody(confirmed), 200);
  },
});

export const destinationsEndpoints = [enrolEmail, enrolPhone, confirm];
