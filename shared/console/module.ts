/** Modules for browsers, which keep them and ask each time whether they are still the same. */
import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";

/** As a response is declared. */
export const module = (description: string) => ({
  description,
  headers: z.object({ etag: z.string() }),
  content: { "text/javascript": { schema: z.string() } },
});

/** Gives the response with a module. Its entity tag is the hash of its text. */
export const createModuleResponse = (text: string): (() => Response) => {
  const etag = `"${createHash("sha256").update(text).digest("base64url")}"`;
  return () =>
    new Response(text, {
      headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache", etag },
    });
};

/** Declares the operation by which a worker gives out the module with its panels. */
export const panelOperation = (operationId: string, text: string) => ({
  operationId,
  tags: ["Console"],
  summary: "Get the module with this worker's panels of the console",
  responses: { 200: module("An ES module") },
  handle: createModuleResponse(text),
});
