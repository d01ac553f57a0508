import { createRoute, z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { json, jsonBody, page, pageQuery, problems } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { scopesBeyond } from "../domain/rights.ts";
import type { Service } from "../domain/service.ts";
import { type KmsApp, record } from "./frame.ts";
import { scopeName, wantedScopes } from "./scope-name.ts";

const MAX_NAME_CHARACTERS = 64;
const MAX_ROTATE_AFTER_DAYS = 3650;

const serviceName = z
  .string()
  .max(MAX_NAME_CHARACTERS)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "must be lower-case letters and digits, in words joined by single hyphens")
  .refine((name) => name !== FIRST_PARTY_CLIENT, "is reserved");

const newService = z.strictObject({
  name: serviceName,
  scopes: wantedScopes,
  rotateAfterDays: z.int().min(1).max(MAX_ROTATE_AFTER_DAYS).optional(),
});

const serviceAnswer = z
  .object({
    name: z.string(),
    scopes: z.array(scopeName),
    rotateAfterDays: z.int().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi("Service");

const toAnswer = ({ name, scopes, rotateAfterDays, createdAt }: Service): z.infer<typeof serviceAnswer> => ({
  name,
  scopes,
  rotateAfterDays,
  createdAt: createdAt.toISOString(),
});

const byName = z.object({ name: z.string() });

const createService = createRoute({
  method: "post",
  path: "/services",
  tags: ["Services"],
  summary: "Register a service",
  request: { body: jsonBody(newService) },
  responses: {
    201: json(serviceAnswer, "The new service"),
    ...problems("unauthenticated", "forbidden", "conflict", "invalid-input", "unavailable"),
  },
});

const listServices = createRoute({
  method: "get",
  path: "/services",
  tags: ["Services"],
  summary: "List the services, by name",
  request: { query: pageQuery },
  responses: {
    200: json(page(serviceAnswer), "A page of services"),
    ...problems("unauthenticated", "forbidden", "invalid-input", "unavailable"),
  },
});

const readService = createRoute({
  method: "get",
  path: "/services/{name}",
  tags: ["Services"],
  summary: "Read a service",
  request: { params: byName },
  responses: {
    200: json(serviceAnswer, "The service"),
    ...problems("unauthenticated", "forbidden", "not-found", "unavailable"),
  },
});

const deleteService = createRoute({
  method: "delete",
  path: "/services/{name}",
  tags: ["Services"],
  summary: "Delete a service and all its keys, which are refused everywhere within 5 seconds",
  request: { params: byName },
  responses: {
    204: { description: "The service is gone" },
    ...problems("unauthenticated", "step-up-required", "forbidden", "not-found", "unavailable"),
  },
});

/** The answer where a service is not there. */
export const noSuchService = () => problem("not-found", { detail: "There is no such service." });

export const addServices = (app: KmsApp): void => {
  app.openapi(createService, async (context) => {
    const { name, scopes, rotateAfterDays } = context.req.valid("json");
    const { services, now } = context.var.services;
    if (scopesBeyond(scopes, context.var.principal.scopes).length > 0)
      throw problem("forbidden", { detail: "These scopes are more than you may use yourself." });
    const service: Service = {
      name,
      scopes: [...new Set(scopes)],
      rotateAfterDays: rotateAfterDays ?? null,
      createdAt: new Date(now()),
    };
    if (!(await services.insert(service))) throw problem("conflict", { detail: "This name is taken." });
    record(context, { action: "service.create", outcome: "success", target: name });
    return context.json(toAnswer(service), 201);
  });

  app.openapi(listServices, async (context) => {
    const { limit, after } = context.req.valid("query");
    const services = await context.var.services.services.list(limit + 1, decodeCursor(after));
    const { items, next } = toPage(services, limit, (service) => service.name);
    return context.json({ items: items.map(toAnswer), next }, 200);
  });

  app.openapi(readService, async (context) => {
    const service = await context.var.services.services.find(context.req.valid("param").name);
    if (!service) throw noSuchService();
    return context.json(toAnswer(service), 200);
  });

  app.openapi(deleteService, async (context) => {
    const { name } = context.req.valid("param");
    const { services, now } = context.var.services;
    if (!(await services.remove(name, new Date(now())))) throw noSuchService();
    record(context, { action: "service.delete", outcome: "success", target: name });
    return context.body(null, 204);
  });
};
