/** The metrics of all workers on a port of this machine, for Prometheus, which reads no Unix socket. */
import { createServer, type RequestListener } from "node:http";
import { EXPOSITION_TYPE } from "../../shared/observability/merge.ts";
import { callLocal } from "./local-http.ts";
import { assertPortFree } from "./ports.ts";

/** Longer than the internal worker waits for the slowest worker. */
const SCRAPE_TIMEOUT_MS = 4000;

const respondFrom =
  (internalSocket: string): RequestListener =>
  (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    const to = { socketPath: internalSocket };
    callLocal({ to, method: "GET", path: "/metrics", timeoutMs: SCRAPE_TIMEOUT_MS }).then(
      ({ status, text }) => response.writeHead(status, { "content-type": EXPOSITION_TYPE }).end(text),
      () => response.writeHead(503).end(),
    );
  };

/**
 * Responds to `GET /metrics` on this loopback port, and nothing else that the internal socket would; returns what ends it.
 * Throws {@link OperatorError} when the port cannot be listened on.
 */
export const serveMetrics = async (port: number, internalSocket: string): Promise<() => void> => {
  await assertPortFree(port, "METRICS_PORT");
  const server = createServer(respondFrom(internalSocket));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
};
