/** Egress to the services behind the gateway. */
import type { Upstream } from "../composition/services.ts";

/**
 * Sends a request to wherever its URL says: through the binding where Fountain is self-hosted, and by `fetch` on the edge. A
 * redirect is a response like any other and never followed. Rejects when no connection is made, as to an address that the
 * binding refuses.
 */
export const createEgress = (binding?: Upstream): Upstream => {
  const service: Upstream = binding ?? { fetch: (input, init) => fetch(input, init) };
  return { fetch: (input, init) => service.fetch(input, { ...init, redirect: "manual" }) };
};
