/** WebSockets through the gateway where the runtime does not pass them on itself, as on the edge: under Miniflare. */
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { type Headers, send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, logInAndStepUp } from "../support/session.ts";

type Closed = readonly [code: number, reason: string];

let fountain: Fountain;
let administrator: Headers;
let service: WebSocketServer;
/** The service's end of the last one. */
let last: WebSocket;

beforeAll(async () => {
  service = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  service.on("connection", (socket) => {
    last = socket;
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await new Promise((resolve) => service.once("listening", resolve));
  fountain = await startFountain();
  administrator = await logInAndStepUp(fountain);
  const { port } = Object(service.address());
  const json = { targets: [`http://127.0.0.1:${port}`] };
  const stored = await send(fountain, "PUT", "/gateway/upstreams/chat", { json, headers: administrator });
  expect(stored.status, stored.text).toBe(201);
}, 60_000);
afterAll(async () => {
  for (const socket of service.clients) socket.terminate();
  service.close();
  await fountain?.stop();
});

const closeOf = (socket: WebSocket): Promise<Closed> =>
  new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve([code, reason.toString()]));
  });

const open = (headers: Headers = administrator): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${fountain.url.replace("http", "ws")}/chat/room`, { headers });
    socket.on("open", () => resolve(socket)).on("error", reject);
  });

test("a WebSocket passes messages, and is closed with the code of the end that closes it", async () => {
  const one = await open();
  const answer = new Promise((resolve) => one.once("message", (data) => resolve(data.toString())));
  one.send("hello");
  expect(await answer).toBe("hello");
  const closed = closeOf(last);
  one.close(4001, "done");
  expect(await closed).toEqual([4001, "done"]);
  const two = await open();
  last.close(4002, "over");
  expect(await closeOf(two)).toEqual([4002, "over"]);
  const three = await open();
  last.terminate();
  expect((await closeOf(three))[0]).toBe(1011);
  const four = await open();
  const left = closeOf(last);
  four.terminate();
  expect((await left)[0]).toBe(1001);
});

test("a WebSocket is closed when the credential is revoked", async () => {
  const session = await logIn(fountain);
  const closed = closeOf(await open(session));
  await send(fountain, "POST", "/kms/logout", { headers: session });
  expect(await closed).toEqual([1008, "The credential is not valid any more."]);
});

test("a WebSocket is closed when a policy refuses it", async () => {
  const closed = closeOf(await open());
  const json = { effect: "deny", routes: ["* /chat/**"] };
  await send(fountain, "PUT", "/gateway/policies/closed", { headers: administrator, json });
  expect(await closed).toEqual([1008, "The call is not allowed any more."]);
});
