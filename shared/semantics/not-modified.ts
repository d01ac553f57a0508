/** Conditional reads (RFC 9110 §13.1.2): a caller that has a representation already, by its entity tag, gets no other. */

import { trimBlanks } from "./media-type.ts";
import { isBodiless } from "./method.ts";

const TAG = /(?:W\/)?("[^"]*")/g;

/** Whether `If-None-Match` names this tag, or any. Weak and strong ones are compared alike. */
export const namesTag = (header: string, etag: string): boolean => {
  if (trimBlanks(header) === "*") return true;
  const opaque = etag.replace(/^W\//, "");
  return [...header.matchAll(TAG)].some(([, tag]) => tag === opaque);
};

interface ConditionalRequest {
  method: string;
  headers: Pick<Headers, "get">;
}

/** The response to a read, or 304 without its content where the caller has that already. */
export const unlessKnown = (request: ConditionalRequest, response: Response): Response => {
  const known = request.headers.get("if-none-match");
  if (known === null || response.status !== 200 || !isBodiless(request.method)) return response;
  const etag = response.headers.get("etag");
  if (etag === null || !namesTag(known, etag)) return response;
  const headers = new Headers(response.headers);
  for (const name of [...headers.keys()]) if (name.startsWith("content-")) headers.delete(name);
  return new Response(null, { status: 304, headers });
};
