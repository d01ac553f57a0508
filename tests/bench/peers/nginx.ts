/** nginx that asks another server about every request (`auth_request`): here a bare worker that verifies the token. */
import type { Peer } from "./peer.ts";
import { startPeer } from "./process.ts";

export const nginx: Peer = {
  name: "nginx, auth_request",
  packages: ["nginx"],
  start: ({ port, upstreamPort, verifierPort }) =>
    startPeer({
      port,
      config: {
        name: "nginx.conf",
        text: (directory) => `daemon off;
worker_processes 1;
pid ${directory}/pid;
error_log ${directory}/error.log;
events {}
http {
  access_log ${directory}/access.log;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 1000000;
  upstream service { server 127.0.0.1:${upstreamPort}; keepalive 32; keepalive_requests 1000000; }
  upstream verifier { server 127.0.0.1:${verifierPort}; keepalive 32; keepalive_requests 1000000; }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  server {
    listen 127.0.0.1:${port};
    location / {
      auth_request /verify;
      proxy_pass http://service;
    }
    location = /verify {
      internal;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header Connection "";
      proxy_pass http://verifier;
    }
  }
}
`,
      },
      command: (file) => ["nginx", "-e", "stderr", "-c", file],
    }),
};
