/** What calls of upstreams need of their surroundings. */

import type { Fields } from "#shared/http/fields.ts";
import type { Caller } from "../admission/step-up.ts";
import type { Upstream } from "./compiled.ts";

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

/** A request as the caller sent it. */
export interface SentRequest {
  raw: Request;
  fields: Fields;
}

export interface UpstreamServices {
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
  upstreamTokens: UpstreamTokens;
  /** How servers of upstreams are reached and chosen. */
  egress: { reach: Reach; random: () => number };
}
