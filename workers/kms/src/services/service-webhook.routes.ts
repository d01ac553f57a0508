import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { grantorOf } from "../http/granting.ts";
import { assertWebhookUrl, SERVICE_REFUSALS, webhookUrl } from "../http/service-response.ts";

const byName = z.object({ name: reference() });

const setWebhook = endpoint("PUT /services/{name}/webhook", {
  operationId: "kms.setWebhook",
  tags: ["Services"],
  summary: "Set the webhook that reports rotations and leaks to the owner (Standard Webhooks)",
  params: byName,
  body: jsonBody(z.strictObject({ url: webhookUrl }), { url: "https://editor.example.org/hooks/fountain" }),
  responses: {
    200: json(
      z.object({ url: z.string(), secret: z.string() }).openapi("Webhook"),
      "The URL, and a new secret to verify messages with; only this response contains it",
      { url: "https://editor.example.org/hooks/fountain", secret: "whsec_…" },
    ),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("param");
    const { url } = context.req.valid("json");
    const grantor = grantorOf(context, principal, "credential");
    assertWebhookUrl(context, "#/url", url);
    const set = await context.var.services.serviceRegistry.setWebhook(name, url, grantor);
    if (!set.ok) throw SERVICE_REFUSALS[set.error.kind]();
    return context.json({ url, secret: set.value }, 200, NO_STORE);
  },
});

const removeWebhook = endpoint("DELETE /services/{name}/webhook", {
  operationId: "kms.deleteWebhook",
  tags: ["Services"],
  summary: "Remove the webhook; pending messages are discarded",
  params: byName,
  responses: {
    204: { description: "The webhook is removed" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("param");
    const removed = await context.var.services.serviceRegistry.removeWebhook(name, principal);
    if (!removed.ok) throw SERVICE_REFUSALS[removed.error.kind]();
    return context.body(null, 204);
  },
});

export const serviceWebhookEndpoints = [setWebhook, removeWebhook];
