import { z } from "@hono/zod-openapi";
import { assertMayGrant } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { resetFactors } from "./reset.ts";

const REFUSALS: Record<"unknown" | "not-held", () => Problem> = {
  unknown: () => problem("not-found", { detail: "No user has this id." }),
  "not-held": () => problem("forbidden", { detail: "This user has permissions that your token does not have." }),
};

const reset = endpoint("DELETE /users/{id}/factors", {
  operationId: "twofa.resetFactors",
  tags: ["Second factor"],
  summary:
    "Remove all second factors and recovery codes of a user, and end their sessions; the user is notified by mail",
  description:
    "From then on the password alone suffices to log in and to enrol a first factor. If someone else may know it, lock the " +
    "user first, or have them choose a new password.",
  params: z.object({ id: reference() }),
  responses: {
    204: { description: "The user has no second factor" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertMayGrant("credential", principal, services.now());
    const { subject: actor, scopes } = principal;
    const done = await resetFactors(services, { userId: context.req.valid("param").id, actor, scopes: [...scopes] });
    if (!done.ok) throw REFUSALS[done.error.kind]();
    services.later(services.deliverMails());
    return context.body(null, 204);
  },
});

export const resetEndpoints = [reset];
