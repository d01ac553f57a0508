/** What one does with a running sqld: create databases, mint tokens that open one of them, and connect. */
import type { KeyObject } from "node:crypto";
import { Agent, request } from "node:http";
import { type Client, createClient } from "@libsql/client/http";
import { SignJWT } from "jose";
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

/** Creates the namespace unless it exists. */
export const ensureNamespace = async (sqld: SqldAdmin, namespace: string): Promise<void> => {
  const response = await administer(sqld, "POST", `${namespace}/create`, "{}");
  if (response.ok) return;
  const text = await response.text();
  if (!text.includes("already exists")) throw new Error(`database ${namespace} cannot be created: ${text}`);
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
    const options = { host: server, port, agent, method: input.method, path: pathname + search, headers };
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

/** A libSQL client for one namespace, from Node. */
export const connectDatabase = (port: number, namespace: string, authToken: string, host = LOOPBACK): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, timeout: ADMIN_TIMEOUT_MS });
  return createClient({ url: namespaceUrl(namespace), authToken, fetch: fetchThrough(port, agent, host) });
};
