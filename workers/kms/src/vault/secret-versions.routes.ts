import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { list } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import { warningFields, warningsTo } from "../http/granting.ts";
import { secretPath, versionNumber } from "../http/secret-fields.ts";
import { grantorOfSecret, WHO_CHANGES_SECRETS } from "./secrets.routes.ts";
import type { ListedVersion } from "./secrets.ts";

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

const STATES = ["readable", "deleted", "destroyed"] as const;

const stateOf = ({ isDestroyed, deletedAt }: ListedVersion): (typeof STATES)[number] => {
  if (isDestroyed) return "destroyed";
  return deletedAt === null ? "readable" : "deleted";
};

const listVersions = endpoint("GET /secret-versions/{path+}", {
  operationId: "kms.listSecretVersions",
  tags: ["Secrets"],
  summary: "List the versions of a secret that are kept, the latest first, without values",
  description:
    "At most the last ten. Those that are deleted can be restored; of those that are destroyed nothing is left.",
  params: request.params,
  responses: {
    200: json(
      z
        .object({
          path: z.string(),
          versions: z.array(
            z.object({
              version: z.int(),
              state: z.enum(STATES),
              createdAt: z.iso.datetime(),
              deletedAt: z.iso.datetime().nullable(),
            }),
          ),
        })
        .openapi("SecretHistory"),
      "The versions",
      {
        path: "editor/smtp-password",
        versions: [
          { version: 2, state: "readable", createdAt: EXAMPLE.today, deletedAt: null },
          { version: 1, state: "deleted", createdAt: EXAMPLE.created, deletedAt: EXAMPLE.today },
        ],
      },
    ),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { path } = context.req.valid("param");
    const versions = await context.var.services.storedSecrets.listVersions(path);
    if (versions.length === 0) throw problem("not-found", { detail: "There is no secret at this path." });
    const items = versions.map((one) => ({
      version: one.version,
      state: stateOf(one),
      createdAt: one.createdAt.toISOString(),
      deletedAt: one.deletedAt?.toISOString() ?? null,
    }));
    return context.json({ path, versions: items }, 200);
  },
});

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

export const secretVersionsEndpoints = [listVersions, undelete, destroy];
