import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import type { AuditAction } from "#shared/contracts/audit.ts";
import { list } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { entryOf, type KmsContext, record } from "../http/frame.ts";
import { warningFields, warningsTo } from "../http/granting.ts";
import { secretPath, versionNumber } from "../http/secret-fields.ts";
import { auditFailure, grantorOfSecret, WHO_CHANGES_SECRETS } from "./secrets.routes.ts";
import type { SecretRepository } from "./secrets.ts";

const MAX_VERSIONS = 100;

const request = {
  params: z.object({ path: secretPath }),
  body: jsonBody(z.strictObject({ versions: list(versionNumber, { min: 1, max: MAX_VERSIONS }) }), {
    versions: [1, 2],
  }),
};

const changedVersions = z
  .object({ path: z.string(), versions: z.array(z.int()), ...warningFields })
  .openapi("SecretVersions");
const CHANGED_EXAMPLE = { path: "editor/smtp-password", versions: [1, 2] };

/** The versions that were changed; 404 when there was none to change. */
const change = async (
  context: KmsContext,
  principal: Principal,
  action: AuditAction,
  verb: "undelete" | "destroy",
  { path, versions }: { path: string; versions: readonly number[] },
): Promise<z.infer<typeof changedVersions>> => {
  const grantor = grantorOfSecret(context, principal, path);
  const event = { action, outcome: "success", target: path } as const;
  const storedSecrets: SecretRepository = context.var.services.storedSecrets;
  const changed = await storedSecrets[verb](path, versions, await entryOf(context, event));
  if (changed.length === 0) {
    await auditFailure(context, action, path, "unknown");
    throw problem("not-found", {
      detail: `None of these versions can be ${verb === "destroy" ? "destroyed" : "restored"}.`,
    });
  }
  record(context, event);
  return { path, versions: changed, ...warningsTo(grantor) };
};

const undelete = endpoint("POST /secrets/{path+}/undelete", {
  operationId: "kms.undeleteSecret",
  tags: ["Secrets"],
  summary: "Restore deleted versions of a secret",
  description: WHO_CHANGES_SECRETS,
  ...request,
  responses: {
    200: json(changedVersions, "The restored versions", CHANGED_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const wanted = { ...context.req.valid("param"), ...context.req.valid("json") };
    return context.json(await change(context, principal, "secret.undelete", "undelete", wanted), 200);
  },
});

const destroy = endpoint("POST /secrets/{path+}/destroy", {
  operationId: "kms.destroySecret",
  tags: ["Secrets"],
  summary: "Destroy versions of a secret permanently, with their encryption keys",
  ...request,
  responses: {
    200: json(changedVersions, "The destroyed versions", CHANGED_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const wanted = { ...context.req.valid("param"), ...context.req.valid("json") };
    return context.json(await change(context, principal, "secret.destroy", "destroy", wanted), 200);
  },
});

export const secretVersionsEndpoints = [undelete, destroy];
