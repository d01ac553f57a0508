/** The identifiers of upstreams as protected resources (RFC 8707, RFC 9728): where callers reach them. */
import type { Upstream } from "./compiled.ts";

/** Where callers reach it, without a slash at the end: at a host of its own, by the scheme and port of `publicUrl`, or there. */
export const homeOf = (host: string | undefined, publicUrl: string): string => {
  if (host === undefined) return publicUrl;
  const { protocol, port } = new URL(publicUrl);
  return `${protocol}//${host}${port && `:${port}`}`;
};

/** What stands behind the home of an upstream. */
export const pathOfUpstream = ({ prefix }: Pick<Upstream, "prefix">): string => (prefix === "/" ? "" : prefix);

/** The identifier of an upstream. */
export const resourceOfUpstream = (upstream: Pick<Upstream, "host" | "prefix">, publicUrl: string): string =>
  homeOf(upstream.host, publicUrl) + pathOfUpstream(upstream);
