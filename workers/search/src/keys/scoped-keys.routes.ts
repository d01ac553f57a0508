/** POST /scoped-keys: a key for browsers, which searches within embedded parameters for an hour at most. */
import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import { integer, text } from "#shared/contracts/input.ts";
import type { IssuedSearchKey, SearchKeyGrant } from "#shared/contracts/kms.ts";
import type { SearchLimits } from "#shared/contracts/search.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import type { SearchServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { parseFilter } from "../query/filter-parser.ts";
import {
  limitsWithin,
  MAX_EMBEDDED_FILTER_BYTES,
  MAX_EMBEDDED_FILTER_LENGTH,
  namedIn,
  printEmbeddedFilter,
  restrictionsOf,
} from "../query/restrictions.ts";

/** Far more than all names together. */
const MAX_LIST_LENGTH = 1_000;

const TOO_LARGE = `The filter is too long: at most ${MAX_EMBEDDED_FILTER_LENGTH} characters, and ${MAX_EMBEDDED_FILTER_BYTES} bytes as JSON in UTF-8.`;

const invalid = (field: string, detail: string): Problem =>
  problem("invalid-input", {
    detail: "One or more fields are invalid.",
    errors: [{ pointer: `#/${field}`, detail }],
  });

const requestSchema = z.strictObject({
  filter_by: text({ min: 1, max: MAX_EMBEDDED_FILTER_LENGTH }).optional(),
  include_fields: text({ min: 1, max: MAX_LIST_LENGTH })
    .optional()
    .openapi({ description: "The only fields that exist for the key: to show, search, filter, sort and count." }),
  exclude_fields: text({ min: 1, max: MAX_LIST_LENGTH })
    .optional()
    .openapi({ description: "Fields that do not exist for the key; `out_of` and `search_time_ms` as well." }),
  limit_hits: integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .openapi({ description: "The number of hits that all pages return together." }),
  expires_at: integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .openapi({ description: "Seconds since the epoch; by default and at most one hour from now." }),
});
type ScopedKeyRequest = z.infer<typeof requestSchema>;

/** The filter as the key will have it, within the caller's own embedded filter. */
const filterFor = (filterBy: string | undefined, principal: Principal): string => {
  const parsed = filterBy === undefined ? undefined : parseFilter(filterBy.toWellFormed());
  if (parsed && !parsed.ok) throw invalid("filter_by", `Invalid filter: ${parsed.error.detail}.`);
  const printed = printEmbeddedFilter(parsed?.value, restrictionsOf(principal)?.filter);
  if (!printed.ok) throw invalid("filter_by", TOO_LARGE);
  return printed.value;
};

const listOf = (name: "include_fields" | "exclude_fields", list = "") => {
  const named = namedIn(list);
  if (!named.ok) throw invalid(name, `There is no field \`${named.error.name}\`.`);
  return named.value;
};

/** What the key will be limited to besides its filter, within the caller's own limits. */
const limitsFor = (
  { include_fields, exclude_fields, limit_hits }: ScopedKeyRequest,
  principal: Principal,
): SearchLimits | undefined => {
  const include = listOf("include_fields", include_fields);
  const exclude = listOf("exclude_fields", exclude_fields);
  const limits = limitsWithin({ include, exclude, maxHits: limit_hits }, restrictionsOf(principal));
  if (limits.ok) return limits.value;
  throw invalid(include_fields === undefined ? "exclude_fields" : "include_fields", "No field is left.");
};

const UNRESTRICTED = "Restrict the key: set filter_by, include_fields, exclude_fields or limit_hits.";

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

/** The restrictions as Typesense's parameters. */
const printed = (filter: string, { fields, omitted, max_hits }: SearchLimits = {}) => ({
  ...(filter !== "" && { filter_by: filter }),
  ...(fields && { include_fields: fields.join(",") }),
  ...(omitted && { exclude_fields: omitted.join(",") }),
  ...(max_hits !== undefined && { limit_hits: max_hits }),
});

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
    "The key searches within these parameters, which its holder cannot change, until `expires_at` or until the session or " +
    "API key that requested it ends. At least one restriction is required. A key requested with a scoped key is " +
    "restricted by both.",
  body: jsonBody(requestSchema.openapi("ScopedKeyRequest"), {
    filter_by: "script_id:=1",
    exclude_fields: "comment,out_of",
    limit_hits: 100,
    expires_at: 1773653400,
  }),
  responses: {
    201: json(
      z
        .object({
          key: z.string(),
          filter_by: z.string().optional(),
          include_fields: z.string().optional(),
          exclude_fields: z.string().optional(),
          limit_hits: z.int().optional(),
          expires_at: z.int(),
        })
        .openapi("ScopedKey"),
      "The key, and all its restrictions; only this response contains it",
      { key: EXAMPLE.accessToken, filter_by: "script_id:=1", limit_hits: 100, expires_at: 1773653400 },
    ),
  },
  errors: ["too-many-attempts"],
  handle: async (context, principal) => {
    const { services } = context.var;
    if (principal.actorSessionId !== undefined)
      throw problem("forbidden", { detail: "An exchanged token cannot request scoped keys. Use your own token." });
    const wanted = context.req.valid("json");
    const filter = filterFor(wanted.filter_by, principal);
    const limits = limitsFor(wanted, principal);
    if (filter === "" && limits === undefined) throw invalid("filter_by", UNRESTRICTED);
    const { key, expiresAtSeconds } = await issue(services.kms, {
      sessionId: principal.sessionId,
      subject: principal.subject,
      clientId: principal.clientId,
      filter,
      ...(limits && { limits }),
      expiresAtSeconds: endFor(wanted.expires_at, principal, Math.floor(services.now() / 1000)),
    });
    return context.json({ key, ...printed(filter, limits), expires_at: expiresAtSeconds }, 201, {
      "cache-control": "no-store",
    });
  },
});

export const scopedKeysEndpoints = [scopedKeys];
