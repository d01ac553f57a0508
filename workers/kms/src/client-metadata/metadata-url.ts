/** The URLs that are ids of clients who describe themselves there (draft-ietf-oauth-client-id-metadata-document §3). */
import { holdsCredential } from "#shared/contracts/credential-shape.ts";
import { isPrivateHost } from "../egress/private-host.ts";

/** As long as an id by which anything is looked up. */
const MAX_CHARACTERS = 255;
/** A name with a dot, a port perhaps, and a path; neither a user, nor a query, nor a fragment. */
const CHARACTERS = /^https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:\/[\w.~!$&'()*+,;=:@%-]*)+$/;

/**
 * Whether a client can have this id: a URL in its normal form, so that no two texts are the same one, of a public host that is not
 * `issuer`'s own, whose name people trust. What the host resolves to is only known to the egress.
 */
export const isMetadataUrl = (text: string, issuer: string): boolean => {
  const url = text.length <= MAX_CHARACTERS && CHARACTERS.test(text) ? URL.parse(text) : null;
  // What the parser would repair, dot segments and default ports among it, is written otherwise.
  if (url?.href !== text || url.pathname === "/" || holdsCredential(text)) return false;
  return url.hostname !== new URL(issuer).hostname && !isPrivateHost(url.hostname);
};
