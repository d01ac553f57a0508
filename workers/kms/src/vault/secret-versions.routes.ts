import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { list } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import { warningFields, warningsTo } from "../http/granting.ts";
import { secretPath, versionNumber } from "../http/secret-fields.ts";
import { grantorOfSecret, WHO_CHANGES_SECRETS } from "./secrets.routes.ts";

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

/** Throws 404 when there was no version to change. */
const change = async (
  context: KmsContext,
  principal: Principal,
  verb: "undelete" | "destroy",
  { path, versions }: { path: string; versions: readonly number[] },
): Promise<z.infer<typeof changedVersions>> => {
  const grantor = grantorOfSecret(context, principal, path);
  const changed = await context.var.services.secrets[verb](path, versions, grantor);
  if (!changed.ok)
    throw problem("not-found", {
      detail: `None of these versions can be ${verb === "destroy" ? "destroyed" : "restored"}.`,
    });
  return { path, versions: changed.value, ...warningsTo(grantor) };
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
    return context.json(await change(context, principal, "undelete", wanted), 200);
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
    return context.json(await change(context, principal, "destroy", wanted), 200);
  },
});

export const secretVersionsEndpoints = [undelete, destroy];
