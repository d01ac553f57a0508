/** Services as the API shows them, and the problems of one. */
import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { Service } from "../services/service.ts";
import { MAX_WEBHOOK_URL_CHARACTERS } from "../services/webhook-url.ts";
import type { KmsContext } from "./context.ts";
import { scopeName } from "./scope-name.ts";

export const MAX_SERVICE_NAME_CHARACTERS = 64;

/** The longest address that webhooks can go to. */
export const webhookUrl = text({ max: MAX_WEBHOOK_URL_CHARACTERS });

export const serviceBody = z
  .object({
    name: z.string(),
    scopes: z.array(scopeName),
    rotateAfterDays: z.int().nullable(),
    createdAt: z.iso.datetime(),
    webhookUrl: z.string().nullable(),
    rotationBlocked: z.enum(["no-webhook"]).nullable().openapi({
      description:
        "Why the keys are not rotated on schedule although `rotateAfterDays` is set: no webhook receives new keys",
    }),
  })
  .openapi("Service");

export const SERVICE_EXAMPLE: z.input<typeof serviceBody> = {
  name: EXAMPLE.service,
  scopes: ["search:read", "sequence:write"],
  rotateAfterDays: 90,
  createdAt: EXAMPLE.created,
  webhookUrl: "https://editor.example.org/hooks/fountain",
  rotationBlocked: null,
};

export const toServiceBody = ({ createdAt, ...service }: Service): z.infer<typeof serviceBody> => ({
  ...service,
  rotationBlocked: service.rotateAfterDays !== null && service.webhookUrl === null ? "no-webhook" : null,
  createdAt: createdAt.toISOString(),
});

/** The problem of an unknown service. */
export const noSuchService = (): Problem => problem("not-found", { detail: "No service has this name." });

export const scopesNotHeld = (): Problem =>
  problem("forbidden", { detail: "This service has scopes that you do not have." });

/** The problems of a change of a service, or of its keys, that is not made. */
export const SERVICE_REFUSALS = { unknown: noSuchService, "not-held": scopesNotHeld };

/** Refuses with 422 an address that webhooks cannot go to. */
export const assertWebhookUrl = (context: KmsContext, pointer: string, url: string): void => {
  const detail = context.var.services.serviceRegistry.webhookFault(url);
  if (detail === undefined) return;
  throw problem("invalid-input", { detail: "Webhooks cannot be sent to this URL.", errors: [{ pointer, detail }] });
};
