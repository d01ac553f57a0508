import { z } from "@hono/zod-openapi";
import { OUTCOMES } from "#shared/contracts/audit.ts";
import { text } from "#shared/contracts/input.ts";
import { looksLikeUserId, userIdOf } from "#shared/contracts/principal.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { instant } from "#shared/http/instant.ts";
import { page, pageQuery } from "#shared/http/openapi.ts";
import { decodeNumber, toPage } from "#shared/http/page.ts";
import { preferredType } from "#shared/semantics/accept.ts";
import { usernameKey } from "../accounts/username.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import type { ExportedEntry } from "./audit-export.ts";
import type { ReadableEntry } from "./audit-reading.ts";

/** Not as its literal type, by which the handler could respond with a list only. */
const JSON_LINES: string = "application/x-ndjson";

/** As long as the words that other workers may report. */
const MAX_FILTER_CHARACTERS = 300;
const filtered = text({ min: 1, max: MAX_FILTER_CHARACTERS }).optional();

const entryResponse = z
  .object({
    id: z.int().openapi({ description: "Starts at 1, without gaps" }),
    at: z.iso.datetime(),
    action: z.string(),
    outcome: z.enum(["success", "failure", "refused"]),
    actor: z.string().nullable().openapi({ description: "A user's id, `service:NAME` or `worker:NAME`" }),
    actingService: z
      .string()
      .nullable()
      .openapi({ description: "The service that acted for the actor, by name, or the application, by its client_id" }),
    target: z.string().nullable(),
    reason: z.string().nullable(),
    count: z.int().openapi({ description: "How many events the entry aggregates" }),
    requestId: z.string().nullable(),
    address: z
      .string()
      .nullable()
      .openapi({ description: "Also null once the actor, or the user it concerned, is erased" }),
    personal: z.record(z.string(), z.string()).nullable().openapi({ description: "Also null once it is erased" }),
    link: z
      .string()
      .nullable()
      .openapi({ description: "Its link in the chain; null until it is sealed, moments after it is written" }),
  })
  .openapi("AuditEntry");

const ENTRY_EXAMPLE: z.input<typeof entryResponse> = {
  id: 1_204,
  at: EXAMPLE.today,
  action: "login",
  outcome: "success",
  actor: EXAMPLE.userId,
  actingService: null,
  target: EXAMPLE.sessionId,
  reason: null,
  count: 1,
  requestId: EXAMPLE.requestId,
  address: EXAMPLE.address,
  personal: null,
  link: "b7c1d0…",
};

const toResponse = (entry: ReadableEntry): z.infer<typeof entryResponse> => {
  const { id, at, action, outcome, actor, actingService, target, reason, count, requestId, ...rest } = entry;
  const { address, personal, link } = rest;
  const content = { action, outcome, actor, actingService, target, reason, count, requestId, address, personal, link };
  return { id, at: at.toISOString(), ...content };
};

const filterQuery = z.object({
  actor: filtered.openapi({ description: "A user's id or username, or `service:NAME`" }),
  actingService: filtered.openapi({
    description: "The name of a service that acted for users, or the client_id of an application",
  }),
  action: filtered,
  outcome: z.enum(OUTCOMES).optional(),
  target: filtered.openapi({ description: "What it was done to, as the entry has it" }),
  requestId: filtered,
  from: instant.optional().openapi({ description: "The start, inclusive" }),
  to: instant.optional().openapi({ description: "The end, exclusive" }),
});

const CHUNK_CHARACTERS = 64 * 1024;
const encoder = new TextEncoder();

/** The lines, made as they are read. */
const streamOf = (entries: AsyncGenerator<ExportedEntry>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: async (controller) => {
      let text = "";
      while (text.length < CHUNK_CHARACTERS) {
        const { done, value } = await entries.next();
        if (done) {
          controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += `${JSON.stringify(value)}\n`;
      }
      controller.enqueue(encoder.encode(text));
    },
    cancel: async () => {
      await entries.return(undefined);
    },
  });

const sendLines = async (context: KmsContext, filter: z.infer<typeof filterQuery>): Promise<Response> => {
  const entries = await context.var.services.auditLog.export(filter);
  return new Response(streamOf(entries), { headers: { "content-type": JSON_LINES, vary: "Accept" } });
};

const wantsLines = (context: KmsContext): boolean =>
  preferredType(context.req.header("accept"), ["application/json", JSON_LINES]) === JSON_LINES;

/** A filter for what a person did, by their id, which the trail has, or by the name that a reader knows. */
const withActorId = async <Filter extends { actor?: string | undefined }>(
  { var: { services } }: KmsContext,
  filter: Filter,
): Promise<Filter> => {
  const { actor } = filter;
  if (actor === undefined || userIdOf(actor) === undefined || looksLikeUserId(actor)) return filter;
  const user = await services.users.findCredentials(usernameKey(actor));
  return user === undefined ? filter : { ...filter, actor: user.user.id };
};

const listAuditEntries = endpoint("GET /audit", {
  operationId: "kms.listAuditEntries",
  tags: ["Audit"],
  summary: "List audit entries, newest first; with `Accept: application/x-ndjson`, export all of them, oldest first",
  query: pageQuery.extend(filterQuery.shape),
  responses: {
    200: {
      description: "A page of entries, or all of them as JSON Lines",
      content: {
        "application/json": { schema: page(entryResponse), example: pageOf(ENTRY_EXAMPLE) },
        [JSON_LINES]: { schema: z.string(), example: JSON.stringify(ENTRY_EXAMPLE) },
      },
    },
  },
  handle: async (context) => {
    const { limit, after, ...given } = context.req.valid("query");
    const filter = await withActorId(context, given);
    context.header("vary", "Accept");
    if (wantsLines(context)) return sendLines(context, filter);
    const { auditLog } = context.var.services;
    const entries = await auditLog.list(filter, limit + 1, decodeNumber(after));
    const { items, next } = toPage(entries, limit, (entry) => String(entry.id));
    return context.json({ items: items.map(toResponse), next }, 200);
  },
});

export const auditEndpoints = [listAuditEntries];
