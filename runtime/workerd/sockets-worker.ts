/**
 * The service `sockets`: opens WebSockets at services behind the gateway, for the gateway alone. It is a worker of its own because
 * workerd reports when one of its requests is over, and with it the WebSocket.
 */
import { SOCKET_FIELD } from "../../workers/gateway/src/upstreams/sockets/opener.ts";

interface Env {
  UPSTREAMS: Pick<Fetcher, "fetch">;
}

export default {
  fetch: (request: Request, { UPSTREAMS }: Env): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.delete(SOCKET_FIELD);
    return UPSTREAMS.fetch(request, { headers, redirect: "manual" });
  },
};
