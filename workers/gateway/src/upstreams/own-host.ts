/**
 * What keeps Fountain's own pages and sessions apart from a service on the same host: its responses may not speak for the
 * host as a whole, no service worker of it may serve Fountain's pages, and the cookies of Fountain's sessions are between the
 * browser and Fountain.
 */
import type { Fields } from "#shared/http/fields.ts";
import { problem } from "#shared/problem/problem.ts";

/** They concern the whole host, Fountain's own pages included. */
const OF_HOST = [
  "alt-svc",
  "clear-site-data",
  // As it stands on Fountain's pages: a page of the same origin that has it, too, would keep hold of the windows that it opens.
  "cross-origin-opener-policy",
  "nel",
  "report-to",
  // By sessions that are bound to a device, a browser would ask the service before it opens any page of the host.
  "sec-session-registration",
  "secure-session-registration",
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

/** The field by which a browser asks for the script of a service worker. */
const WORKER_FIELD = "service-worker";

/**
 * Refuses a browser the script of a service worker at the prefix itself, `/notes`. For a browser, it lies in the folder above: its
 * worker would serve every page of the host (Service Workers, "Update": the scope that a script may have).
 */
export const assertNoWorkerAtPrefix = (sent: Pick<Fields, "has">): void => {
  if (!sent.has(WORKER_FIELD)) return;
  throw problem("forbidden", { detail: "The script of a service worker must be below the prefix of its service." });
};

/** Keeps a browser from making a service worker of such a script that its cache has. */
export const varyByWorker = (headers: Headers): void => headers.append("vary", "Service-Worker");
