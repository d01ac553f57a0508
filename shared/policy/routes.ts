/**
 * The one table of everything that can be called, and who may call it. The gateway routes by it, each worker enforces
 * it again, and what is not in it cannot be reached.
 */
import { type Granted, STEP_UP_MAX_AGE_SECONDS } from "../contracts/granting.ts";
import type { BaseScope, Permission } from "../contracts/rights.ts";
import type { WorkerName } from "../contracts/workers.ts";

/** How sure of the caller a call must be, and how recently that was proven (RFC 9470). */
export interface StepUpDemand {
  /** `always`: gateway and worker demand it. `conditional`: it depends on the caller, or on what they ask for. */
  when: "always" | "conditional";
  acr: "aal2";
  maxAgeSeconds: number;
}

export interface Policy {
  /** Who may call: anyone, any valid credential, or only a user's session. */
  caller: "anyone" | "authenticated" | "user";
  /** The scope the caller's token must hold. */
  scope?: Permission;
  /**
   * What a narrowed form of the scope must cover to do: what `{path+}` or `{key}` stands for in the path, or `?prefix=`;
   * `handler`: the handler keeps to what it covers.
   */
  narrowedBy?: "path" | "prefix" | "key" | "handler";
  /** Whether a scoped key suffices, which is a token restricted to some documents: the handler must apply its filter. */
  scopedKeys?: true;
  /** The second factor that is demanded. */
  stepUp?: StepUpDemand;
  /**
   * What every such call grants at least, so that gateway and worker apply the rule of granting. A handler that grants
   * more, depending on the body, asks it again.
   */
  grants?: Granted;
  /**
   * Whether a call grants something only if that is not there yet, which the handler finds out: it asks the rule then,
   * and the gateway says of a user without a second factor that they have none, but refuses nothing.
   */
  mayGrant?: true;
  /**
   * The media types of the request body, `application/json` by default; {@link ANY_TYPE}: any. A body without a type counts
   * as `application/octet-stream` (RFC 9110 §8.3).
   */
  consumes?: string | readonly string[];
  /** Whether the handler decodes the body, by the charset that `Content-Type` names. Elsewhere a body is UTF-8. */
  decodedBy?: "handler";
  /**
   * Whose conventions the route follows, which also say to ignore parameters that are not known. `typesense`: clients
   * send their key in a header of their own, and read errors as `{message}`. `oauth`: RFC 6749 §3.1. `page`: what people open
   * in a browser, by links that others add parameters to.
   */
  dialect?: "typesense" | "oauth" | "page";
  maxBodyBytes?: number;
  /** Whether the gateway aggregates the response from several workers. */
  aggregated?: true;
  /** Whether the body is passed on as it comes, and read by no one here. */
  streamed?: true;
  /** How long the gateway waits for the response to start. */
  timeoutSeconds?: number;
}

/** The media range that takes every body. */
export const ANY_TYPE = "*/*";

/** The media types that the request body may have. */
export const typesOf = ({ consumes = "application/json" }: Pick<Policy, "consumes">): readonly string[] =>
  typeof consumes === "string" ? [consumes] : consumes;

const MIB = 1024 * 1024;
export const DEFAULT_MAX_BODY_BYTES = MIB;
export const DEFAULT_TIMEOUT_SECONDS = 10;

/** What is demanded where nothing else is said. */
export const STEP_UP: StepUpDemand = { when: "always", acr: "aal2", maxAgeSeconds: STEP_UP_MAX_AGE_SECONDS };

/** A policy whose type says whether a caller is demanded. */
type Public = Policy & { caller: "anyone" };
type Called = Policy & { caller: "authenticated" | "user" };

const PUBLIC: Public = { caller: "anyone" };
/** The client says who it is in the way of OAuth, which the kms understands. */
const OAUTH: Public = { ...PUBLIC, dialect: "oauth", consumes: "application/x-www-form-urlencoded" };
const PAGE: Public = { ...PUBLIC, dialect: "page" };
const AUTHENTICATED: Called = { caller: "authenticated" };
const USER: Called = { caller: "user" };
const scope = (name: BaseScope): Called => ({ caller: "authenticated", scope: name });
const byPath = (name: BaseScope): Called => ({ ...scope(name), narrowedBy: "path" });
const TRANSIT_KEY: Called = { ...scope("transit:use"), narrowedBy: "key" };
const TRANSIT_KEYS: Called = { ...scope("transit:use"), narrowedBy: "handler" };
const stepUp = (policy: Called): Called => ({ ...policy, stepUp: STEP_UP });
const stepUpIfEnrolled = (policy: Called): Called => ({ ...policy, stepUp: { ...STEP_UP, when: "conditional" } });
const granting = (grants: Granted, policy: Called): Called => ({ ...stepUpIfEnrolled(policy), grants });

/** A message is sent before the response, and a slow mail server needs time. */
const SENDING_TIMEOUT_SECONDS = 20;
const SENDING: Called = { ...stepUpIfEnrolled(USER), timeoutSeconds: SENDING_TIMEOUT_SECONDS };

/** Reads that apply the embedded filter of a scoped key. */
const SEARCHING: Called = { ...scope("search:read"), scopedKeys: true };
/** What is configured at the gateway: some of it is a long list of routes. */
const CONFIGURED: Called = { ...stepUp(scope("gateway:write")), maxBodyBytes: 256 * 1024 };

const TYPESENSE: Called = { ...SEARCHING, dialect: "typesense" };

/** The paths that only the gateway requests, through its binding; as they are not in the table, no caller can. */
export const PRIVATE_PATHS: readonly string[] = ["/openapi.json", "/ready"];

/** What stands for the template of a request that no row fits. */
export const UNMATCHED = "unmatched";

/** `METHOD /path` → policy. `{name}` stands for one path segment or the part of one, `{name+}` for one or more. */
export type RouteTable = Record<string, Policy>;

const TABLE = {
  gateway: {
    "GET /": PAGE,
    "GET /health": PUBLIC,
    "GET /ready": PUBLIC,
    "GET /docs": PAGE,
    "GET /openapi.json": PUBLIC,
    "GET /.well-known/jwks.json": PUBLIC,
    "GET /.well-known/oauth-authorization-server": PUBLIC,
    "GET /.well-known/security.txt": PUBLIC,
    "GET /gateway/upstreams": scope("gateway:read"),
    "GET /gateway/upstreams/{name}": scope("gateway:read"),
    "PUT /gateway/upstreams/{name}": CONFIGURED,
    "DELETE /gateway/upstreams/{name}": CONFIGURED,
    "GET /gateway/limits": scope("gateway:read"),
    "GET /gateway/limits/{name}": scope("gateway:read"),
    "PUT /gateway/limits/{name}": CONFIGURED,
    "DELETE /gateway/limits/{name}": CONFIGURED,
    "GET /gateway/policies": scope("gateway:read"),
    "GET /gateway/policies/{name}": scope("gateway:read"),
    "PUT /gateway/policies/{name}": CONFIGURED,
    "DELETE /gateway/policies/{name}": CONFIGURED,
    "POST /gateway/policies/explain": scope("gateway:read"),
    // It decides about the call that a proxy describes.
    "GET /gateway/authorize": PUBLIC,
  },
  kms: {
    "GET /.well-known/jwks.json": PUBLIC,
    "POST /register": PUBLIC,
    "POST /login": PUBLIC,
    // Together with twofa, which knows the passkeys.
    "POST /login/passkey/options": { ...PUBLIC, aggregated: true },
    "POST /login/passkey": { ...PUBLIC, aggregated: true },
    "GET /.well-known/oauth-authorization-server": PUBLIC,
    "POST /token": OAUTH,
    "POST /revoke": OAUTH,
    "POST /introspect": OAUTH,
    "GET /revocations": scope("tokens:verify"),
    "POST /logout": AUTHENTICATED,
    "GET /sessions": USER,
    "DELETE /sessions/{id}": USER,
    "GET /me": USER,
    "GET /me/export": { ...USER, aggregated: true, timeoutSeconds: 30 },
    "DELETE /me": stepUp(USER),
    "PUT /me/password": granting("password", USER),
    "GET /users": scope("users:admin"),
    "POST /users": granting("account", scope("users:admin")),
    "GET /users/{id}": scope("users:admin"),
    "PUT /users/{id}/roles": stepUp(scope("users:admin")),
    "POST /users/{id}/lock": granting("access", scope("users:admin")),
    "POST /users/{id}/unlock": granting("access", scope("users:admin")),
    "GET /roles": scope("users:admin"),
    "PUT /roles/{name}": stepUp(scope("users:admin")),
    "POST /services": granting("credential", scope("keys:write")),
    "GET /services": scope("keys:read"),
    "GET /services/{name}": scope("keys:read"),
    "DELETE /services/{name}": stepUp(scope("keys:write")),
    "PUT /services/{name}/webhook": stepUp(scope("keys:write")),
    "DELETE /services/{name}/webhook": stepUp(scope("keys:write")),
    "POST /keys": granting("credential", scope("keys:write")),
    "GET /keys": scope("keys:read"),
    "POST /keys/verify": scope("keys:read"),
    "POST /keys/leaked": { ...PUBLIC, maxBodyBytes: 512 * 1024 },
    "GET /keys/{service}": scope("keys:read"),
    "GET /keys/{service}/{id}": scope("keys:read"),
    "POST /keys/{service}/rotate": stepUp(scope("keys:write")),
    "POST /keys/{service}/{id}/rotate": stepUp(scope("keys:write")),
    "DELETE /keys/{service}": stepUp(scope("keys:write")),
    "DELETE /keys/{service}/{id}": stepUp(scope("keys:write")),
    "POST /keys/{service}/{id}/disable": granting("access", scope("keys:write")),
    "POST /keys/{service}/{id}/enable": stepUp(scope("keys:write")),
    "PUT /keys/{service}/{id}/allowed-addresses": stepUp(scope("keys:write")),
    "GET /signing-keys": scope("keys:read"),
    "POST /signing-keys/rotate": stepUp(scope("keys:write")),
    "POST /signing-keys/{kid}/revoke": stepUp(scope("keys:write")),
    "GET /audit": { ...scope("audit:read"), timeoutSeconds: 60 },
    "GET /audit/verify": { ...scope("audit:read"), timeoutSeconds: 60 },
    "GET /audit/checkpoints": { ...scope("audit:read"), timeoutSeconds: 60 },
    "GET /secrets": { ...scope("secrets:read"), narrowedBy: "prefix" },
    "GET /secrets/{path+}": granting("secret", byPath("secrets:read")),
    "PUT /secrets/{path+}": granting("secret", byPath("secrets:write")),
    "DELETE /secrets/{path+}": granting("secret", byPath("secrets:write")),
    "POST /secrets/wrap": granting("secret", scope("secrets:write")),
    "POST /secrets/unwrap": AUTHENTICATED,
    "POST /secrets/{path+}/undelete": granting("secret", byPath("secrets:write")),
    "POST /secrets/{path+}/destroy": stepUp(byPath("secrets:write")),
    "GET /transit": TRANSIT_KEYS,
    "POST /transit": granting("secret", TRANSIT_KEYS),
    "GET /transit/{key}": TRANSIT_KEY,
    "PUT /transit/{key}": stepUp(scope("keys:write")),
    // It creates the key, if there is none of that name.
    "POST /transit/{key}/encrypt": { ...stepUpIfEnrolled(TRANSIT_KEY), mayGrant: true },
    "POST /transit/{key}/decrypt": TRANSIT_KEY,
    "POST /transit/{key}/rewrap": TRANSIT_KEY,
    "POST /transit/{key}/rotate": stepUp(TRANSIT_KEY),
    "GET /root-key": scope("keys:read"),
    "POST /root-key/rotate": stepUp(scope("keys:write")),
  },
  twofa: {
    "GET /factors": USER,
    "GET /factors/{id}": USER,
    "DELETE /factors/{id}": stepUp(USER),
    "POST /factors/totp": stepUpIfEnrolled(USER),
    "POST /factors/totp/confirm": stepUpIfEnrolled(USER),
    "POST /factors/email": SENDING,
    "POST /factors/sms": SENDING,
    "POST /factors/{id}/confirm": stepUpIfEnrolled(USER),
    "POST /factors/webauthn/options": stepUpIfEnrolled(USER),
    "POST /factors/webauthn": stepUpIfEnrolled(USER),
    "POST /recovery-codes": stepUp(USER),
    "POST /auth/generate": { ...USER, timeoutSeconds: SENDING_TIMEOUT_SECONDS },
    "POST /auth/verify": USER,
  },
  search: {
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
      maxBodyBytes: 8 * MIB,
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
