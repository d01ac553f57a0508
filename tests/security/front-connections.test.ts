/** How Caddy uses its connections to a replica: it keeps them, and closes them before workerd would. */
import { createServer, type Server } from "node:http";
import { Agent, request } from "node:https";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caddy, missingPackages, startCaddy } from "../observability/caddy.ts";

const isMissing = missingPackages(["caddy"]).length > 0;

const AT_ONCE = 20;
const WAVES = 3;
/** workerd's: after five seconds without a request it closes the connection. */
const WORKERD_IDLE_MS = 5_000;
const RESPONSE_MS = 50;

/** Of connections that carried a call, and not a probe. */
const sockets = new Set<Socket>();
const closedBy: ("caddy" | "replica")[] = [];
let replica: Server;
let caddy: Caddy;
/** Caddy's authority is its own. */
const agent = new Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: AT_ONCE });

const watch = (socket: Socket): void => {
  if (sockets.has(socket)) return;
  sockets.add(socket);
  let isEnded = false;
  socket.once("end", () => {
    isEnded = true;
  });
  socket.once("close", () => closedBy.push(isEnded ? "caddy" : "replica"));
};

beforeAll(async () => {
  if (isMissing) return;
  replica = createServer({ keepAliveTimeout: WORKERD_IDLE_MS, keepAliveTimeoutBuffer: 0 }, (incoming, response) => {
    if (incoming.url === "/ready") return void response.end("ready");
    watch(incoming.socket);
    setTimeout(() => response.end("ok"), RESPONSE_MS);
  });
  await new Promise<void>((resolve) => replica.listen(0, "127.0.0.1", resolve));
  const address = replica.address();
  if (address === null || typeof address === "string") throw new Error("the replica does not listen");
  caddy = await startCaddy(`http://127.0.0.1:${address.port}`);
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await caddy?.stop();
  replica?.closeAllConnections();
  replica?.close();
});

const get = (): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${caddy.url}/kms/me`, { agent }, (response) =>
      response.resume().once("end", () => resolve(response.statusCode ?? 0)),
    )
      .once("error", reject)
      .end();
  });

describe.skipIf(isMissing)("a connection from Caddy to a replica", () => {
  test("is used again by later requests, however many come at once", async () => {
    for (let wave = 0; wave < WAVES; wave += 1) {
      const statuses = await Promise.all(Array.from({ length: AT_ONCE }, get));
      expect(statuses).toEqual(Array(AT_ONCE).fill(200));
    }
    expect(sockets.size).toBeGreaterThan(0);
    expect(sockets.size).toBeLessThanOrEqual(AT_ONCE);
  });

  test("is closed by Caddy, so that no request is sent on one that the replica is closing", async () => {
    // The probes keep one of them in use.
    await expect.poll(() => closedBy.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(sockets.size - 1);
    expect(new Set(closedBy)).toEqual(new Set(["caddy"]));
  }, 20_000);
});
