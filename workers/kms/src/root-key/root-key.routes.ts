import { z } from "@hono/zod-openapi";
import { assertSteppedUp } from "#shared/auth/authorize.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import type { RootKeyStatus } from "./root-key-rotation.ts";

/** Well within the time that the gateway waits. */
const REWRAP_BUDGET_MS = 3_000;

const rootKeyResponse = z
  .object({
    version: z.int().openapi({ description: "The version of the key-encryption key that wraps new data keys" }),
    createdAt: z.iso.datetime(),
    remaining: z.int().openapi({ description: "How many data keys are still wrapped by older versions" }),
    older: z.array(z.object({ version: z.int(), createdAt: z.iso.datetime(), dataKeys: z.int() })),
  })
  .openapi("RootKey");

const ROOT_KEY_EXAMPLE: z.input<typeof rootKeyResponse> = {
  version: 2,
  createdAt: EXAMPLE.today,
  remaining: 12,
  older: [{ version: 1, createdAt: EXAMPLE.created, dataKeys: 12 }],
};

const toResponse = ({ version, createdAt, older }: RootKeyStatus): z.infer<typeof rootKeyResponse> => ({
  version,
  createdAt: createdAt.toISOString(),
  remaining: older.reduce((sum, { dataKeys }) => sum + dataKeys, 0),
  older: older.map((kek) => ({ ...kek, createdAt: kek.createdAt.toISOString() })),
});

const readRootKey = endpoint("GET /root-key", {
  operationId: "kms.getRootKey",
  tags: ["Root key"],
  summary: "Get the progress of the last root key rotation",
  responses: {
    200: json(rootKeyResponse, "The state", ROOT_KEY_EXAMPLE),
  },
  handle: async (context) => context.json(toResponse(await context.var.services.rootKey.status()), 200),
});

const rotateRootKey = endpoint("POST /root-key/rotate", {
  operationId: "kms.rotateRootKey",
  tags: ["Root key"],
  summary:
    "Rotate the root key: creates a key-encryption key and rewraps all data keys; a long rotation continues in the background",
  responses: {
    200: json(rootKeyResponse, "The new version, and how many data keys remain to be rewrapped", ROOT_KEY_EXAMPLE),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    const rotated = await services.rootKey.rotate(principal.subject, REWRAP_BUDGET_MS);
    if (!rotated.ok)
      throw problem("conflict", {
        detail: "Another caller has rotated the root key at the same time. Check its state before you retry.",
      });
    return context.json(toResponse(rotated.value), 200);
  },
});

export const rootKeyEndpoints = [readRootKey, rotateRootKey];
