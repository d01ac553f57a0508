/** WebSockets through the gateway, on the real runtime, with the client that most use. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { type Headers, send } from "../support/call.ts";
import { logIn, registerService } from "../support/session.ts";
import { eventually } from "../support/workerd.ts";
import { REFUSING_CHANGES, WITHIN_MS } from "./refusing-changes.ts";
import { useWorld } from "./world.ts";

interface Closed {
  code: number;
  reason: string;
}

let service: WebSocketServer;
/** The service's end of the last one, and what it was offered. */
let last: { socket: WebSocket; protocols: string | undefined; closed: Promise<Closed> };
const world = useWorld();

const closeOf = (socket: WebSocket): Promise<Closed> =>
  new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });

beforeAll(async () => {
  const verifyClient = ({ req }: { req: IncomingMessage }) => req.url?.endsWith("/no") !== true;
  service = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true, verifyClient });
  service.on("connection", (socket, request) => {
    last = { socket, protocols: request.headers["sec-websocket-protocol"], closed: closeOf(socket) };
    socket.on("message", (data, binary) => socket.send(data, { binary }));
    socket.on("error", () => {});
  });
  await new Promise((resolve) => service.once("listening", resolve));
  const { port } = Object(service.address());
  const targets = [`http://127.0.0.1:${port}`];
  await world().put("chat", {
    targets,
    webSockets: { maxPerCaller: 210 },
    scopes: { "chat:use": "Chat", "news:read": "Read news" },
    routes: [{ match: "GET /room", scope: "chat:use" }],
  });
  await world().put("narrow", { targets, webSockets: { max: 3, maxPerCaller: 2 } });
  await world().put("absent", { targets: ["http://127.0.0.1:9"], webSockets: { max: 3, maxPerCaller: 2 } });
});
afterAll(() => {
  for (const socket of service?.clients ?? []) socket.terminate();
  service?.close();
});

/** The memory of the process that serves requests, in megabytes. */
const residentMb = (): number => {
  const [pid] = world().fountain.processIds("workerd");
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
};

/** Opens one; rejects with the status of the response, where it does not open. */
const open = (path: string, headers: Headers = world().administrator, protocols: string[] = []): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${world().fountain.url.replace("http", "ws")}${path}`, protocols, { headers });
    socket.on("open", () => resolve(socket));
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      reject(new Error(String(response.statusCode)));
    });
    socket.on("error", reject);
  });

const exchange = (socket: WebSocket, message: string | Buffer): Promise<string> =>
  new Promise((resolve) => {
    socket.once("message", (data, isBinary) => resolve(`${isBinary ? "binary" : "text"} ${data.toString()}`));
    socket.send(message);
  });

describe("a WebSocket", () => {
  test("passes text and bytes both ways, with the subprotocol that the service chooses", async () => {
    const socket = await open("/chat/room", undefined, ["one", "two"]);
    expect([socket.protocol, last.protocols]).toEqual(["one", "one, two"]);
    expect(await exchange(socket, "hello")).toBe("text hello");
    expect(await exchange(socket, Buffer.from("bytes"))).toBe("binary bytes");
    expect(await exchange(socket, "x".repeat(5_000_000))).toBe(`text ${"x".repeat(5_000_000)}`);
    socket.ping();
    await new Promise((resolve) => socket.once("pong", resolve));
    socket.close();
  });

  test("is closed with the code of the end that closes it, and distinguished from one that breaks", async () => {
    const one = await open("/chat/room");
    one.close(4001, "done");
    expect(await last.closed).toEqual({ code: 4001, reason: "done" });
    const two = await open("/chat/room");
    last.socket.close(4002, "over");
    expect(await closeOf(two)).toEqual({ code: 4002, reason: "over" });
    const three = await open("/chat/room");
    three.close();
    expect((await last.closed).code).toBe(1005);
    const four = await open("/chat/room");
    last.socket.terminate();
    expect((await closeOf(four)).code).toBe(1006);
    const five = await open("/chat/room");
    five.terminate();
    expect((await last.closed).code).toBe(1006);
  });

  test("opens for an API key, and for a credential among the subprotocols, which the service does not see", async () => {
    const key = await registerService(world().fountain, world().administrator, "chatter", ["chat:use"]);
    expect(await exchange(await open("/chat/room", key), "by key")).toBe("text by key");
    const token = String(world().administrator["authorization"]).replace("Bearer ", "");
    for (const credential of [token, String(key["x-api-key"])]) {
      const socket = await open("/chat/room", {}, [`fountain.bearer.${credential}`, "chat"]);
      expect([socket.protocol, last.protocols]).toEqual(["chat", "chat"]);
    }
  });

  test("opens for no one else", async () => {
    await expect(open("/chat/room", {})).rejects.toThrow("401");
    await expect(open("/chat/room", {}, ["fountain.bearer.nonsense", "chat"])).rejects.toThrow("401");
    const other = await registerService(world().fountain, world().administrator, "stranger", ["search:read"]);
    await expect(open("/chat/room", other)).rejects.toThrow("403");
    await expect(open("/chat/other")).rejects.toThrow("404");
  });

  test("that the service does not open takes no place", async () => {
    for (let time = 0; time < 4; time += 1) {
      await expect(open("/narrow/no")).rejects.toThrow("401");
      await expect(open("/absent/x")).rejects.toThrow("503");
    }
  });

  test("is closed within five seconds when the credential is revoked", async () => {
    const session = await logIn(world().fountain);
    const bySession = await open("/chat/room", session);
    const key = await registerService(world().fountain, world().administrator, "leaver", ["chat:use"]);
    const byKey = await open("/chat/room", key);
    const other = await open("/chat/room");
    const closed = Promise.all([bySession, byKey].map(closeOf));
    await send(world().fountain, "POST", "/kms/logout", { headers: session });
    await send(world().fountain, "DELETE", "/kms/keys/leaver", { headers: world().administrator });
    const revokedAt = Date.now();
    for (const { code } of await closed) expect(code).toBe(1006);
    expect(Date.now() - revokedAt).toBeLessThan(5_500);
    expect(await exchange(other, "still here")).toBe("text still here");
  });

  test("is closed within five seconds once its caller could not open it any more, with an API key too", async () => {
    const { port } = Object(service.address());
    const body = { targets: [`http://127.0.0.1:${port}`], routes: [{ match: "GET /events", scope: "chat:use" }] };
    const scopes = ["chat:use", "news:read"];
    const key = await registerService(world().fountain, world().administrator, "listener", scopes);
    const other = await open("/chat/room", key);
    const late = REFUSING_CHANGES.map(async ([what, change], at) => {
      const name = `changing-${at}`;
      await world().put(name, body);
      const closed = closeOf(await open(`/${name}/events`, key));
      await change({ ...world(), name, body });
      const changedAtMs = Date.now();
      expect((await closed).code, what).toBe(1006);
      return Date.now() - changedAtMs > WITHIN_MS ? [what] : [];
    });
    expect((await Promise.all(late)).flat()).toEqual([]);
    expect(await exchange(other, "still here")).toBe("text still here");
  });

  test("is one of few: so many for a caller, so many for a service, and a place is free again once it closes", async () => {
    const other = await registerService(world().fountain, world().administrator, "other", ["chat:use"]);
    const first = await open("/narrow/x");
    await open("/narrow/x");
    await expect(open("/narrow/x")).rejects.toThrow("429");
    await open("/narrow/x", other);
    await expect(open("/narrow/x", other)).rejects.toThrow("503");
    first.close();
    await eventually(() =>
      open("/narrow/x").then(
        () => true,
        () => false,
      ),
    );
  });

  test("costs little: 200 of them leave memory flat", { timeout: 60_000 }, async () => {
    const all = await Promise.all(Array.from({ length: 200 }, () => open("/chat/room")));
    const talk = () => Promise.all(all.map((socket) => exchange(socket, "y".repeat(10_000))));
    for (let round = 0; round < 30; round += 1) await talk();
    const before = residentMb();
    for (let round = 0; round < 60; round += 1) await talk();
    // They carry 120 MB in each direction.
    expect(residentMb() - before).toBeLessThan(80);
    for (const socket of all) socket.terminate();
  });

  test.for(["caller", "service"])("keeps nothing for a %s that does not read", { timeout: 60_000 }, async (deaf) => {
    // Both ends compress.
    const message = randomBytes(1_000_000);
    const before = residentMb();
    const all = [];
    for (let count = 0; count < 3; count += 1) {
      const callers = await open("/chat/room");
      const [reader, writer] = deaf === "caller" ? [callers, last.socket] : [last.socket, callers];
      reader.pause();
      for (let sent = 0; sent < 150; sent += 1) writer.send(message);
      all.push({ writer, callers });
    }
    // The kernel holds some of it at each of two hops, here up to 72 MB of each connection.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const { writer } of all) {
      expect(writer.readyState).toBe(WebSocket.OPEN);
      expect(writer.bufferedAmount).toBeGreaterThan(50_000_000);
    }
    expect(residentMb() - before).toBeLessThan(80);
    for (const { callers } of all) callers.terminate();
  });
});
