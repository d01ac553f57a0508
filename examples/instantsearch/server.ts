/**
 * Serves a page that searches Fountain from the browser, and gives it scoped keys. The API key stays in this program.
 *
 *   FOUNTAIN_API_KEY=ftn_… node examples/instantsearch/server.ts      PORT, FOUNTAIN_URL, FILTER from the environment
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

export interface Example {
  port: number;
  /** Where the gateway is. */
  gateway: string;
  /** Of a service with the scope `search:read`. */
  apiKey: string;
  /** What pages may see: Typesense's `filter_by`. */
  filter: string;
}

const { resolve } = createRequire(import.meta.url);
const here = (file: string): string => path.join(import.meta.dirname, file);

const FILES: Record<string, { type: string; file: string }> = {
  "/": { type: "text/html; charset=utf-8", file: here("index.html") },
  "/page.js": { type: "text/javascript; charset=utf-8", file: here("page.js") },
  "/instantsearch.js": {
    type: "text/javascript; charset=utf-8",
    file: resolve("instantsearch.js/dist/instantsearch.production.min.js"),
  },
  "/adapter.js": {
    type: "text/javascript; charset=utf-8",
    file: resolve("typesense-instantsearch-adapter/dist/typesense-instantsearch-adapter.min.js"),
  },
};

interface Reply {
  status: number;
  type: string;
  body: string | Buffer;
}

const json = (status: number, value: unknown): Reply => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
});

/** A scoped key for one page: good for a quarter of an hour, within the filter. */
const settingsFor = async ({ gateway, apiKey, filter }: Example): Promise<Reply> => {
  const response = await fetch(`${gateway}/search/scoped-keys`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": apiKey },
    body: JSON.stringify({ filter_by: filter, expires_at: Math.floor(Date.now() / 1000) + 15 * 60 }),
  });
  const { key, expires_at: expiresAt, detail } = JSON.parse(await response.text());
  return response.ok ? json(200, { gateway, key, expiresAt }) : json(502, { detail });
};

const replyTo = async (example: Example, pathname: string): Promise<Reply> => {
  if (pathname === "/settings") return settingsFor(example);
  const found = FILES[pathname];
  return found
    ? { status: 200, type: found.type, body: readFileSync(found.file) }
    : json(404, { detail: "There is nothing here." });
};

/** The server, once it listens. */
export const startExample = (example: Example): Promise<Server> => {
  const server = createServer(async ({ url = "/" }, response) => {
    const reply = await replyTo(example, new URL(url, "http://localhost").pathname).catch((error: unknown) =>
      json(502, { detail: `Fountain does not respond: ${String(error)}` }),
    );
    response.writeHead(reply.status, { "content-type": reply.type, "cache-control": "no-store" }).end(reply.body);
  });
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(example.port, "127.0.0.1", () => done(server));
  });
};

if (import.meta.main) {
  const { FOUNTAIN_API_KEY: apiKey, FOUNTAIN_URL, FILTER, PORT = "3000" } = process.env;
  if (!apiKey) {
    console.error("Set FOUNTAIN_API_KEY to the key of a service with the scope search:read.");
    process.exit(1);
  }
  const gateway = (FOUNTAIN_URL ?? "http://localhost:8787").replace(/\/$/, "");
  await startExample({ port: Number(PORT), gateway, apiKey, filter: FILTER ?? "sequence_number:>0" });
  console.log(`Open http://localhost:${PORT}. Fountain must run with CORS_ORIGINS=http://localhost:${PORT}`);
}
