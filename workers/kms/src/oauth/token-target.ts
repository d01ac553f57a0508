/**
 * What a token shall be good for: workers named by `audience` (RFC 8693 §2.1), or workers and upstreams pointed at by
 * `resource` (RFC 8707).
 */
import { AUDIENCES, type Audience, TOKEN_AUDIENCE } from "#shared/contracts/access-token.ts";
import { hostOfResource, isResourceOf } from "#shared/contracts/upstreams.ts";
import { type Result, success } from "#shared/lang/result.ts";
import type { UpstreamHosts } from "../upstream-scopes/upstream-scopes.ts";
import { type OAuthError, type Parameters, type Parsed, refused } from "./oauth-form.ts";

/** Each is in the token, and in what is stored of a session. */
const MAX_AUDIENCES = 8;

const isAudience = (name: string): name is (typeof AUDIENCES)[number] =>
  AUDIENCES.some((audience) => audience === name);

/** An absolute URI of RFC 3986 without user, query and fragment; the URL parser would repair what is none. */
const PLAIN_URI = /^https?:\/\/[\w.~!$&'()*+,;=:[\]%-]+(?:\/[\w.~!$&'()*+,;=:@%/-]*)?$/i;

/** Octets that need no encoding (RFC 3986 §2.3), encoded all the same. */
const decodeUnreserved = (path: string): string =>
  path.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });

/**
 * The URI as equal ones are written (RFC 3986 §6.2.2, §6.2.3): scheme and host in lower case, without the default port and
 * dot segments, and without a slash at the end. `undefined`: it is none that could be a target.
 */
const normalUri = (uri: string): string | undefined => {
  if (!PLAIN_URI.test(uri) || !URL.canParse(decodeUnreserved(uri))) return undefined;
  const { origin, pathname } = new URL(decodeUnreserved(uri));
  return (origin + pathname).replace(/\/$/, "");
};

/** The worker or upstream that is reached there, or all of them; `undefined`: none of this installation's. */
const audienceAt = (uri: string, issuer: string): Audience | undefined => {
  const [target, home] = [normalUri(uri), normalUri(issuer)];
  if (target === undefined || home === undefined) return undefined;
  if (target === home) return TOKEN_AUDIENCE;
  const path = target.startsWith(`${home}/`) ? target.slice(home.length + 1) : undefined;
  if (path !== undefined && isAudience(path)) return path === TOKEN_AUDIENCE ? undefined : path;
  const resource = path === undefined ? target : `${issuer}/${path}`;
  return isResourceOf(issuer, resource) ? resource : undefined;
};

const unknownTarget = (issuer: string): Result<never, OAuthError> =>
  refused(
    "invalid_target",
    `audience must be one of ${AUDIENCES.join(", ")}; resource must be ${issuer}/AUDIENCE or the URL of a service behind the gateway.`,
  );

/**
 * Succeeds if there is an upstream at each host that these lead to beside the installation's own: no token is for a place that is
 * none of ours. Asks the database only where there is such a host.
 */
export const checkTarget = async (
  audiences: readonly Audience[] | undefined,
  issuer: string,
  { unknownHosts }: Pick<UpstreamHosts, "unknownHosts">,
): Promise<Parsed<undefined>> => {
  const hosts = audiences?.flatMap((audience) => hostOfResource(issuer, audience) ?? []) ?? [];
  return hosts.length > 0 && (await unknownHosts(hosts)).length > 0 ? unknownTarget(issuer) : success(undefined);
};

/**
 * The audiences that are asked for; `undefined` when none are named. Those at other hosts are still to be checked, by
 * {@link checkTarget}. `issuer`: where this installation is reached.
 */
export const parseTarget = (parameters: Pick<Parameters, "all">, issuer: string): Parsed<Audience[] | undefined> => {
  const named = parameters.all("audience").map((name) => (isAudience(name) ? name : undefined));
  const wanted = [...named, ...parameters.all("resource").map((uri) => audienceAt(uri, issuer))];
  if (wanted.length === 0) return success(undefined);
  const audiences = wanted.filter((audience) => audience !== undefined);
  if (audiences.length < wanted.length) return unknownTarget(issuer);
  if (audiences.includes(TOKEN_AUDIENCE)) return success([TOKEN_AUDIENCE]);
  const different = [...new Set(audiences)];
  return different.length > MAX_AUDIENCES
    ? refused("invalid_target", `A token can be for ${MAX_AUDIENCES} targets at most.`)
    : success(different);
};
