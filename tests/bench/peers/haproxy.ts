/** HAProxy that verifies a token (HS256) and its expiry itself. */
import type { Peer } from "./peer.ts";
import { startPeer } from "./process.ts";

export const haproxy: Peer = {
  name: "HAProxy, jwt_verify",
  packages: ["haproxy"],
  start: ({ port, upstreamPort, secret }) =>
    startPeer({
      port,
      config: {
        name: "haproxy.cfg",
        text: () => `global
  nbthread 1
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend public
  bind 127.0.0.1:${port}
  http-request set-var(txn.token) http_auth_bearer
  http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.alg) -m str HS256 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_verify(txn.alg,"${secret}") 1 }
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  default_backend service
backend service
  server service 127.0.0.1:${upstreamPort}
`,
      },
      command: (file) => ["haproxy", "-db", "-f", file],
    }),
};
