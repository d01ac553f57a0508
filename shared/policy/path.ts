/** The path a request is routed by: the same text for the route table, for the handlers and for the next worker. */

const STRAY_PERCENT = /%(?![0-9a-f]{2})/gi;
const ENCODED_ASCII = /%[2-7][0-9a-f]/gi;
const UNRESERVED = /[\w.~-]/;
/** Nothing in it is encoded, resolved or turned. */
const PLAIN = /^[\w~/.-]*$/;
const END_OF_PATH = /[?#]/;
const END_OF_AUTHORITY = /[/?#]/;

const authorityStart = (url: string): number => url.indexOf("://") + 3;

/** The host of an absolute URL, with its port, as it is written. */
export const authorityOf = (url: string): string => url.slice(authorityStart(url)).split(END_OF_AUTHORITY, 1)[0] ?? "";

/** The path of an absolute URL as it is written. */
export const writtenPath = (url: string): string => {
  const start = url.indexOf("/", authorityStart(url));
  if (start === -1) return "/";
  const end = url.slice(start).search(END_OF_PATH);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
};

const decodeUnreserved = (triplet: string): string => {
  const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
  return UNRESERVED.test(character) ? character : triplet;
};

/**
 * The path of a URL with dot segments resolved and backslashes turned, as the URL standard has it, and with unreserved
 * characters decoded (RFC 3986 §6.2.2.2). Everything else, `%2F` above all, stays as it was sent. It never throws,
 * whatever the host, and applying it twice changes nothing: the next worker sees what was decided on here.
 */
export const canonicalPath = (url: string): string => {
  const written = writtenPath(url);
  if (PLAIN.test(written) && !written.includes("/.")) return written;
  const { pathname } = new URL(`http://host${written}`);
  if (!pathname.includes("%")) return pathname;
  return pathname.replace(STRAY_PERCENT, "%25").replace(ENCODED_ASCII, decodeUnreserved);
};

/** Printable ASCII without what the URL standard encodes in a query. */
const QUERY_AS_SENT = /^[!$-&(-;=?-~]*$/;

/** The query of a URL with its `?`, as `URL.search` has it; empty if there is none. */
export const queryOf = (url: string): string => {
  const start = url.indexOf("?");
  if (start === -1) return "";
  const query = url.slice(start);
  if (!QUERY_AS_SENT.test(query) || url.includes("#")) return new URL(url).search;
  return query === "?" ? "" : query;
};
