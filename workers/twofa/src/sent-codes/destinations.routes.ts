import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { parsedText, reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { TwofaServices } from "../composition/services.ts";
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

const enrolRoute = <Body extends z.ZodType>(
  channel: SendingChannel,
  summary: string,
  body: Body,
  { sent, masked }: { sent: z.input<Body>; masked: string },
) =>
  createRoute({
    method: "post",
    path: `/factors/${channel}`,
    operationId: channel === "email" ? "twofa.enrolEmail" : "twofa.enrolPhone",
    tags: ["Second factor"],
    summary,
    request: { body: jsonBody(body, sent) },
    responses: {
      201: json(enrolledSchema, "A code was sent to the destination", {
        factorId: EXAMPLE.factorId,
        channel,
        destination: masked,
        expiresAt: EXAMPLE.minutesLater,
      }),
      ...problems("conflict", "too-many-attempts", "channel-unavailable", "delivery-failed"),
    },
  });

const emailRoute = enrolRoute(
  "email",
  "Enrol an email address; it is not active until you confirm the code sent to it",
  z.strictObject({
    address: destination(parseAddress, "must be an email address", "ann@example.org"),
    name: factorName("Email"),
  }),
  { sent: { address: EXAMPLE.email, name: "Work" }, masked: maskDestination(EXAMPLE.email) },
);

const smsRoute = enrolRoute(
  "sms",
  "Enrol a phone; it is not active until you confirm the code sent to it",
  z.strictObject({
    phone: destination(
      parsePhone,
      "must be a phone number in E.164 format: +, country code and number",
      "+4915112345678",
    ),
    name: factorName("Phone"),
  }),
  { sent: { phone: "+4915112345678", name: "Mara's phone" }, masked: maskDestination("+4915112345678") },
);

const confirmRoute = createRoute({
  method: "post",
  path: "/factors/{id}/confirm",
  operationId: "twofa.confirmDestination",
  tags: ["Second factor"],
  summary: "Activate an enrolled email address or phone with the code sent to it",
  request: {
    params: z.object({ id: reference() }),
    body: jsonBody(z.strictObject({ code: sentCode }), { code: "12345678" }),
  },
  responses: {
    200: json(confirmedSchema, "The factor is active", { ...CONFIRMED_EXAMPLE, recoveryCodes: [] }),
    ...problems("code-refused", "not-found", "conflict", "too-many-attempts"),
  },
});

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
  context: Context<WorkerEnv<TwofaServices>>,
  channel: SendingChannel,
  typed: { destination: string; name: string },
): Promise<z.infer<typeof enrolledSchema>> => {
  const { principal, services } = context.var;
  const { subject: userId, sessionId } = principal;
  assertMayAddFactor(principal, await services.factors.hasConfirmed(userId), services.now());
  const enrolled = await enrolDestination(services, { userId, sessionId, channel, ...typed });
  if (!enrolled.ok) throw refusalOf(channel, enrolled.error);
  return {
    factorId: enrolled.value.factorId,
    channel,
    destination: maskDestination(typed.destination),
    expiresAt: new Date(enrolled.value.expiresAtMs).toISOString(),
  };
};

export const addDestinations = (app: OpenAPIHono<WorkerEnv<TwofaServices>>): void => {
  app.openapi(emailRoute, async (context) => {
    const { address, name } = context.req.valid("json");
    return context.json(await enrol(context, "email", { destination: address, name }), 201);
  });

  app.openapi(smsRoute, async (context) => {
    const { phone, name } = context.req.valid("json");
    return context.json(await enrol(context, "sms", { destination: phone, name }), 201);
  });

  app.openapi(confirmRoute, async (context) => {
    const { principal, services } = context.var;
    const { subject: userId, sessionId } = principal;
    const hasFactor = await services.factors.hasConfirmed(userId);
    assertMayAddFactor(principal, hasFactor, services.now());
    const { id: factorId } = context.req.valid("param");
    const { code } = context.req.valid("json");
    const confirmed = await confirmDestination(services, { userId, sessionId, factorId, code, asFirst: !hasFactor });
    context.header("cache-control", "no-store");
    return context.json(confirmedBody(confirmed), 200);
  });
};
