import { z } from "@hono/zod-openapi";
import { assertMayGrant } from "#shared/auth/authorize.ts";
import { json } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { RECOVERY_CODES_EXAMPLE } from "../http/confirmed.ts";
import { replaceRecoveryCodes } from "./recovery-code-batch.ts";

const recoveryCodes = endpoint("POST /recovery-codes", {
  operationId: "twofa.replaceRecoveryCodes",
  tags: ["Second factor"],
  summary: "Create ten new recovery codes, which invalidates the old ones",
  responses: {
    200: json(z.object({ recoveryCodes: z.array(z.string()) }), "The codes; only this response contains them", {
      recoveryCodes: RECOVERY_CODES_EXAMPLE,
    }),
  },
  errors: ["conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertMayGrant("credential", principal, services.now());
    const replaced = await replaceRecoveryCodes(services, principal.subject);
    if (!replaced.ok)
      throw problem("conflict", {
        detail: "Recovery codes require a second factor. Enrol one at POST /twofa/factors/totp.",
      });
    context.header("cache-control", "no-store");
    return context.json({ recoveryCodes: replaced.value }, 200);
  },
});

export const recoveryCodesEndpoints = [recoveryCodes];
