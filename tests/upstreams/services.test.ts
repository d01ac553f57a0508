/** Real services behind several processes and Caddy, called by the clients that people use. */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { EventSource } from "eventsource";
import { Agent, type Dispatcher, fetch as fetchWith, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { type Caddy, missingPackages, startCaddy } from "../observability/caddy.ts";
import { expectProblem, type Headers, send } from "../support/call.ts";
import { registerService } from "../support/session.ts";
import { eventually } from "../support/workerd.ts";
import { useWorld } from "./world.ts";

const SERVERS = path.join(import.meta.dirname, "servers");
const hasUvicorn = missingPackages(["uvicorn"]).length === 0;
const hasCaddy = missingPackages(["caddy"]).length === 0;

const world = useWorld({ settings: { WORKERS: "3" } });
const children: ChildProcess[] = [];
let expressPort: number;

const startExpress = async (): Promise<number> => {
  const child = spawn(process.execPath, [path.join(SERVERS, "express.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return new Promise((resolve) => createInterface(child.stdout).on("line", (line) => resolve(Number(line))));
};

const startFastApi = async (): Promise<number> => {
  const [port] = await freePorts();
  const command = ["--app-dir", SERVERS, "--port", String(port), "--log-level", "warning", "fast:app"];
  children.push(spawn("uvicorn", command, { stdio: ["ignore", "inherit", "inherit"] }));
  await eventually(() =>
    fetch(`http://127.0.0.1:${port}/hello`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return port;
};

beforeAll(async () => {
  expressPort = await startExpress();
});
afterAll(() => Promise.all(children.map((child) => stopProcess(child))));

/** Whether every process serves it: connections are spread over them. */
const isLiveEverywhere = async (url: string, headers: Headers): Promise<boolean> => {
  for (let connection = 0; connection < 30; connection += 1) {
    const { status } = await fetch(url, { headers: { ...headers, connection: "close" } });
    if (status !== 200) return false;
  }
  return true;
};

describe("a service that knows nothing of Fountain", () => {
  test.for([
    ["express", true],
    ["fastapi", hasUvicorn],
  ] as const)("is put behind it by one call: %s", async ([name, isInstalled], { skip }) => {
    if (!isInstalled) return skip();
    const port = name === "express" ? expressPort : await startFastApi();
    const { fountain, administrator, put } = world();
    await put(name, { targets: [`http://127.0.0.1:${port}`], scopes: { [`${name}:use`]: `Use ${name}` } });
    const key = await registerService(fountain, administrator, `${name}-user`, [`${name}:use`]);
    await eventually(() => isLiveEverywhere(`${fountain.url}/${name}/hello`, administrator), 5_000);
    for (const headers of [administrator, key]) {
      const hello = await send(fountain, "GET", `/${name}/hello`, { headers });
      expect(hello.body).toEqual({ from: name, authorization: expect.stringMatching(/^Bearer ey/) });
      expect(hello.body["authorization"]).not.toBe(administrator["authorization"]);
      const echo = await send(fountain, "POST", `/${name}/echo`, { headers, json: { text: "hello" } });
      expect([echo.status, echo.body]).toEqual([201, { text: "hello" }]);
    }
    expectProblem(await send(fountain, "GET", `/${name}/hello`), 401);
  });
});

describe.skipIf(!hasCaddy)("through Caddy", () => {
  let caddy: Caddy;
  let agent: Agent;
  let service: WebSocketServer;
  beforeAll(async () => {
    const { fountain, administrator, put } = world();
    caddy = await startCaddy(fountain.url);
    agent = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
    service = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    service.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
    await new Promise((resolve) => service.once("listening", resolve));
    const { port } = Object(service.address());
    await put("sockets", { targets: [`http://127.0.0.1:${port}`] });
    // The last one: a process that has it has all of them.
    await put("web", { targets: [`http://127.0.0.1:${expressPort}`], maxBodyBytes: 30_000_000 });
    await eventually(() => isLiveEverywhere(`${fountain.url}/web/hello`, administrator));
  });
  afterAll(async () => {
    service?.close();
    await agent?.destroy();
    await caddy?.stop();
  });

  const call = (
    target: string,
    { headers = {}, ...more }: { method?: Dispatcher.HttpMethod; headers?: Headers; body?: string | Buffer } = {},
  ) => request(caddy.url + target, { dispatcher: agent, headers: { ...world().administrator, ...headers }, ...more });

  test("undici calls over HTTP/2, with bodies, ranges and conditions", async () => {
    const body = JSON.stringify({ text: "x".repeat(90_000) });
    const echo = await call("/web/echo", { method: "POST", headers: { "content-type": "application/json" }, body });
    expect([echo.statusCode, await echo.body.text()]).toEqual([201, body]);
    const file = await call("/web/file");
    const text = await file.body.text();
    const part = await call("/web/file", { headers: { range: "bytes=3-9" } });
    expect([part.statusCode, part.headers["content-range"]]).toEqual([206, `bytes 3-9/${text.length}`]);
    expect(await part.body.text()).toBe(text.slice(3, 10));
    const known = await call("/web/file", { headers: { "if-none-match": String(file.headers["etag"]) } });
    expect([known.statusCode, await known.body.text()]).toEqual([304, ""]);
    const head = await call("/web/file", { method: "HEAD" });
    expect(head.headers["content-length"]).toBe(String(text.length));
    await head.body.dump();
  });

  test("a large body goes up over HTTP/2, and one that is too large is refused", async () => {
    const body = Buffer.alloc(20_000_000, "x");
    const type = { "content-type": "text/plain" };
    const sent = await call("/web/count", { method: "POST", headers: type, body });
    expect(await sent.body.text()).toBe("20000000");
    const refused = await call("/web/count", { method: "POST", headers: type, body: Buffer.alloc(31_000_000) });
    expect([refused.statusCode, await refused.body.text()]).toEqual([413, expect.stringContaining("too-large")]);
  });

  test("a page of a service keeps its own policy, and one of Fountain's has Fountain's", async () => {
    const page = await call("/web/hello");
    await page.body.dump();
    expect(page.headers).toMatchObject({ "x-content-type-options": "nosniff" });
    expect(page.headers["content-security-policy"] ?? page.headers["x-frame-options"]).toBeUndefined();
    const own = await call("/kms/me");
    await own.body.dump();
    expect(own.headers).toMatchObject({
      "content-security-policy": expect.stringContaining("sandbox"),
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
  });

  test("an EventSource gets events as they come", async () => {
    const seen: unknown[] = [];
    const source = new EventSource(`${caddy.url}/web/events`, {
      fetch: (url, { headers }) =>
        fetchWith(String(url), { dispatcher: agent, headers: { ...headers, ...world().administrator } }),
    });
    source.addEventListener("message", ({ data }) => seen.push(data));
    await eventually(() => seen.length >= 3);
    source.close();
    expect(seen.slice(0, 3)).toEqual(["event 1", "event 2", "event 3"]);
  });

  test("ws opens a WebSocket", async () => {
    const socket = new WebSocket(`${caddy.url.replace("https", "wss")}/sockets/x`, {
      headers: world().administrator,
      rejectUnauthorized: false,
    });
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    const answer = new Promise((resolve) => socket.once("message", (data) => resolve(data.toString())));
    socket.send("hello");
    expect(await answer).toBe("hello");
    socket.close();
  });
});
