import { z } from "@hono/zod-openapi";
import { grantRefused } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { assertHeld } from "../accounts/roles.routes.ts";
import { endpoint } from "../endpoint.ts";
import { parsePosition, positionOf } from "../http/position.ts";
import { SESSION_EXAMPLE, sessionBody, toSessionBody } from "../http/session-response.ts";
import { findUser } from "../http/user-response.ts";

const byId = z.object({ id: reference() });

const listSessions = endpoint("GET /sessions", {
  operationId: "kms.listSessions",
  tags: ["Accounts"],
  summary: "List the caller's own sessions, latest login first",
  query: pageQuery,
  responses: {
    200: json(page(sessionBody), "A page of sessions", pageOf(SESSION_EXAMPLE)),
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
  params: byId,
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

const endOtherSessions = endpoint("DELETE /sessions", {
  operationId: "kms.endOtherSessions",
  tags: ["Accounts"],
  summary: "End the caller's other sessions, and keep the one of this request",
  responses: {
    204: { description: "No other session is left; every worker refuses their tokens within 5 seconds" },
  },
  handle: async (context, principal) => {
    if (principal.narrowed === true) throw grantRefused("narrowed");
    await context.var.services.sessions.endAll(principal.subject, principal.subject, principal.sessionId);
    return context.body(null, 204);
  },
});

const listUserSessions = endpoint("GET /users/{id}/sessions", {
  operationId: "kms.listUserSessions",
  tags: ["Accounts"],
  summary: "List the sessions of a user, latest login first",
  params: byId,
  query: pageQuery,
  responses: {
    200: json(page(sessionBody), "A page of sessions", pageOf(SESSION_EXAMPLE)),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    const user = await findUser(context, context.req.valid("param").id);
    const found = await context.var.services.sessions.list(user.id, limit + 1, parsePosition(after));
    const { items, next } = toPage(found, limit, positionOf);
    return context.json({ items: items.map((session) => toSessionBody(session, principal.sessionId)), next }, 200);
  },
});

const endUserSessions = endpoint("DELETE /users/{id}/sessions", {
  operationId: "kms.endUserSessions",
  tags: ["Accounts"],
  summary: "End all sessions of a user, who can log in again",
  params: byId,
  responses: {
    204: { description: "No session is left; every worker refuses their tokens within 5 seconds" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const user = await findUser(context, context.req.valid("param").id);
    await assertHeld(context, principal, user.roles);
    await context.var.services.sessions.endAll(user.id, principal.subject);
    return context.body(null, 204);
  },
});

const endUserSession = endpoint("DELETE /users/{id}/sessions/{sessionId}", {
  operationId: "kms.endUserSession",
  tags: ["Accounts"],
  summary: "End one session of a user, who can log in again",
  params: byId.extend({ sessionId: reference() }),
  responses: {
    204: { description: "The session has ended; every worker refuses its tokens within 5 seconds" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { id, sessionId } = context.req.valid("param");
    const user = await findUser(context, id);
    await assertHeld(context, principal, user.roles);
    const isEnded = await context.var.services.sessions.endOne(user.id, sessionId, principal.subject);
    if (!isEnded) throw problem("not-found", { detail: "This user has no session with this id." });
    return context.body(null, 204);
  },
});

export const sessionsEndpoints = [
  ...[listSessions, endSession, endOtherSessions],
  ...[listUserSessions, endUserSessions, endUserSession],
];
