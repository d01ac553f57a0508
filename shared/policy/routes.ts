/**
 * The one table of everything that can be called, and who may call it. The gateway routes by it, each worker enforces
 * it again, and what is not in it cannot be reached.
 */
import type { WorkerName } from "../contracts/workers.ts";
import { GATEWAY_ROUTES } from "./gateway-routes.ts";
import { KMS_ROUTES } from "./kms-routes.ts";
import { ANY_TYPE, type Called, MODULE, type RouteTable, scope, stepUp } from "./policy.ts";
import { TWOFA_ROUTES } from "./twofa-routes.ts";

/** Reads that apply the embedded filter of a scoped key. */
const SEARCHING: Called = { ...scope("search:read"), scopedKeys: true };

const TYPESENSE: Called = { ...SEARCHING, dialect: "typesense" };

/** The paths that only the gateway requests, through its binding; as they are not in the table, no caller can. */
export const PRIVATE_PATHS: readonly string[] = ["/openapi.json", "/ready"];

/** What stands for the template of a request that no row fits. */
export const UNMATCHED = "unmatched";

const TABLE = {
  gateway: GATEWAY_ROUTES,
  kms: KMS_ROUTES,
  twofa: TWOFA_ROUTES,
  search: {
    "GET /panel.js": MODULE,
    "POST /documents/sync": scope("search:write"),
    "POST /search": SEARCHING,
    "POST /scoped-keys": SEARCHING,
    "GET /collections/{name}/documents/search": TYPESENSE,
    "POST /multi_search": { ...TYPESENSE, consumes: ANY_TYPE },
    "GET /health": TYPESENSE,
    "GET /status": scope("search:read"),
    "POST /collections/{name}/reindex": stepUp(scope("search:write")),
    "GET /collections/{name}/reindex/{jobId}": scope("search:write"),
    "GET /collections/{name}/synonyms": scope("search:write"),
    "GET /collections/{name}/synonyms/{id}": scope("search:write"),
    "PUT /collections/{name}/synonyms/{id}": stepUp(scope("search:write")),
    "DELETE /collections/{name}/synonyms/{id}": stepUp(scope("search:write")),
    "GET /collections/{name}/curations": scope("search:write"),
    "GET /collections/{name}/curations/{id}": scope("search:write"),
    "PUT /collections/{name}/curations/{id}": stepUp(scope("search:write")),
    "DELETE /collections/{name}/curations/{id}": stepUp(scope("search:write")),
    "POST /credentials/rotate": { ...stepUp(scope("keys:write")), timeoutSeconds: 30 },
  },
  "service-a": {
    "GET /panel.js": MODULE,
    "POST /sequence": scope("sequence:write"),
    "POST /sequence/reorder": stepUp(scope("sequence:write")),
    "POST /sequence/version": scope("sequence:write"),
    "GET /elements": scope("sequence:read"),
    "GET /elements/{type}/{id}": scope("sequence:read"),
    "GET /elements/{type}/{id}/versions": scope("sequence:read"),
    "GET /elements/{type}/{id}/versions/{n}": scope("sequence:read"),
    "POST /scripts": {
      ...scope("sequence:write"),
      consumes: ["text/plain", "text/x-fountain", "text/markdown", "application/octet-stream"],
      decodedBy: "handler",
      maxBodyBytes: 8 * 1024 * 1024,
      timeoutSeconds: 60,
    },
    "GET /scripts": scope("sequence:read"),
    "GET /scripts/{id}.fountain": scope("sequence:read"),
    "GET /scripts/{id}": scope("sequence:read"),
    // There is no scope for operators: the right to administer stands for it.
    "GET /outbox/dead-letters": scope("users:admin"),
    "POST /outbox/dead-letters/redrive": stepUp(scope("users:admin")),
  },
} satisfies Record<WorkerName, RouteTable>;

export const ROUTES: Record<WorkerName, RouteTable> = TABLE;

/** A row of a worker's table: `METHOD /path`. */
export type RouteKey<Worker extends WorkerName> = keyof (typeof TABLE)[Worker] & string;

/** The rows of a worker that demand a caller. */
export type CalledKey<Worker extends WorkerName> = {
  [Key in RouteKey<Worker>]: (typeof TABLE)[Worker][Key] extends Called ? Key : never;
}[RouteKey<Worker>];
