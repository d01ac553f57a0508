/** The libSQL server: one process on loopback, one namespace per worker, a token good for that namespace only. */
import { type ChildProcess, spawn } from "node:child_process";
import { createPublicKey, type KeyObject } from "node:crypto";
import { accessSync, chmodSync, constants } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@libsql/client/http";
import { SignJWT } from "jose";
import { hasEnded } from "./process.ts";

const POLL_INTERVAL_MS = 10;
const START_TIMEOUT_MS = 10_000;

/** sqld refuses new requests beyond this many; its default of 128 is for one database, not for one per worker. */
const MAX_CONCURRENT = "512";

export interface SqldOptions {
  /** Where the databases live; sqld creates it when missing. */
  dataDirectory: string;
  /** Loopback ports for the databases and for administration. */
  port: number;
  adminPort: number;
  /** What administration asks for; known to the parent process only. */
  adminKey: string;
  /** The key that signs database tokens; sqld itself is given the public half only. */
  signingKey: KeyObject;
}

/** What it takes to create and drop namespaces. */
export type SqldAdmin = Pick<SqldOptions, "adminPort" | "adminKey">;

const findBinary = (): string => {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`@sqld/${process.platform}-${process.arch}/package.json`);
  const binary = path.join(path.dirname(manifest), "sqld");
  try {
    accessSync(binary, constants.X_OK);
  } catch {
    chmodSync(binary, 0o755);
  }
  return binary;
};

/** Starts sqld without waiting for it; its output is the caller's to read or to drop. */
export const spawnSqld = (options: SqldOptions): ChildProcess => {
  const publicKey = createPublicKey(options.signingKey).export({ type: "spki", format: "pem" }).toString();
  return spawn(
    findBinary(),
    [
      "--no-welcome",
      "--db-path",
      options.dataDirectory,
      "--http-listen-addr",
      `127.0.0.1:${options.port}`,
      "--admin-listen-addr",
      `127.0.0.1:${options.adminPort}`,
      "--enable-namespaces",
      "--disable-default-namespace",
      "--max-concurrent-connections",
      MAX_CONCURRENT,
      "--max-concurrent-requests",
      MAX_CONCURRENT,
      "--shutdown-timeout",
      "3",
    ],
    {
      // A group of its own: Ctrl-C reaches the parent only, which ends its children in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { SQLD_AUTH_JWT_KEY: publicKey, LIBSQL_ADMIN_AUTH_KEY: options.adminKey, RUST_LOG: "warn", NO_COLOR: "1" },
    },
  );
};

/** Resolves when sqld answers; rejects when it ends first or stays silent for ten seconds. */
export const waitForSqld = async (port: number, sqld: ChildProcess): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (hasEnded(sqld)) throw new Error("sqld ended at once");
    const healthy = await fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await sleep(POLL_INTERVAL_MS);
  }
  throw new Error("sqld does not answer");
};

const administer = (sqld: SqldAdmin, method: string, target: string, body?: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${sqld.adminPort}/v1/namespaces/${target}`, {
    method,
    headers: { authorization: `basic ${sqld.adminKey}`, "content-type": "application/json" },
    body: body ?? null,
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

/** A `fetch` that sends everything to this port and keeps the host, which Node's own fetch does not let one set. */
export const fetchThrough = (port: number, agent: Agent) => async (input: Request) => {
  const { host, pathname, search } = new URL(input.url);
  const body = Buffer.from(await input.arrayBuffer());
  const headers = { ...Object.fromEntries(input.headers), host };
  const options = { host: "127.0.0.1", port, agent, method: input.method, path: pathname + search, headers };
  return new Promise<Response>((resolve, reject) => {
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const type = incoming.headers["content-type"] ?? "application/octet-stream";
        resolve(
          new Response(Buffer.concat(chunks), {
            status: incoming.statusCode ?? 502,
            headers: { "content-type": type },
          }),
        );
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
};

/** A libSQL client for one namespace, from Node. */
export const connectDatabase = (port: number, namespace: string, authToken: string): Client =>
  createClient({
    url: namespaceUrl(namespace),
    authToken,
    fetch: fetchThrough(port, new Agent({ keepAlive: true, maxSockets: 8, timeout: 10_000 })),
  });
