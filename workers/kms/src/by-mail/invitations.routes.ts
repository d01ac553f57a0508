import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { DEFAULT_ROLE } from "../accounts/granting.ts";
import { assertHeld, roleNames } from "../accounts/roles.routes.ts";
import { endpoint } from "../endpoint.ts";
import { consentsField, givenConsents } from "../http/consent-response.ts";
import { grantorOf } from "../http/granting.ts";
import { linkRefused, token } from "../http/mailed-proof.ts";
import { noteMail } from "../http/pending-mail.ts";
import {
  accountRefused,
  assertAcceptable,
  assertUsername,
  newAccountFields,
  newAddress,
  toUserBody,
  USER_EXAMPLE,
  userBody,
} from "../http/user-response.ts";
import type { Invitation } from "./invitations.ts";

const invitationBody = z
  .object({
    id: z.string(),
    email: z.string(),
    username: z.string().nullable(),
    roles: z.array(z.string()),
    invitedBy: z.string().openapi({ description: "The id of the user who invites" }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .openapi("Invitation");

const INVITATION_EXAMPLE = {
  id: EXAMPLE.sessionId,
  email: EXAMPLE.email,
  username: EXAMPLE.username,
  roles: ["user"],
  invitedBy: EXAMPLE.userId,
  createdAt: EXAMPLE.today,
  expiresAt: EXAMPLE.monthLater,
};

const toInvitationBody = ({ username, createdAt, expiresAt, id, email, roles, invitedBy }: Invitation) => ({
  ...{ id, email, username: username ?? null, roles, invitedBy },
  ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
});

const { username, password } = newAccountFields;
const newInvitation = z.strictObject({
  email: newAddress,
  username: username.optional(),
  roles: roleNames.default([DEFAULT_ROLE]),
});

const noSuchInvitation = (): Problem => problem("not-found", { detail: "No invitation has this id." });

const invite = endpoint("POST /invitations", {
  operationId: "kms.invite",
  tags: ["Accounts"],
  summary: "Invite a person by mail to have an account with these roles; the link works once, for 72 hours",
  body: jsonBody(newInvitation, { email: EXAMPLE.email, username: EXAMPLE.username, roles: ["user"] }),
  responses: { 201: created(invitationBody, "The invitation, without its link", INVITATION_EXAMPLE) },
  handle: async (context, principal) => {
    const invited = context.req.valid("json");
    const grantor = grantorOf(context, principal, "rights");
    if (invited.username !== undefined) assertUsername(invited.username);
    await assertHeld(context, principal, invited.roles);
    const invitation = await context.var.services.invitations.invite(invited, grantor);
    noteMail(context);
    context.header("location", locationOf("kms", "GET /invitations/{id}", invitation.id));
    return context.json(toInvitationBody(invitation), 201);
  },
});

const listInvitations = endpoint("GET /invitations", {
  operationId: "kms.listInvitations",
  tags: ["Accounts"],
  summary: "List the invitations that can be accepted",
  query: pageQuery,
  responses: { 200: json(page(invitationBody), "A page of invitations", pageOf(INVITATION_EXAMPLE)) },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const invitations = await context.var.services.invitations.list(limit + 1, decodeCursor(after));
    const { items, next } = toPage(invitations, limit, ({ id }) => id);
    return context.json({ items: items.map(toInvitationBody), next }, 200);
  },
});

const readInvitation = endpoint("GET /invitations/{id}", {
  operationId: "kms.getInvitation",
  tags: ["Accounts"],
  summary: "Read an invitation that can be accepted",
  params: z.object({ id: reference() }),
  responses: { 200: json(invitationBody, "The invitation", INVITATION_EXAMPLE) },
  errors: ["not-found"],
  handle: async (context) => {
    const invitation = await context.var.services.invitations.findById(context.req.valid("param").id);
    if (!invitation) throw noSuchInvitation();
    return context.json(toInvitationBody(invitation), 200);
  },
});

const revokeInvitation = endpoint("DELETE /invitations/{id}", {
  operationId: "kms.revokeInvitation",
  tags: ["Accounts"],
  summary: "Withdraw an invitation, whose link is of no use any more",
  params: z.object({ id: reference() }),
  responses: { 204: { description: "The invitation is withdrawn" } },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { id } = context.req.valid("param");
    const revoked = await context.var.services.invitations.revoke(id, principal.subject);
    if (!revoked.ok) throw noSuchInvitation();
    return context.body(null, 204);
  },
});

const acceptance = z.strictObject({ token, username: username.optional(), password, consents: consentsField });

const acceptInvitation = endpoint("POST /invitations/accept", {
  operationId: "kms.acceptInvitation",
  tags: ["Accounts"],
  summary: "Create the account that an invitation, or a link to sign up, is for; its address is verified by that",
  description:
    "Without a username it is the one in the invitation. An account that is refused leaves the invitation as it is, but the tenth " +
    "username that is taken voids it.",
  body: jsonBody(acceptance, { token: "ftl_…", username: EXAMPLE.username, password: "four unrelated plain words" }),
  responses: { 201: created(userBody, "The new user", USER_EXAMPLE) },
  errors: ["link-refused", "conflict"],
  handle: async (context) => {
    const { invitations } = context.var.services;
    const given = context.req.valid("json");
    const found = await invitations.find(given.token);
    if (!found.ok) throw linkRefused();
    const name = given.username ?? found.value.username;
    if (name === undefined)
      throw problem("invalid-input", {
        errors: [{ pointer: "#/username", detail: "is required: the invitation has none" }],
      });
    const { password: chosen } = given;
    assertAcceptable(context, { username: name, password: chosen, email: found.value.email });
    const account = {
      ...{ username: name, password: chosen },
      consents: givenConsents(context, given.consents, found.value.inviter ? "invitation-page" : "sign-up-page"),
    };
    const accepted = await invitations.accept(found.value, account, currentRequest()?.clientAddress);
    if (!accepted.ok) throw accepted.error.kind === "refused" ? linkRefused() : accountRefused(accepted.error);
    context.header("location", locationOf("kms", "GET /users/{id}", accepted.value.id));
    return context.json(toUserBody(accepted.value), 201);
  },
});

export const invitationsEndpoints = [invite, listInvitations, readInvitation, revokeInvitation, acceptInvitation];
