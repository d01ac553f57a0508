/** What a row of the route table demands of a call, and the usual ones by name. */
import { type Granted, STEP_UP_MAX_AGE_SECONDS } from "../contracts/granting.ts";
import type { BaseScope, Permission } from "../contracts/rights.ts";

/** How sure of the caller a call must be, and how recently that was proven (RFC 9470). */
export interface StepUpDemand {
  /** `always`: gateway and worker demand it. `conditional`: it depends on the caller, or on what they ask for. */
  when: "always" | "conditional";
  acr: "aal2";
  maxAgeSeconds: number;
  /** Whether who acts for a user may do it, where a token says that the user passed the factor; else only they themselves. */
  delegates?: true;
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
   * in a browser, by links that others add parameters to. `proxy`: what proxies ask about a call, whose query some send along.
   */
  dialect?: "typesense" | "oauth" | "page" | "proxy";
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

export const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
export const DEFAULT_TIMEOUT_SECONDS = 10;

/** What is demanded where nothing else is said. */
export const STEP_UP: StepUpDemand = { when: "always", acr: "aal2", maxAgeSeconds: STEP_UP_MAX_AGE_SECONDS };

/** A policy whose type says whether a caller is demanded. */
export type Public = Policy & { caller: "anyone" };
export type Called = Policy & { caller: "authenticated" | "user" };

export const PUBLIC: Public = { caller: "anyone" };
/** The client says who it is in the way of OAuth, which the kms understands. */
export const OAUTH: Public = { ...PUBLIC, dialect: "oauth", consumes: "application/x-www-form-urlencoded" };
export const PAGE: Public = { ...PUBLIC, dialect: "page" };
/** A module that a page loads. */
export const MODULE: Public = { ...PAGE };
/** What a form of a page is sent to. The page itself asks who it is, by the browser's cookie. */
export const FORM: Public = { ...PAGE, consumes: "application/x-www-form-urlencoded", maxBodyBytes: 64 * 1024 };
export const AUTHENTICATED: Called = { caller: "authenticated" };
export const USER: Called = { caller: "user" };
export const scope = (name: BaseScope): Called => ({ caller: "authenticated", scope: name });
export const byPath = (name: BaseScope): Called => ({ ...scope(name), narrowedBy: "path" });
export const stepUp = (policy: Called): Called => ({ ...policy, stepUp: STEP_UP });
export const stepUpIfEnrolled = (policy: Called): Called => ({
  ...policy,
  stepUp: { ...STEP_UP, when: "conditional" },
});
export const granting = (grants: Granted, policy: Called): Called => ({ ...stepUpIfEnrolled(policy), grants });

/** `METHOD /path` → policy. `{name}` stands for one path segment or the part of one, `{name+}` for one or more. */
export type RouteTable = Record<string, Policy>;
