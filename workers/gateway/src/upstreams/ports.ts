/** What calls of upstreams need of their surroundings. */

import type { Fields } from "#shared/http/fields.ts";
import type { Caller } from "../admission/step-up.ts";
import type { Upstream } from "./compiled.ts";
import type { Standing } from "./standing.ts";
import type { ShownState } from "./state.ts";
import type { Target } from "./target.ts";

/** A caller, and whether the token was made for this one request. */
export interface UpstreamCaller extends Caller {
  once: boolean;
}

/** A token for this upstream alone, which says who calls. */
export type UpstreamTokens = (
  upstream: Pick<Upstream, "name" | "version" | "scopes" | "host" | "prefix">,
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

/** A place for a WebSocket. */
export interface Place {
  keep(): void;
  release(): void;
}

export interface Bounds {
  perUpstream: number;
  perCaller: number;
}

export type Taken = Place | "full" | "full-for-upstream" | "full-for-caller";

export interface OpenSockets {
  /** A place for one more, or which bound leaves none. */
  take(socket: { upstream: string; caller: string }, bounds: Bounds): Taken;
}

/** A WebSocket, as those see it who count it and watch over it. */
export interface OpenedSocket {
  standing: Standing;
  /** It is kept as long as it is open, and released once it has ended. */
  place: Place;
}

/** How one WebSocket passes from the caller to the upstream. */
export interface Passage {
  /** Opens it at the upstream. */
  reach: Reach;
  /** What the caller gets of it; `upstream`: what {@link reach} has opened. It ends within five seconds of a revocation. */
  join(upstream: WebSocket, opened: OpenedSocket): WebSocket;
}

/** How WebSockets pass. */
export interface Passages {
  open(): Passage;
  /** Of those that the runtime passes on: the request that was sent with this id is over. Harmless for other ids. */
  noteEnd(id: string): void;
}

export interface UpstreamServices {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
  upstreamTokens: UpstreamTokens;
  openSockets: OpenSockets;
  passages: Passages;
  egress: Egress;
}
