/** Upstreams that do what no server should, on the real runtime: what the caller gets, and that no other call is harmed. */
import { request as sendRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectProblem, send } from "../support/call.ts";
import { eventually } from "../support/workerd.ts";
import { type RawRequest, type RawServer, startRawServer } from "./raw-server.ts";
import { useWorld } from "./world.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** What the upstream does, by the path that is called. */
const BEHAVIOUR: Readonly<Record<string, (request: RawRequest) => unknown>> = {
  "/ok": ({ socket }) => socket.end(OK),
  "/hangs": () => {},
  "/resets": ({ socket }) => socket.resetAndDestroy(),
  "/closes": ({ socket }) => socket.end(),
  "/garbage": ({ socket }) => socket.end("\u0000\u0001 garbage\r\n\r\n"),
  "/floods": ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    for (let index = 0; index < 10_000; index += 1) socket.write(`X-${index}: ${"y".repeat(100)}\r\n`);
    socket.end(`\r\n${OK}`);
  },
  "/interim": ({ socket }) => socket.end(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${OK}`),
  "/odd-status": ({ socket }) => socket.end(OK.replace("200 OK", "999 Odd")),
  "/other-protocol": ({ socket }) =>
    socket.end("HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
  "/loops": async ({ socket, head }) => {
    const [, loop = ""] = /cdn-loop: (.*)/.exec(head) ?? [];
    const again = await world().fountain.fetch("/loops/ok", {
      headers: { ...world().administrator, "cdn-loop": loop },
    });
    socket.end(OK.replace("200", String(again.status)));
  },
  "/breaks-off": ({ socket }) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
};

let server: RawServer;
const world = useWorld();

beforeAll(async () => {
  server = await startRawServer((request) => BEHAVIOUR[request.line.split(" ")[1] ?? ""]?.(request));
  // Each under a name of its own: the circuit breaker of one that only fails would open.
  const odd = { targets: [server.url], answerWithinSeconds: 2, maxBodyBytes: 1_000_000 };
  for (const path of [...Object.keys(BEHAVIOUR), "/uploads"]) await world().put(path.slice(1), odd);
  await world().put("even", { targets: [server.url] });
});
afterAll(() => server.close());

const get = (path: string) => send(world().fountain, "GET", path, { headers: world().administrator });

describe("a GET", () => {
  test.for([
    ["/resets", 502],
    ["/closes", 502],
    ["/garbage", 502],
    ["/floods", 502],
    ["/interim", 502],
    ["/odd-status", 502],
    ["/other-protocol", 502],
    ["/hangs", 504],
  ] as const)("of an upstream that %s gets %d, and others go on", async ([path, status]) => {
    const [odd, even] = await Promise.all([get(path + path), get("/even/ok")]);
    expectProblem(odd, status);
    expect(even.status).toBe(200);
    expect((await get(`${path}/ok`)).status).toBe(200);
  });

  test("that comes back to the gateway is refused", async () => {
    expect((await get("/loops/loops")).status).toBe(508);
  });

  test("sees that the response broke off", async () => {
    await expect(get("/breaks-off/breaks-off")).rejects.toThrow();
    expect((await get("/breaks-off/ok")).status).toBe(200);
  });
});

test("a call that asks for a WebSocket by another method than GET is refused: the service would be sent a GET", async () => {
  const { fountain, administrator } = world();
  const before = server.requests.length;
  for (const method of ["POST", "DELETE"]) {
    const headers = { ...administrator, connection: "upgrade", upgrade: "websocket" };
    const status = await new Promise((resolve, reject) => {
      const sent = sendRequest(`${fountain.url}/even/ok`, { method, headers });
      sent.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
      sent.end();
    });
    expect(status).toBe(400);
  }
  expect(server.requests.length).toBe(before);
});

/** Sends a body in pieces and gives the status of the response, or the error's code. */
const upload = (path: string, pieces: readonly Buffer[], headers: Record<string, string | number> = {}) =>
  new Promise<number | string | undefined>((resolve) => {
    const { fountain, administrator } = world();
    const sent = sendRequest(`${fountain.url}${path}`, { method: "POST", headers: { ...administrator, ...headers } });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });

const HALF = Buffer.alloc(600_000);

describe("a body", () => {
  test("that is announced as too large is refused at once, and the upstream hears nothing of it", async () => {
    const before = server.requests.length;
    expect(await upload("/uploads/ok", [HALF, HALF], { "content-length": 1_200_000 })).toBe(413);
    expect(server.requests.length).toBe(before);
  });

  test("that turns out to be too large is refused, and broken off at the upstream", async () => {
    expect(await upload("/uploads/hangs", [HALF, HALF], { "transfer-encoding": "chunked" })).toBe(413);
    const { isClosed, received } = server.requests.at(-1) ?? {};
    await eventually(() => isClosed?.() === true);
    expect(received?.()).toBeLessThan(1_100_000);
  });

  test("that the upstream does not take does not hold the call up for ever", async () => {
    expect(await upload("/uploads/hangs", [Buffer.alloc(900_000)], { "content-length": 900_000 })).toBe(504);
  });

  test("is sent with its length, or in chunks, as the caller sends it", async () => {
    await upload("/uploads/ok", [HALF], { "content-length": HALF.byteLength });
    expect(server.requests.at(-1)?.head).toContain("content-length: 600000");
    await upload("/uploads/ok", [HALF], { "transfer-encoding": "chunked" });
    expect(server.requests.at(-1)?.head).toContain("transfer-encoding: chunked");
  });
});
