/** What calls of upstreams need of their surroundings. */

import type { Fields } from "#shared/http/fields.ts";
import type { Caller } from "../admission/step-up.ts";
import type { Upstream } from "./compiled.ts";
import type { OpenSockets } from "./open-sockets.ts";
import type { ShownState } from "./state.ts";
import type { Target } from "./target.ts";

/** A caller, and whether the token was made for this one request. */
export interface UpstreamCaller extends Caller {
  once: boolean;
}

/** A token for this upstream alone, which says who calls. */
export type UpstreamTokens = (
  upstream: Pick<Upstream, "name" | "version" | "scopes">,
  caller: UpstreamCaller,
) => Promise<string>;

/** Reaches servers of upstreams. */
export type Reach = (url: string, init: RequestInit) => Promise<Response>;

/** Whether a connection to the server of this URL can be made within that time. */
export type Connect = (url: string, limitMs: number) => Promise<boolean>;

/** A call of an upstream, as far as it concerns which of its targets is called, and how often. */
export interface TargetCall {
  upstream: Upstream;
  method: string;
  /** Whether a body is sent. It comes as a stream, and can be sent once. */
  hasBody: boolean;
  /** Until when there must be a response. Milliseconds since the epoch. */
  deadlineAtMs: number;
}

/**
 * Sends the request to a target: its response as soon as that begins, `undefined` if there is none within `limitMs`. Rejects
 * if the connection fails, and with a `Problem` where the call ends with it, whatever another target would do.
 */
export type Attempt = (target: Target, limitMs: number) => Promise<Response | undefined>;

/**
 * The response of one of the upstream's targets. Throws the problem `bad-gateway` if there is none, `gateway-timeout` if there
 * is none in time, and `unavailable` if nothing was sent.
 */
export type RunCall = (call: TargetCall, attempt: Attempt) => Promise<Response>;

/** A request as the caller sent it. */
export interface SentRequest {
  raw: Request;
  fields: Fields;
}

/** How servers of upstreams are reached and chosen. */
export interface Egress {
  reach: Reach;
  run: RunCall;
  /** The state of an upstream and its targets in this process. */
  show(name: string, targets: readonly Target[]): ShownState;
}

export interface UpstreamServices {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
  upstreamTokens: UpstreamTokens;
  openSockets: OpenSockets;
  egress: Egress;
}
