/**
 * What a token shall be good for: workers named by `audience` (RFC 8693 §2.1), or workers and upstreams pointed at by
 * `resource` (RFC 8707).
 */
import { AUDIENCES, type Audience, isResourceOf, TOKEN_AUDIENCE } from "#shared/contracts/access-token.ts";
import { success } from "#shared/lang/result.ts";
import { type Parameters, type Parsed, refused } from "./oauth-form.ts";

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
  if (!target.startsWith(`${home}/`)) return undefined;
  const path = target.slice(home.length + 1);
  if (isAudience(path)) return path === TOKEN_AUDIENCE ? undefined : path;
  const resource = `${issuer}/${path}`;
  return isResourceOf(issuer, resource) ? resource : undefined;
};

/** The audiences that are asked for; `undefined` when none are named. `issuer`: where this installation is reached. */
export const parseTarget = (parameters: Pick<Parameters, "all">, issuer: string): Parsed<Audience[] | undefined> => {
  const named = parameters.all("audience").map((name) => (isAudience(name) ? name : undefined));
  const wanted = [...named, ...parameters.all("resource").map((uri) => audienceAt(uri, issuer))];
  if (wanted.length === 0) return success(undefined);
  const audiences = wanted.filter((audience) => audience !== undefined);
  if (audiences.length < wanted.length)
    return refused(
      "invalid_target",
      `audience must be one of ${AUDIENCES.join(", ")}; resource must be ${issuer}/AUDIENCE or a service's URL below ${issuer}.`,
    );
  if (audiences.includes(TOKEN_AUDIENCE)) return success([TOKEN_AUDIENCE]);
  const different = [...new Set(audiences)];
  return different.length > MAX_AUDIENCES
    ? refused("invalid_target", `A token can be for ${MAX_AUDIENCES} targets at most.`)
    : success(different);
};
