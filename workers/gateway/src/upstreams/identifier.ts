/** The identifiers of upstreams as protected resources (RFC 8707, RFC 9728): where callers reach them. */
import { homeOf } from "#shared/contracts/upstreams.ts";
import type { Upstream } from "./compiled.ts";

/** What stands behind the home of an upstream. */
export const pathOfUpstream = ({ prefix }: Pick<Upstream, "prefix">): string => (prefix === "/" ? "" : prefix);

/** The identifier of an upstream. */
export const resourceOfUpstream = (upstream: Pick<Upstream, "host" | "prefix">, publicUrl: string): string =>
  homeOf(upstream.host, publicUrl) + pathOfUpstream(upstream);
