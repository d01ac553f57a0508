/**
 * Upstreams as the workers speak of them: as protected resources (RFC 8707, RFC 9728), where the URL at which callers reach one is
 * what a token can be good for alone; and what the gateway declares of one at the kms.
 */
import type { Result } from "../lang/result.ts";
import { isReserved } from "./workers.ts";

/** Makes {@link ResourceAudience} a type of its own, which only {@link isResourceOf} gives a text. */
declare const RESOURCE: unique symbol;
/** The audience of a token that is good for calls of one upstream: the URL at which the gateway serves it. */
export type ResourceAudience = string & { readonly [RESOURCE]: true };

const RESOURCE_PATH = /^\/([\w.~-]+)(?:\/[\w.~-]+)*$/;
/** As long as the longest prefix of an upstream. */
const MAX_RESOURCE_PATH_CHARACTERS = 255;
/** What the host of an upstream looks like, with what may follow it. */
const HOSTED = /^https?:\/\/([a-z0-9.-]{1,253})(?::\d{1,5})?(\/.*)?$/;

/**
 * Where callers reach what has this host to itself, or the installation's own, without a slash at the end: by the scheme and port
 * of `publicUrl`.
 */
export const homeOf = (host: string | undefined, publicUrl: string): string => {
  if (host === undefined) return publicUrl;
  const { protocol, port } = new URL(publicUrl);
  return `${protocol}//${host}${port && `:${port}`}`;
};

interface Place {
  /** `undefined`: the installation's own. */
  host: string | undefined;
  /** Behind the home of that host. */
  path: string;
}

const placeOf = (issuer: string, url: string): Place | undefined => {
  if (url.startsWith(`${issuer}/`)) return { host: undefined, path: url.slice(issuer.length) };
  const [, host, path = ""] = HOSTED.exec(url) ?? [];
  const home = URL.parse(issuer);
  if (home === null || host === undefined || host === home.hostname) return undefined;
  return homeOf(host, issuer) + path === url ? { host, path } : undefined;
};

/**
 * Whether an upstream could be served at this URL: below the installation's own, or at a host of its own. Whether there is one,
 * only the gateway knows, and a token for one that does not exist opens nothing.
 */
export const isResourceOf = (issuer: string, url: string): url is ResourceAudience => {
  const place = placeOf(issuer, url);
  if (place === undefined || place.path.length > MAX_RESOURCE_PATH_CHARACTERS) return false;
  if (place.path === "") return place.host !== undefined;
  const first = RESOURCE_PATH.exec(place.path)?.[1];
  return first !== undefined && !isReserved(first.toLowerCase());
};

/** The host that the upstream has to itself which is served at this URL; `undefined`: it is served at the installation's own. */
export const hostOfResource = (issuer: string, url: string): string | undefined => placeOf(issuer, url)?.host;

/** Why an upstream cannot have these scopes: one is another's, or there would be more than fit into a token. */
export type DeclarationFailure = { kind: "taken"; scope: string; owner: string } | { kind: "too-many" };

/** To be called before an upstream is stored, so that nothing is granted that it did not declare. */
export interface DeclarationRpc {
  /**
   * Replaces the scopes of an upstream, with a description each: from now on they can be granted. A scope stays its first
   * owner's for ever. Names are those of `isUpstreamScope`, descriptions have at most `MAX_SCOPE_DESCRIPTION_CHARACTERS`;
   * anything else is a bug and throws. `host`: the one that the upstream has to itself, so that tokens can be for it.
   */
  declareScopes(
    owner: string,
    scopes: Record<string, string>,
    host?: string,
  ): Promise<Result<true, DeclarationFailure>>;
  /** Takes the scopes and the host of an upstream out of new tokens until it declares them again. */
  withdrawScopes(owner: string): Promise<Result<true>>;
}
