import { z } from "@hono/zod-openapi";
import { grantRefused } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { parsePosition, positionOf } from "../http/position.ts";
import { endOfSession } from "./session.ts";
import type { ListedSession } from "./sessions.ts";

const sessionBody = z
  .object({
    id: z.string(),
    current: z.boolean().openapi({ description: "Whether it is the session of this request" }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().openapi({ description: "The last login or refresh" }),
    expiresAt: z.iso.datetime().openapi({ description: "When it ends if it is not used" }),
    acr: z.enum(["aal1", "aal2"]),
    amr: z.array(z.string()),
    client: z.object({
      id: z.string().openapi({ description: "The OAuth client; `fountain` where users act themselves" }),
      userAgent: z.string().nullable().openapi({ description: "What the software called itself at the login" }),
    }),
    address: z.string().nullable().openapi({ description: "The network address at the login, if it is known" }),
  })
  .openapi("Session");

const toSessionBody = ({ origin, ...session }: ListedSession, currentId: string): z.infer<typeof sessionBody> => ({
  id: session.id,
  current: session.id === currentId,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.usedAt.toISOString(),
  expiresAt: endOfSession(session).toISOString(),
  acr: session.acr,
  amr: session.amr,
  client: { id: session.clientId, userAgent: origin.userAgent ?? null },
  address: origin.address ?? null,
});

const listSessions = endpoint("GET /sessions", {
  operationId: "kms.listSessions",
  tags: ["Accounts"],
  summary: "List the caller's own sessions, latest login first",
  query: pageQuery,
  responses: {
    200: json(
      page(sessionBody),
      "A page of sessions",
      pageOf({
        id: EXAMPLE.sessionId,
        current: true,
        createdAt: EXAMPLE.today,
        lastUsedAt: EXAMPLE.quarterLater,
        expiresAt: EXAMPLE.monthLater,
        acr: "aal1" as const,
        amr: ["pwd"],
        client: { id: "fountain", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
        address: EXAMPLE.address,
      }),
    ),
  },
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    const { services } = context.var;
    const found = await services.sessions.list(principal.subject, limit + 1, parsePosition(after));
    const { items, next } = toPage(found, limit, positionOf);
    return context.json({ items: items.map((session) => toSessionBody(session, principal.sessionId)), next }, 200);
  },
});

const endSession = endpoint("DELETE /sessions/{id}", {
  operationId: "kms.endSession",
  tags: ["Accounts"],
  summary: "End one of the caller's own sessions",
  description: "A narrowed token can end only its own session.",
  params: z.object({ id: reference() }),
  responses: {
    204: { description: "The session has ended; every worker refuses its tokens within 5 seconds" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { id } = context.req.valid("param");
    const { services } = context.var;
    if (principal.narrowed === true && id !== principal.sessionId) throw grantRefused("narrowed");
    const isEnded = await services.sessions.endOwn(principal.subject, id);
    if (!isEnded) throw problem("not-found", { detail: "You have no session with this id." });
    return context.body(null, 204);
  },
});

export const sessionsEndpoints = [listSessions, endSession];
