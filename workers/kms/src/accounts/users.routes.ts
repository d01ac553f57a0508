import { z } from "@hono/zod-openapi";
import { reference, text } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { flag, json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
import { CONSENT_EXAMPLE, consentBody, toConsentBody } from "../http/consent-response.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { noteMail } from "../http/pending-mail.ts";
import {
  accountRefused,
  assertAcceptable,
  findUser,
  NEW_ACCOUNT_EXAMPLE,
  newAccountFields,
  toUserBody,
  USER_EXAMPLE,
  userBody,
} from "../http/user-response.ts";
import { DEFAULT_ROLE, isBeyondDefault } from "./granting.ts";
import { assertHeld, roleNames } from "./roles.routes.ts";
import type { ListedUser } from "./user.ts";
import { usernameKey } from "./username.ts";

/** As long as the longest email address. */
const MAX_SEARCH_CHARACTERS = 254;

const newUser = z.strictObject({ ...newAccountFields, roles: roleNames.default([DEFAULT_ROLE]) });

const search = text({ min: 1, max: MAX_SEARCH_CHARACTERS }).optional().openapi({
  description: "Part of a username or a complete email address, case-insensitive",
});

const createUser = endpoint("POST /users", {
  operationId: "kms.createUser",
  tags: ["Accounts"],
  summary: "Create a user",
  body: jsonBody(newUser, { ...NEW_ACCOUNT_EXAMPLE, roles: ["user"] }),
  responses: {
    201: created(userBody.extend(warningFields).openapi("NewUser"), "The new user", USER_EXAMPLE),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { username, email, password, roles } = context.req.valid("json");
    const grantor = grantorOf(context, principal, isBeyondDefault(roles) ? "rights" : "account");
    assertAcceptable(context, { username, email, password });
    await assertHeld(context, principal, roles);
    const user = await context.var.services.accounts.create({ username, email, password, roles }, grantor);
    if (!user.ok) throw accountRefused(user.error);
    noteMail(context);
    context.header("location", locationOf("kms", "GET /users/{id}", user.value.id));
    return context.json({ ...toUserBody(user.value), ...warningsTo(grantor) }, 201);
  },
});

const listedUserBody = userBody
  .extend({
    lastSeenAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "The last login or refresh; `null`: none is known any more" }),
  })
  .openapi("ListedUser");

const toListedUserBody = ({ lastSeenAt, ...user }: ListedUser): z.infer<typeof listedUserBody> => ({
  ...toUserBody(user),
  lastSeenAt: lastSeenAt?.toISOString() ?? null,
});

const listUsers = endpoint("GET /users", {
  operationId: "kms.listUsers",
  tags: ["Accounts"],
  summary: "List the users by name",
  query: pageQuery.extend({ search, role: reference().optional(), locked: flag.optional() }),
  responses: {
    200: json(page(listedUserBody), "A page of users", pageOf({ ...USER_EXAMPLE, lastSeenAt: EXAMPLE.today })),
  },
  handle: async (context) => {
    const { limit, after, ...filter } = context.req.valid("query");
    const users = await context.var.services.users.list(filter, limit + 1, decodeCursor(after));
    const { items, next } = toPage(users, limit, (user) => usernameKey(user.username));
    return context.json({ items: items.map(toListedUserBody), next }, 200);
  },
});

const userWithConsents = userBody
  .extend({
    consents: z.array(consentBody).openapi({ description: "What they agree to of the operator's conditions" }),
  })
  .openapi("UserWithConsents");

const readUser = endpoint("GET /users/{id}", {
  operationId: "kms.getUser",
  tags: ["Accounts"],
  summary: "Read a user",
  params: z.object({ id: reference() }),
  responses: {
    200: json(userWithConsents, "The user", { ...USER_EXAMPLE, consents: [CONSENT_EXAMPLE] }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const user = await findUser(context, context.req.valid("param").id);
    const consents = await context.var.services.consents.standing(user.id);
    return context.json({ ...toUserBody(user), consents: consents.map(toConsentBody) }, 200);
  },
});

export const usersEndpoints = [createUser, listUsers, readUser];
