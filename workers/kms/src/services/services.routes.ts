import { z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { integer, reference, text } from "#shared/contracts/input.ts";
import { looksLikeUserId } from "#shared/contracts/principal.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { looksTaken } from "../accounts/look-alikes.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { unknownScopes, wantedScopes } from "../http/scope-name.ts";
import {
  assertWebhookUrl,
  MAX_SERVICE_NAME_CHARACTERS,
  noSuchService,
  SERVICE_EXAMPLE,
  SERVICE_REFUSALS,
  scopesNotHeld,
  serviceBody,
  toServiceBody,
  webhookUrl,
} from "../http/service-response.ts";

import type { EntryFailure, ServiceChangeFailure } from "./service-registry.ts";

const MAX_ROTATE_AFTER_DAYS = 3650;

const serviceName = text({ max: MAX_SERVICE_NAME_CHARACTERS })
  .refine((name) => !looksLikeUserId(name), "must not look like a user's id")
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case letters and digits, in words joined by single hyphens")
  .refine((name) => name !== FIRST_PARTY_CLIENT, "is reserved");

const rotateAfterDays = integer({ min: 1, max: MAX_ROTATE_AFTER_DAYS });

const newService = z.strictObject({
  name: serviceName,
  scopes: wantedScopes,
  rotateAfterDays: rotateAfterDays.optional(),
  webhookUrl: webhookUrl.optional().openapi({ description: "The URL that rotations and leaks are reported to" }),
});

const serviceChange = z.strictObject({
  scopes: wantedScopes.optional(),
  rotateAfterDays: rotateAfterDays.nullable().optional().openapi({ description: "`null`: keys may grow any age" }),
});

const byName = z.object({ name: reference() });

const entryRefused = (scopes: readonly string[], error: EntryFailure): Problem => {
  switch (error.kind) {
    case "looks-like":
      return problem("conflict", { detail: looksTaken(error.other) });
    case "unknown-scopes":
      return unknownScopes("scopes", scopes, error.unknown);
    case "not-held":
      return scopesNotHeld();
    case "taken":
      return problem("conflict", { detail: "This name is taken. Choose another." });
  }
};

const createService = endpoint("POST /services", {
  operationId: "kms.createService",
  tags: ["Services"],
  summary: "Register a service",
  description:
    "`scopes` limit what the service's keys may do. With `rotateAfterDays` its keys are rotated on schedule, and the " +
    "new ones are sent to `webhookUrl`: without a webhook nothing is rotated.",
  body: jsonBody(newService, {
    name: EXAMPLE.service,
    scopes: ["search:read", "sequence:write"],
    rotateAfterDays: 90,
    webhookUrl: "https://editor.example.org/hooks/fountain",
  }),
  responses: {
    201: created(
      serviceBody.extend({ webhookSecret: z.string().optional(), ...warningFields }).openapi("NewService"),
      "The new service; only this response contains the secret of its webhook",
      { ...SERVICE_EXAMPLE, webhookSecret: "whsec_…" },
    ),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "credential");
    const wanted = context.req.valid("json");
    const { serviceRegistry } = context.var.services;
    if (wanted.webhookUrl !== undefined) assertWebhookUrl(context, "#/webhookUrl", wanted.webhookUrl);
    const entered = await serviceRegistry.enter(wanted, grantor);
    if (!entered.ok) throw entryRefused(wanted.scopes, entered.error);
    const { service, webhookSecret } = entered.value;
    const body = { ...toServiceBody(service), ...(webhookSecret && { webhookSecret }), ...warningsTo(grantor) };
    context.header("location", locationOf("kms", "GET /services/{name}", service.name));
    return context.json(body, 201, NO_STORE);
  },
});

const listServices = endpoint("GET /services", {
  operationId: "kms.listServices",
  tags: ["Services"],
  summary: "List the services by name",
  query: pageQuery.extend({
    search: text({ min: 1, max: MAX_SERVICE_NAME_CHARACTERS })
      .optional()
      .openapi({ description: "Part of a name, case-insensitive" }),
  }),
  responses: {
    200: json(page(serviceBody), "A page of services", pageOf(SERVICE_EXAMPLE)),
  },
  handle: async (context) => {
    const { limit, after, search } = context.req.valid("query");
    const services = await context.var.services.services.list(limit + 1, decodeCursor(after), search);
    const { items, next } = toPage(services, limit, (service) => service.name);
    return context.json({ items: items.map(toServiceBody), next }, 200);
  },
});

const readService = endpoint("GET /services/{name}", {
  operationId: "kms.getService",
  tags: ["Services"],
  summary: "Read a service",
  params: byName,
  responses: {
    200: json(serviceBody, "The service", SERVICE_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const service = await context.var.services.services.find(context.req.valid("param").name);
    if (!service) throw noSuchService();
    return context.json(toServiceBody(service), 200);
  },
});

const CHANGE_CONFLICT = "This service was changed at the same time. Read it before you retry.";

const changeRefused = (scopes: readonly string[], error: ServiceChangeFailure): Problem => {
  switch (error.kind) {
    case "unknown-scopes":
      return unknownScopes("scopes", scopes, error.unknown);
    case "superseded":
      return problem("conflict", { detail: CHANGE_CONFLICT });
    default:
      return SERVICE_REFUSALS[error.kind]();
  }
};

const updateService = endpoint("PATCH /services/{name}", {
  operationId: "kms.updateService",
  tags: ["Services"],
  summary: "Change what a service may do, or how old its keys may grow; what is left out stays",
  description:
    "Its keys never exceed `scopes`: what is taken away they lose within 5 seconds, and their access tokens are void. A key " +
    "that was created with a scope has it again once the service has.",
  params: byName,
  body: jsonBody(serviceChange, { scopes: ["search:read", "sequence:write"], rotateAfterDays: 90 }),
  responses: {
    200: json(serviceBody, "The service", SERVICE_EXAMPLE),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("param");
    const wanted = context.req.valid("json");
    const grantor = grantorOf(context, principal, "credential");
    const changed = await context.var.services.serviceRegistry.change(name, wanted, grantor);
    if (!changed.ok) throw changeRefused(wanted.scopes ?? [], changed.error);
    return context.json(toServiceBody(changed.value), 200);
  },
});

const deleteService = endpoint("DELETE /services/{name}", {
  operationId: "kms.deleteService",
  tags: ["Services"],
  summary: "Delete a service and all its keys; every worker refuses them within 5 seconds",
  params: byName,
  responses: {
    204: { description: "The service is deleted" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("param");
    const removed = await context.var.services.serviceRegistry.remove(name, principal);
    if (!removed.ok) throw SERVICE_REFUSALS[removed.error.kind]();
    return context.body(null, 204);
  },
});

export const servicesEndpoints = [createService, listServices, readService, updateService, deleteService];
