import { z } from "@hono/zod-openapi";
import { list, text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import type { LeakReport } from "./key-changes.ts";

/** GitHub sends up to 100 matches at a time. */
const MAX_REPORTS = 100;
const MAX_TEXT_CHARACTERS = 2_048;

const found = text({ max: MAX_TEXT_CHARACTERS });

/** A match as GitHub's secret scanning partner programme sends it: a member that they add must leave no key enabled. */
const match = z.object({ token: found, type: found.optional(), url: found.nullish(), source: found.nullish() });

const reports = z.union([
  z.strictObject({ key: found, url: found.optional() }),
  list(match, { min: 1, max: MAX_REPORTS }),
]);

const RESPONSE = { status: "received" } as const;

const toReports = (body: z.infer<typeof reports>): LeakReport[] =>
  Array.isArray(body)
    ? body.map(({ token, url }) => ({ key: token, url: url ?? undefined }))
    : [{ key: body.key, url: body.url }];

const leakedKeys = endpoint("POST /keys/leaked", {
  operationId: "kms.reportLeakedKeys",
  tags: ["Keys"],
  summary: "Report leaked keys: they are disabled immediately, and their owners are notified",
  body: jsonBody(reports, { key: EXAMPLE.apiKey, url: "https://git.example.org/films/editor/blob/main/.env" }),
  responses: {
    202: json(
      z.object({ status: z.literal("received") }).openapi("LeakReceipt"),
      "The report is accepted, whether or not the keys exist",
      RESPONSE,
    ),
  },
  handle: async (context) => {
    const { keyChanges, webhooks, later } = context.var.services;
    await keyChanges.reportLeaks(toReports(context.req.valid("json")));
    later(webhooks.deliver());
    return context.json(RESPONSE, 202, NO_STORE);
  },
});

export const leakedKeysEndpoints = [leakedKeys];
