/**
 * What keeps Fountain's own pages and sessions apart from a service on the same host: its responses may not speak for the
 * host as a whole, and the cookies of Fountain's sessions are between the browser and Fountain.
 */

/** They concern the whole host, Fountain's own pages included. */
const OF_HOST = [
  "alt-svc",
  "clear-site-data",
  // As it stands on Fountain's pages: a page of the same origin that has it, too, would keep hold of the windows that it opens.
  "cross-origin-opener-policy",
  "nel",
  "report-to",
  "service-worker-allowed",
  "strict-transport-security",
];

/** With what the names of Fountain's own cookies begin: only their host sets such cookies (RFC 6265bis §4.1.3.2). */
const OWN_PREFIX = "__host-fountain";

const isOwn = (pair: string): boolean => pair.trim().toLowerCase().startsWith(OWN_PREFIX);

/** `Cookie` without Fountain's own; `undefined`: there are no others. */
export const withoutOwnCookies = (sent: string): string | undefined => {
  // Several such fields are joined by commas.
  const kept = sent.split(";").filter((part) => !part.split(",").some(isOwn));
  return kept.length === 0 ? undefined : kept.join(";").trim();
};

/** A cookie without a name is sent back as its value alone, which then reads as another's name. */
const setsOwn = (setCookie: string): boolean => isOwn(setCookie.replace(/^[\s=]+/, ""));

/** Removes from the header of a response what a service on Fountain's own host may not say. */
export const removeFieldsOfHost = (headers: Headers): void => {
  for (const name of OF_HOST) headers.delete(name);
  const cookies = headers.getSetCookie();
  if (!cookies.some(setsOwn)) return;
  headers.delete("set-cookie");
  for (const cookie of cookies) if (!setsOwn(cookie)) headers.append("set-cookie", cookie);
};
