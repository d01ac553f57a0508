/**
 * Streams of events through the gateway, directly and behind Caddy: no time limit for connections, headers or responses ends a
 * silent one, and the caller who may not call any more loses it.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip, createGzip } from "node:zlib";
import { decodeJwt } from "jose";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caddy, missingPackages, startCaddy } from "../observability/caddy.ts";
import { type Headers, send } from "../support/call.ts";
import { openMint } from "../support/mint.ts";
import { logIn, registerService } from "../support/session.ts";
import { eventually } from "../support/workerd.ts";
import { REFUSING_CHANGES, WITHIN_MS } from "./refusing-changes.ts";
import { useWorld } from "./world.ts";

/** Longer than each of these, and than workerd keeps a connection that is not used. */
const SILENCE_MS = 8_000;
const SHORT = {
  "read_header 10s": "read_header 1s",
  "idle 2m": "idle 1s",
  "response_header_timeout 11m": "response_header_timeout 2s",
};
const ANSWER_SECONDS = 2;

const hasCaddy = missingPackages(["caddy"]).length === 0;

let service: Server;
/** The streams that the service has not ended, by the query with which they were asked for. */
const open = new Map<string, ServerResponse>();
const world = useWorld();

beforeAll(async () => {
  service = createServer(({ url = "", headers }, response) => {
    const [, id = ""] = url.split("?");
    open.set(id, response);
    response.on("close", () => open.delete(id));
    const type = { "content-type": "text/event-stream; charset=utf-8" };
    if (headers["accept-encoding"] === "gzip") {
      const events = createGzip();
      events.pipe(response.writeHead(200, { ...type, "content-encoding": "gzip" }));
      events.write("data: first\n\n");
      return events.flush();
    }
    response.writeHead(200, type);
    return response.write(`data: first, after ${headers["last-event-id"] ?? "none"}\n\n`);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port } = Object(service.address());
  await world().put("news", {
    targets: [`http://127.0.0.1:${port}`],
    answerWithinSeconds: ANSWER_SECONDS,
    scopes: { "news:read": "Read news" },
    routes: [
      { match: "GET /events", scope: "news:read" },
      { match: "GET /open", anyone: true },
    ],
  });
});
afterAll(() => {
  service?.closeAllConnections();
  service?.close();
});

interface Stream {
  text: () => string;
  /** Resolves with whether it ended as a whole response does. */
  ended: Promise<boolean>;
}

const listen = async (
  path: string,
  headers: Headers,
  { origin = world().fountain.url, agent = new Agent() }: { origin?: string; agent?: Agent } = {},
): Promise<Stream> => {
  const { statusCode, body } = await request(origin + path, { headers, dispatcher: agent, bodyTimeout: 0 });
  expect(statusCode).toBe(200);
  let text = "";
  body.on("data", (bytes: Buffer) => {
    text += bytes.toString();
  });
  const ended = new Promise<boolean>((resolve) => {
    body.on("end", () => resolve(true)).on("error", () => resolve(false));
  });
  await eventually(() => text.includes("data: first"));
  return { text: () => text, ended };
};

/** A stream for a caller who asks for a WebSocket, which the service does not open. */
const listenInPlaceOfSocket = async (path: string, { authorization }: Headers): Promise<Stream> => {
  const { hostname, port } = new URL(world().fountain.url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
  const upgrade = [`authorization: ${authorization}`, "connection: upgrade", "upgrade: websocket"];
  const handshake = ["sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="];
  socket.write([`GET ${path} HTTP/1.1`, "host: localhost", ...upgrade, ...handshake, "", ""].join("\r\n"));
  await eventually(() => text.includes("data: first"));
  const ended = eventually(() => text.endsWith("\r\n0\r\n\r\n")).then(() => socket.destroy());
  return { text: () => text, ended: ended.then(() => true) };
};

describe("a stream of events", () => {
  test("outlasts every limit in its way, however long it is silent", async ({ skip }) => {
    if (!hasCaddy) skip();
    const caddy: Caddy = await startCaddy(world().fountain.url, SHORT);
    const connect = { rejectUnauthorized: false };
    const agents = [new Agent({ allowH2: false, connect }), new Agent({ allowH2: true, connect })];
    try {
      const { administrator } = world();
      const streams = [await listen("/news/events?direct", administrator)];
      for (const [at, agent] of agents.entries())
        streams.push(await listen(`/news/events?caddy-${at}`, administrator, { origin: caddy.url, agent }));
      await sleep(SILENCE_MS);
      for (const response of open.values()) response.write("data: later\n\n");
      for (const { text } of streams) await eventually(() => text().endsWith("data: later\n\n"));
      for (const response of open.values()) response.end("data: last\n\n");
      for (const { text, ended } of streams) {
        expect(await ended).toBe(true);
        expect(text()).toBe("data: first, after none\n\ndata: later\n\ndata: last\n\n");
      }
    } finally {
      for (const agent of agents) await agent.destroy();
      await caddy.stop();
    }
  });

  test("ends when the credential is revoked, for the service too, and no one else's does", async () => {
    const session = await logIn(world().fountain);
    const key = await registerService(world().fountain, world().administrator, "reader", ["news:read"]);
    const revoked = [await listen("/news/events?session", session), await listen("/news/events?key", key)];
    revoked.push(await listenInPlaceOfSocket("/news/events?socket", session));
    const other = await listen("/news/events?other", world().administrator);
    const anyone = await listen("/news/open?anyone", session);
    await send(world().fountain, "POST", "/kms/logout", { headers: session });
    await send(world().fountain, "DELETE", "/kms/keys/reader", { headers: world().administrator });
    for (const { ended } of revoked) expect(await ended).toBe(true);
    await eventually(() => !["session", "key", "socket"].some((id) => open.has(id)));
    for (const id of ["other", "anyone"]) open.get(id)?.write("data: still here\n\n");
    for (const { text } of [other, anyone]) await eventually(() => text().includes("still here"));
  });

  test("that is compressed comes event by event, too", async () => {
    const headers = { ...world().administrator, "accept-encoding": "gzip" };
    const { body } = await request(`${world().fountain.url}/news/events?gzip`, { headers, bodyTimeout: 0 });
    let text = "";
    body.pipe(createGunzip()).on("data", (bytes: Buffer) => {
      text += bytes.toString();
    });
    await eventually(() => text === "data: first\n\n");
    body.destroy();
  });

  test("ends when the token expires, and when the service is removed", async () => {
    const claims = decodeJwt(String(world().administrator["authorization"]).slice("Bearer ".length));
    const mint = await openMint(world().fountain);
    const token = await mint.sign({ ...claims, exp: Math.floor(Date.now() / 1000) + 4 });
    const { ended } = await listen("/news/events?expiring", { authorization: `Bearer ${token}` });
    expect(await ended).toBe(true);
    await eventually(() => !open.has("expiring"));
    const { port } = Object(service.address());
    await world().put("gone", { targets: [`http://127.0.0.1:${port}`] });
    const stream = await listen("/gone/events?gone", world().administrator);
    await send(world().fountain, "DELETE", "/gateway/upstreams/gone", { headers: world().administrator });
    expect(await stream.ended).toBe(true);
  });

  test("ends within five seconds once its caller could not ask for it any more, with an API key too", async () => {
    const { port } = Object(service.address());
    const routes = [{ match: "GET /events", scope: "news:read" }];
    const body = { targets: [`http://127.0.0.1:${port}`], routes };
    const key = await registerService(world().fountain, world().administrator, "listener", ["news:read"]);
    const kept = await listen("/news/events?kept", key);
    const late = REFUSING_CHANGES.map(async ([what, change], at) => {
      const name = `changing-${at}`;
      await world().put(name, body);
      const stream = await listen(`/${name}/events?${name}`, key);
      await change({ ...world(), name, body });
      const changedAtMs = Date.now();
      expect(await stream.ended, what).toBe(true);
      await eventually(() => !open.has(name));
      return Date.now() - changedAtMs > WITHIN_MS ? [what] : [];
    });
    expect((await Promise.all(late)).flat()).toEqual([]);
    open.get("kept")?.write("data: still here\n\n");
    await eventually(() => kept.text().includes("still here"));
  });
});
