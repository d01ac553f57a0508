/** POST /credentials/rotate: a new key to the Typesense cluster, with just the rights that search needs. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";

const credentials = endpoint("POST /credentials/rotate", {
  operationId: "search.rotateCredentials",
  summary: "Rotate the API key of the Typesense cluster",
  description:
    "Creates a key in Typesense and stores it as a secret, without showing it. The previous key is deleted once it is no " +
    "longer used. Requires a second factor.",
  responses: {
    200: json(
      z.object({
        keyId: z.int().openapi({ description: "The id of the new key in Typesense." }),
        previousKeyDeletedAfter: z.iso.datetime().nullable().openapi({
          description: "Null if it was the admin key, which stays valid.",
        }),
      }),
      "The new key is in use",
      { keyId: 4, previousKeyDeletedAfter: EXAMPLE.quarterLater },
    ),
  },
  errors: ["conflict", "not-supported"],
  handle: async (context) => {
    const { rotation } = context.var.services;
    if (!rotation)
      throw problem("not-supported", {
        detail: "The embedded search engine has no key. Only a Typesense cluster does.",
      });
    const rotated = await rotation.rotate();
    if (!rotated.ok) throw problem("conflict", { detail: "Another rotation is in progress. Retry in a minute." });
    const { keyId, previousKeyDeletedAfterMs: deleteAfterMs } = rotated.value;
    const previousKeyDeletedAfter = deleteAfterMs === undefined ? null : new Date(deleteAfterMs).toISOString();
    return context.json({ keyId, previousKeyDeletedAfter }, 200);
  },
});

export const credentialsEndpoints = [credentials];
