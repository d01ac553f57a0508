/**
 * Credentials of WebSockets that pages open: a browser sends no header of the page's own with them, but the names of
 * subprotocols (RFC 6455 §1.9), of which one may hold a token or an API key, as at Kubernetes.
 */
import type { Fields } from "#shared/http/fields.ts";

export const PROTOCOLS_FIELD = "sec-websocket-protocol";
const CREDENTIAL_PREFIX = "fountain.bearer.";

/** Whether the request asks to become a WebSocket. */
export const isSocketRequest = (fields: Pick<Fields, "get">): boolean =>
  fields.get("upgrade")?.toLowerCase() === "websocket";

const protocolsIn = (value: string): string[] => value.split(",").map((name) => name.trim());

/** What stands for a credential among the subprotocols. */
export const socketCredentials = (fields: Pick<Fields, "get">): string[] => {
  if (!isSocketRequest(fields)) return [];
  const offered = protocolsIn(fields.get(PROTOCOLS_FIELD) ?? "");
  return offered
    .filter((name) => name.startsWith(CREDENTIAL_PREFIX))
    .map((name) => name.slice(CREDENTIAL_PREFIX.length));
};

/** The subprotocols that the service is to choose from; `undefined`: none. */
export const offeredProtocols = (value: string): string | undefined => {
  const offered = protocolsIn(value).filter((name) => name !== "" && !name.startsWith(CREDENTIAL_PREFIX));
  return offered.length === 0 ? undefined : offered.join(", ");
};
