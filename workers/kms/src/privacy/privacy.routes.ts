import { assertSteppedUp, unauthenticated } from "#shared/auth/authorize.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf } from "../http/granting.ts";

const ERASURE_REFUSALS = {
  unknown: () => unauthenticated(true),
  "last-administrator": () =>
    problem("conflict", { detail: "You are the last administrator. Make another user an administrator first." }),
};

const eraseMe = endpoint("DELETE /me", {
  operationId: "kms.eraseAccount",
  tags: ["Accounts"],
  summary:
    "Erase the caller: deletes the account, its sessions and second factors; its tokens are refused within 5 seconds",
  responses: {
    204: { description: "The caller is erased" },
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    // Every credential of theirs goes with the account, which the holder of a narrowed token may do to none.
    grantorOf(context, principal, "credential");
    const erased = await services.privacy.erase(principal.subject);
    if (!erased.ok) throw ERASURE_REFUSALS[erased.error.kind]();
    return context.body(null, 204);
  },
});

export const privacyEndpoints = [eraseMe];
