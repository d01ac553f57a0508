/**
 * Serves a page that registers a passkey at Fountain and logs in with it.
 *
 *   node examples/passkeys/server.ts      PORT and FOUNTAIN_URL from the environment
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";

export interface Example {
  port: number;
  /** Where the gateway is. */
  gateway: string;
}

const FILES: Record<string, { type: string; file: string }> = {
  "/": { type: "text/html; charset=utf-8", file: "index.html" },
  "/page.js": { type: "text/javascript; charset=utf-8", file: "page.js" },
};

interface Reply {
  status: number;
  type: string;
  body: string | Buffer;
}

const replyTo = ({ gateway }: Example, pathname: string): Reply => {
  if (pathname === "/settings") return { status: 200, type: "application/json", body: JSON.stringify({ gateway }) };
  const found = FILES[pathname];
  return found
    ? { status: 200, type: found.type, body: readFileSync(path.join(import.meta.dirname, found.file)) }
    : { status: 404, type: "text/plain", body: "There is nothing here." };
};

/** The server, once it listens. */
export const startExample = (example: Example): Promise<Server> => {
  const server = createServer(({ url = "/" }, response) => {
    const { status, type, body } = replyTo(example, new URL(url, "http://localhost").pathname);
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(example.port, "127.0.0.1", () => done(server));
  });
};

if (import.meta.main) {
  const { FOUNTAIN_URL, PORT = "3000" } = process.env;
  const gateway = (FOUNTAIN_URL ?? "http://localhost:8787").replace(/\/$/, "");
  await startExample({ port: Number(PORT), gateway });
  const origin = `http://localhost:${PORT}`;
  console.log(`Open ${origin}. Fountain must run with CORS_ORIGINS=${origin} WEBAUTHN_ORIGINS=${origin}`);
}
