/** Security headers for browsers, on every response that does not set its own. */

/** Nothing is loaded, framed, sent or run, not even where a response is opened as if it were a page. */
const NO_PAGE = [
  "default-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "sandbox",
].join("; ");

const EVERYWHERE = { "content-security-policy": NO_PAGE, "referrer-policy": "no-referrer" };

/** A year, the least that counts; a host says so over HTTPS only (RFC 6797 §7.2). */
const OVER_TLS = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

/** As entries, which are set on every response. */
export const securityHeaders = (publicUrl: string): readonly (readonly [name: string, value: string])[] =>
  Object.entries(publicUrl.startsWith("https:") ? { ...EVERYWHERE, ...OVER_TLS } : EVERYWHERE);
