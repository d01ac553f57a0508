/** The gateway's way to the services behind it, wherever their URLs say that they are. */
import type { Reach } from "./ports.ts";

/**
 * Sends requests by the egress of a self-hosted Fountain, which is bound to the gateway and reaches neither addresses of the
 * cloud's own nor Fountain itself; on the edge by `fetch`, which has no such filter. Redirects are passed on.
 */
export const createReach =
  (binding?: Pick<Fetcher, "fetch">): Reach =>
  (url, init) => {
    const request = { ...init, redirect: "manual" } as const;
    return binding ? binding.fetch(url, request) : fetch(url, request);
  };
