/** What one does with a running sqld: create databases, mint tokens that open one of them, and connect. */
import type { KeyObject } from "node:crypto";
import { Agent, request } from "node:http";
import { type Client, createClient } from "@libsql/client/http";
import { SignJWT } from "jose";
import { z } from "zod";
import type { SqldOptions } from "./sqld.ts";

const ADMIN_TIMEOUT_MS = 25_000;
const CONNECTIONS = 8;

const LOOPBACK = "127.0.0.1";

/** What it takes to create and drop namespaces; on this machine, if no host is said. */
export interface SqldAdmin extends Pick<SqldOptions, "adminPort" | "adminKey"> {
  host?: string;
}

const administer = (sqld: SqldAdmin, method: string, target: string, body?: string): Promise<Response> =>
  fetch(`http://${sqld.host ?? LOOPBACK}:${sqld.adminPort}/v1/namespaces/${target}`, {
    method,
    headers: { authorization: `basic ${sqld.adminKey}`, "content-type": "application/json" },
    body: body ?? null,
    signal: AbortSignal.timeout(ADMIN_TIMEOUT_MS),
  });

/**
 * A commit is on the disk before it is acknowledged (SQLite's `synchronous = FULL`). By default sqld leaves that to the next
 * checkpoint, and what was acknowledged since the last one is lost with the power.
 */
const DURABILITY = { durability_mode: "strong" } as const;

/** The configuration of a namespace: what is left out when it is replaced is reset, so it is sent back whole. */
const namespaceConfig = z.looseObject({ durability_mode: z.string() });

/** Makes the commits of a namespace durable that an earlier version has created; a stream keeps what it began with. */
const makeDurable = async (sqld: SqldAdmin, namespace: string): Promise<void> => {
  const target = `${namespace}/config`;
  const read = await administer(sqld, "GET", target);
  if (!read.ok) throw new Error(`the configuration of ${namespace} cannot be read: ${await read.text()}`);
  const config = namespaceConfig.parse(await read.json());
  if (config.durability_mode === DURABILITY.durability_mode) return;
  const written = await administer(sqld, "POST", target, JSON.stringify({ ...config, ...DURABILITY }));
  if (!written.ok) throw new Error(`the configuration of ${namespace} cannot be changed: ${await written.text()}`);
};

/** Creates the namespace unless it exists. Either way its commits are durable for every stream that is opened from then on. */
export const ensureNamespace = async (sqld: SqldAdmin, namespace: string): Promise<void> => {
  const response = await administer(sqld, "POST", `${namespace}/create`, JSON.stringify(DURABILITY));
  if (response.ok) return;
  const text = await response.text();
  if (!text.includes("already exists")) throw new Error(`database ${namespace} cannot be created: ${text}`);
  await makeDurable(sqld, namespace);
};

/** Drops the namespace with all its data. */
export const deleteNamespace = async (sqld: SqldAdmin, namespace: string): Promise<void> => {
  const response = await administer(sqld, "DELETE", namespace);
  if (!response.ok) throw new Error(`database ${namespace} cannot be dropped: ${await response.text()}`);
};

/** A token that reads and writes this namespace and no other. */
export const mintDatabaseToken = (signingKey: KeyObject, namespace: string): Promise<string> =>
  new SignJWT({ p: { rw: { ns: [namespace] } } }).setProtectedHeader({ alg: "EdDSA" }).setIssuedAt().sign(signingKey);

/** The address workers know the namespace by: sqld picks it from the first label of the host. */
export const namespaceUrl = (namespace: string): string => `http://${namespace}.db`;

/** A `fetch` that sends everything to this server and keeps the host, which Node's own fetch does not let one set. */
export const fetchThrough =
  (port: number, agent: Agent, server = LOOPBACK) =>
  async (input: Request) => {
    const { host, pathname, search } = new URL(input.url);
    const body = Buffer.from(await input.arrayBuffer());
    const headers = { ...Object.fromEntries(input.headers), host };
    const { method, signal } = input;
    const options = { host: server, port, agent, method, path: pathname + search, headers, signal };
    return new Promise<Response>((resolve, reject) => {
      const outgoing = request(options, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const type = incoming.headers["content-type"] ?? "application/octet-stream";
          const status = incoming.statusCode ?? 502;
          resolve(new Response(Buffer.concat(chunks), { status, headers: { "content-type": type } }));
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  };

/** The server as a worker's binding to it would be. */
export const libsqlAt = (port: number, host = LOOPBACK) => {
  const send = fetchThrough(port, new Agent(), host);
  return { fetch: (input: RequestInfo | URL, init?: RequestInit) => send(new Request(input, init)) };
};

/** A libSQL client for one namespace, from Node. */
export const connectDatabase = (port: number, namespace: string, authToken: string, host = LOOPBACK): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, timeout: ADMIN_TIMEOUT_MS });
  return createClient({ url: namespaceUrl(namespace), authToken, fetch: fetchThrough(port, agent, host) });
};
