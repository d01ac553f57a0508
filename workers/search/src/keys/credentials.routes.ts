/** POST /credentials/rotate: a new key to the Typesense cluster, with just the rights that search needs. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { problem } from "#shared/problem/problem.ts";
import type { SearchServices } from "../composition/services.ts";

const route = createRoute({
  method: "post",
  path: "/credentials/rotate",
  operationId: "search.rotateCredentials",
  summary: "Replace the key to the Typesense cluster",
  description:
    "Makes a key in Typesense, stores it as a secret and never shows it. The key before it is deleted when nobody uses it " +
    "any more. Needs a second factor.",
  responses: {
    200: json(
      z.object({
        keyId: z.int().openapi({ description: "Typesense's number of the new key." }),
        previousKeyDeletedAfter: z.iso.datetime().nullable().openapi({
          description: "Null when it was the administrator's, which stays.",
        }),
      }),
      "The new key is in force",
      { keyId: 4, previousKeyDeletedAfter: EXAMPLE.quarterLater },
    ),
    ...problems("conflict", "not-supported"),
  },
});

export const addCredentials = (app: OpenAPIHono<WorkerEnv<SearchServices>>): void => {
  app.openapi(route, async (context) => {
    const { rotation } = context.var.services;
    if (!rotation)
      throw problem("not-supported", { detail: "The embedded search engine needs no key; a Typesense cluster does." });
    const rotated = await rotation.rotate();
    if (!rotated.ok) throw problem("conflict", { detail: "Another rotation is under way: try again in a minute." });
    const { keyId, previousKeyDeletedAfterMs: deleteAfterMs } = rotated.value;
    const previousKeyDeletedAfter = deleteAfterMs === undefined ? null : new Date(deleteAfterMs).toISOString();
    return context.json({ keyId, previousKeyDeletedAfter }, 200);
  });
};
