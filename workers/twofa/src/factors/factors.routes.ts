import { z } from "@hono/zod-openapi";
import { assertMayGrant } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import type { TwofaServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { isSendingChannel } from "../model/challenge.ts";
import { maskDestination } from "../model/destination.ts";
import { FACTOR_TYPES, factorKey, type ListedFactor } from "../model/factor.ts";
import { removeFactor } from "./removal.ts";

const factorSchema = z
  .object({
    factorId: z.uuid(),
    type: z.enum(FACTOR_TYPES),
    name: z.string(),
    destination: z
      .string()
      .optional()
      .openapi({ description: "The destination of codes, masked", example: "a***@e***.org" }),
    transports: z.array(z.string()).optional().openapi({ description: "How browsers reach a passkey" }),
    backedUp: z.boolean().optional().openapi({ description: "Whether the passkey is backed up" }),
    disabledAt: z.iso
      .datetime()
      .nullable()
      .optional()
      .openapi({ description: "When a passkey was disabled, because a copy of it may exist; remove it" }),
    createdAt: z.iso.datetime(),
    confirmedAt: z.iso.datetime().nullable().openapi({ description: "null: enrolled but not active" }),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .openapi("Factor");

const FACTOR_EXAMPLE: z.input<typeof factorSchema> = {
  factorId: EXAMPLE.factorId,
  type: "totp",
  name: "Mara's phone",
  createdAt: EXAMPLE.created,
  confirmedAt: EXAMPLE.created,
  lastUsedAt: EXAMPLE.today,
};

const instant = (atMs: number): string => new Date(atMs).toISOString();

const destinationOf = async ({ vault }: TwofaServices, userId: string, { id, type, sealedSecret }: ListedFactor) =>
  isSendingChannel(type)
    ? { destination: maskDestination(await vault.openSecret(userId, id, sealedSecret)) }
    : undefined;

const passkeyOf = ({ passkey }: ListedFactor) =>
  passkey === null
    ? undefined
    : {
        transports: [...passkey.transports],
        backedUp: passkey.isBackedUp,
        disabledAt: passkey.disabledAtMs === null ? null : instant(passkey.disabledAtMs),
      };

const toJson = (factor: ListedFactor): z.infer<typeof factorSchema> => ({
  factorId: factor.id,
  type: factor.type,
  name: factor.name,
  ...passkeyOf(factor),
  createdAt: instant(factor.createdAtMs),
  confirmedAt: factor.confirmedAtMs === null ? null : instant(factor.confirmedAtMs),
  lastUsedAt: factor.lastUsedAtMs === null ? null : instant(factor.lastUsedAtMs),
});

const shown = async (services: TwofaServices, userId: string, factor: ListedFactor) => ({
  ...toJson(factor),
  ...(await destinationOf(services, userId, factor)),
});

const pageOfFactors = async (services: TwofaServices, userId: string, limit: number, after: string | undefined) => {
  const query = { userId, nowMs: services.now(), limit: limit + 1, after: decodeCursor(after) };
  const { items, next } = toPage(await services.factors.list(query), limit, factorKey);
  return { items: await Promise.all(items.map((factor) => shown(services, userId, factor))), next };
};

const noSuchFactor = () => problem("not-found", { detail: "You have no factor with this id." });

const list = endpoint("GET /factors", {
  operationId: "twofa.listFactors",
  tags: ["Second factor"],
  summary: "List your second factors, oldest first",
  query: pageQuery,
  responses: {
    200: json(page(factorSchema), "Your factors", pageOf(FACTOR_EXAMPLE)),
  },
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    return context.json(await pageOfFactors(context.var.services, principal.subject, limit, after), 200);
  },
});

const read = endpoint("GET /factors/{id}", {
  operationId: "twofa.getFactor",
  tags: ["Second factor"],
  summary: "Read one of your second factors",
  params: z.object({ id: reference() }),
  responses: {
    200: json(factorSchema, "The factor", FACTOR_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context, { subject: userId }) => {
    const { services } = context.var;
    const factorId = context.req.valid("param").id;
    const [factor] = await services.factors.list({ userId, nowMs: services.now(), limit: 1, factorId });
    if (!factor) throw noSuchFactor();
    return context.json(await shown(services, userId, factor), 200);
  },
});

const remove = endpoint("DELETE /factors/{id}", {
  operationId: "twofa.removeFactor",
  tags: ["Second factor"],
  summary: "Remove one of your factors; removing the last one also deletes the recovery codes",
  params: z.object({ id: reference() }),
  responses: {
    204: { description: "Removed" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { services } = context.var;
    // Without the last one, a login alone gives what it protects.
    assertMayGrant("credential", principal, services.now());
    const { id } = context.req.valid("param");
    if (!(await removeFactor(services, principal.subject, id))) throw noSuchFactor();
    return context.body(null, 204);
  },
});

const listOfUser = endpoint("GET /users/{id}/factors", {
  operationId: "twofa.listUserFactors",
  tags: ["Second factor"],
  summary: "List the second factors of a user, oldest first; of no user there are none",
  params: z.object({ id: reference() }),
  query: pageQuery,
  responses: {
    200: json(page(factorSchema), "The user's factors", pageOf(FACTOR_EXAMPLE)),
  },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    return context.json(await pageOfFactors(context.var.services, context.req.valid("param").id, limit, after), 200);
  },
});

export const factorsEndpoints = [list, read, remove, listOfUser];
