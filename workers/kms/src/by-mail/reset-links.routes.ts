import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { assertHeld } from "../accounts/roles.routes.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf } from "../http/granting.ts";
import { noteMail } from "../http/pending-mail.ts";
import { findUser } from "../http/user-response.ts";

const resetLink = z.object({ url: z.url(), expiresAt: z.iso.datetime() }).openapi("ResetLink");

const createResetLink = endpoint("POST /users/{id}/reset-link", {
  operationId: "kms.createResetLink",
  tags: ["Accounts"],
  summary: "Make a link by which a user can set a new password; it is shown once, and the user is notified by mail",
  description: "The link works once, for 24 hours, as a mailed one does: a second factor stays in force.",
  params: z.object({ id: reference() }),
  responses: {
    200: json(resetLink, "The link, to be handed to the user over a channel where they are known", {
      url: `${EXAMPLE.issuer}/account/reset?token=ftl_3q2-7wAAgH5kT0m1`,
      expiresAt: EXAMPLE.monthLater,
    }),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "credential");
    const user = await findUser(context, context.req.valid("param").id);
    await assertHeld(context, principal, user.roles);
    const created = await context.var.services.resetLinks.create(user, grantor);
    if (!created.ok) throw problem("conflict", { detail: "This user is locked. Unlock them first." });
    noteMail(context);
    const { url, expiresAt } = created.value;
    return context.json({ url, expiresAt: expiresAt.toISOString() }, 200);
  },
});

export const resetLinksEndpoints = [createResetLink];
