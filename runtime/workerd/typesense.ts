/** How search reaches a Typesense cluster: a service with one address outside for each node, and nothing else. */
import { MAX_NODES } from "../../workers/search/src/typesense/node-urls.ts";

/** The service name that stands for the cluster. */
export const TYPESENSE_SERVICE = "typesense";

/** The var that names the nodes. */
export const TYPESENSE_NODES = "TYPESENSE_NODES";

/** Where a node is; with a name in its certificate, it is spoken to over TLS. */
export interface NodeAddress {
  readonly address: string;
  readonly certificateHost?: string;
}

/** The binding of the service to a node, counted from 0. */
export const nodeBinding = (index: number): string => `NODE_${index + 1}`;

/** The service that is a node's address. */
export const nodeService = (index: number): string => `${TYPESENSE_SERVICE}-${index + 1}`;

/** The addresses of nodes by their URLs. */
export const nodeAddresses = (urls: readonly string[]): NodeAddress[] =>
  urls.map((url) => {
    const { protocol, hostname, port } = new URL(url);
    if (protocol === "https:") return { address: `${hostname}:${port || 443}`, certificateHost: hostname };
    return { address: `${hostname}:${port || 80}` };
  });

/** No process listens there. */
const NOWHERE = "127.0.0.1:1";

/** As many nodes as there may be, without TLS, whose addresses are given when workerd starts. */
export const OPEN_ADDRESSES: readonly NodeAddress[] = Array.from({ length: MAX_NODES }, () => ({ address: NOWHERE }));
