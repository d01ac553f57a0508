import { createRoute, z } from "@hono/zod-openapi";
import { json, jsonBody, page, pageQuery, problems } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { scopesBeyond, scopesOfRoles } from "../domain/rights.ts";
import { usernameKey } from "../domain/username.ts";
import { type KmsApp, record } from "./frame.ts";
import {
  ACCOUNT_REFUSALS,
  assertAcceptable,
  newAccountFields,
  roleName,
  toUserAnswer,
  userAnswer,
} from "./user-answer.ts";

const newUser = z.strictObject({ ...newAccountFields, roles: z.array(roleName).min(1).default(["user"]) });

const createUser = createRoute({
  method: "post",
  path: "/users",
  tags: ["Accounts"],
  summary: "Create a user",
  request: { body: jsonBody(newUser) },
  responses: {
    201: json(userAnswer, "The new user"),
    ...problems("unauthenticated", "forbidden", "conflict", "invalid-input", "unavailable"),
  },
});

const listUsers = createRoute({
  method: "get",
  path: "/users",
  tags: ["Accounts"],
  summary: "List the users, by name",
  request: { query: pageQuery },
  responses: {
    200: json(page(userAnswer), "A page of users"),
    ...problems("unauthenticated", "forbidden", "invalid-input", "unavailable"),
  },
});

const readUser = createRoute({
  method: "get",
  path: "/users/{id}",
  tags: ["Accounts"],
  summary: "Read a user",
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: json(userAnswer, "The user"),
    ...problems("unauthenticated", "forbidden", "not-found", "unavailable"),
  },
});

export const addUsers = (app: KmsApp): void => {
  app.openapi(createUser, async (context) => {
    const { username, email, password, roles } = context.req.valid("json");
    assertAcceptable(username, password);
    if (scopesBeyond(scopesOfRoles(roles), context.var.principal.scopes).length > 0)
      throw problem("forbidden", { detail: "These roles grant more than you may do yourself." });
    const created = await context.var.services.accounts.create({ username, email, password, roles });
    if (!created.ok) throw ACCOUNT_REFUSALS[created.error]();
    record(context, { action: "user.create", outcome: "success", target: created.value.id });
    return context.json(toUserAnswer(created.value), 201);
  });

  app.openapi(listUsers, async (context) => {
    const { limit, after } = context.req.valid("query");
    const users = await context.var.services.users.list(limit + 1, decodeCursor(after));
    const { items, next } = toPage(users, limit, (user) => usernameKey(user.username));
    return context.json({ items: items.map(toUserAnswer), next }, 200);
  });

  app.openapi(readUser, async (context) => {
    const user = await context.var.services.users.findById(context.req.valid("param").id);
    if (!user) throw problem("not-found", { detail: "There is no such user." });
    return context.json(toUserAnswer(user), 200);
  });
};
