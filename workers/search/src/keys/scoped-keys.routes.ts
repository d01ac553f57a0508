/** POST /scoped-keys: a key for browsers, which searches within a filter for an hour at most. */
import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import { integer, text } from "#shared/contracts/input.ts";
import type { IssuedSearchKey, SearchKeyGrant } from "#shared/contracts/kms.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import type { SearchServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import {
  embeddedFilterOf,
  MAX_EMBEDDED_FILTER_BYTES,
  MAX_EMBEDDED_FILTER_LENGTH,
  printEmbeddedFilter,
} from "../query/embedded-filter.ts";
import { parseFilter } from "../query/filter-parser.ts";

const TOO_LARGE = `The filter is too long: at most ${MAX_EMBEDDED_FILTER_LENGTH} characters, and ${MAX_EMBEDDED_FILTER_BYTES} bytes as JSON in UTF-8.`;

const invalid = (field: string, detail: string): Problem =>
  problem("invalid-input", {
    detail: "One or more fields are invalid.",
    errors: [{ pointer: `#/${field}`, detail }],
  });

/** The filter as the key will have it, within the caller's own embedded filter. */
const filterFor = (filterBy: string, principal: Principal): string => {
  const parsed = parseFilter(filterBy.toWellFormed());
  if (!parsed.ok) throw invalid("filter_by", `Invalid filter: ${parsed.error.detail}.`);
  const printed = printEmbeddedFilter(parsed.value, embeddedFilterOf(principal));
  if (!printed.ok) throw invalid("filter_by", TOO_LARGE);
  return printed.value;
};

const endFor = (wanted: number | undefined, principal: Principal, nowSeconds: number): number => {
  const inAnHour = nowSeconds + LONGEST_TOKEN_SECONDS;
  // A restricted token creates nothing that outlives it.
  const isWhole = principal.searchFilter === undefined && principal.narrowed === undefined;
  const latest = isWhole ? inAnHour : Math.min(inAnHour, principal.expiresAtSeconds);
  const end = wanted ?? latest;
  if (end > latest) throw invalid("expires_at", `must be at most ${latest}`);
  if (end <= nowSeconds) throw invalid("expires_at", "must be in the future");
  return end;
};

const issue = async (kms: SearchServices["kms"], grant: SearchKeyGrant): Promise<IssuedSearchKey> => {
  const issued = await kms.issueSearchKey(grant);
  if (issued.ok) return issued.value;
  switch (issued.error.kind) {
    case "session-ended":
      throw unauthenticated(true);
    case "blocked":
      throw tooOften(issued.error.retryAfterSeconds);
  }
};

const scopedKeys = endpoint("POST /scoped-keys", {
  operationId: "search.createScopedKey",
  summary: "Issue a scoped key for browsers",
  description:
    "The key searches within `filter_by`, until `expires_at` or until the session or API key that requested it ends. " +
    "A key requested with a scoped key is restricted by both filters.",
  body: jsonBody(
    z
      .strictObject({
        filter_by: text({ min: 1, max: MAX_EMBEDDED_FILTER_LENGTH }),
        expires_at: integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
          .optional()
          .openapi({ description: "Seconds since the epoch; by default and at most one hour from now." }),
      })
      .openapi("ScopedKeyRequest"),
    { filter_by: "script_id:=1", expires_at: 1773653400 },
  ),
  responses: {
    201: json(
      z.object({ key: z.string(), filter_by: z.string(), expires_at: z.int() }).openapi("ScopedKey"),
      "The key; only this response contains it",
      { key: EXAMPLE.accessToken, filter_by: "script_id:=1", expires_at: 1773653400 },
    ),
  },
  errors: ["too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    if (principal.actorSessionId !== undefined)
      throw problem("forbidden", { detail: "An exchanged token cannot request scoped keys. Use your own token." });
    const { filter_by, expires_at } = context.req.valid("json");
    const filter = filterFor(filter_by, principal);
    const { key, expiresAtSeconds } = await issue(services.kms, {
      sessionId: principal.sessionId,
      subject: principal.subject,
      clientId: principal.clientId,
      filter,
      expiresAtSeconds: endFor(expires_at, principal, Math.floor(services.now() / 1000)),
    });
    return context.json({ key, filter_by: filter, expires_at: expiresAtSeconds }, 201, { "cache-control": "no-store" });
  },
});

export const scopedKeysEndpoints = [scopedKeys];
