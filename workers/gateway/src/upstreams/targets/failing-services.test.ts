/** Services that fail in every way, behind the gateway on the built workerd: what their callers get, and that no other service is harmed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectProblem, send } from "../../../../../tests/support/call.ts";
import type { Fountain } from "../../../../../tests/support/harness.ts";
import { logInAndStepUp } from "../../../../../tests/support/session.ts";
import { eventually, startWorkerd } from "../../../../../tests/support/workerd.ts";

let fountain: Fountain;
let administrator: Record<string, string>;
const servers: Server[] = [];

/** What the server under test does, for each test to say. */
let behave: RequestListener;
let received: IncomingMessage[] = [];

const respond: RequestListener = (_request, response) => response.end("ok");

const listen = async (listener: RequestListener, port = 0): Promise<[url: string, server: Server]> => {
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address: AddressInfo = Object(server.address());
  return [`http://127.0.0.1:${address.port}`, server];
};

const put = async (name: string, body: object) => {
  const stored = await send(fountain, "PUT", `/gateway/upstreams/${name}`, { json: body, headers: administrator });
  expect([200, 201]).toContain(stored.status);
};
const call = (path: string, method = "GET") => send(fountain, method, path, { headers: administrator });
const stateOf = async (name: string) => Object((await call(`/gateway/upstreams/${name}`)).body).state;

let failing: string;
let good: string;
beforeAll(async () => {
  fountain = await startWorkerd({ settings: { WORKERS: "1" } });
  administrator = await logInAndStepUp(fountain);
  [good] = await listen(respond);
  [failing] = await listen((request, response) => {
    received.push(request);
    behave(request, response);
  });
  await put("good", { targets: [good] });
}, 60_000);
afterEach(async () => {
  expect((await call("/good/x")).status).toBe(200);
  received = [];
});
afterAll(async () => {
  await fountain?.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A service under a name of its own, so that no test meets the breaker of another. */
const putFailing = (name: string, body: object = {}) => put(name, { targets: [failing], ...body });

test("one that hangs gives 504 at the deadline, which it received", async () => {
  await putFailing("hanging", { answerWithinSeconds: 1 });
  behave = () => {};
  expectProblem(await call("/hanging/x"), 504);
  expect(received).toHaveLength(1);
  const limitMs = Number(received[0]?.headers["x-fountain-timeout-ms"]);
  expect(limitMs).toBeGreaterThan(0);
  expect(limitMs).toBeLessThanOrEqual(1_000);
});

test("one that resets connections is called again where that changes nothing, and never otherwise", async () => {
  await putFailing("resetting");
  behave = ({ socket }) => socket.resetAndDestroy();
  expectProblem(await call("/resetting/x"), 502);
  expect(received.map(({ method }) => method)).toEqual(["GET", "GET"]);
  received = [];
  expectProblem(await call("/resetting/x", "POST"), 502);
  expect(received.map(({ method }) => method)).toEqual(["POST"]);
  behave = respond;
  expect((await call("/resetting/x")).status).toBe(200);
});

test("one that fails once is called again without its caller noticing", async () => {
  await putFailing("stumbling");
  behave = (_request, response) => response.writeHead(received.length === 1 ? 503 : 200).end("whole");
  const answer = await call("/stumbling/x");
  expect([answer.status, answer.text, received.length]).toEqual([200, "whole", 2]);
});

test("one that says when to come back is not called again before", async () => {
  await putFailing("overloaded");
  behave = (_request, response) => response.writeHead(503, { "retry-after": "17" }).end();
  const answer = await call("/overloaded/x");
  expect([answer.status, answer.headers.get("retry-after"), received.length]).toEqual([503, "17", 1]);
});

test("a response that breaks off is visibly broken, and never completed by another", async () => {
  await putFailing("breaking");
  behave = (_request, response) => {
    response.writeHead(200, { "content-length": "10" }).write("half");
    setTimeout(() => response.destroy(), 50);
  };
  const response = await fountain.fetch("/breaking/x", { headers: administrator });
  await expect(response.text()).rejects.toThrow();
  expect(received).toHaveLength(1);
});

test("one that is gone gives 503, then no calls while the breaker is open, and is back without a restart", async () => {
  const [url, server] = await listen(respond);
  await put("gone", { targets: [url] });
  expect((await call("/gone/x")).status).toBe(200);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await eventually(async () => {
    expect([502, 503]).toContain((await call("/gone/x")).status);
    return (await stateOf("gone")).breaker === "open";
  });
  const refused = await call("/gone/x", "POST");
  expectProblem(refused, 503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await fountain.metrics()).toMatch(
    /fountain_upstream_calls_total\{upstream="gone",outcome="breaker-open",worker="gateway"\} [1-9]/,
  );
  await listen(respond, Number(new URL(url).port));
  await eventually(async () => (await call("/gone/x")).status === 200, 15_000);
  expect((await stateOf("gone")).breaker).toBe("closed");
});

/** A server that takes no connections, as its queue of them is full. */
const startBlackHole = async (): Promise<{ url: string; stop: () => void }> => {
  const program = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    console.log(this.address().port); });`;
  const child: ChildProcess = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = child.stdout ? await once(child.stdout, "data") : [];
  child.kill("SIGSTOP");
  const port = Number(printed);
  const queued: Socket[] = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  const stop = () => {
    for (const socket of queued) socket.destroy();
    child.kill("SIGKILL");
  };
  return { url: `http://127.0.0.1:${port}`, stop };
};

test("a target that takes no connections costs the time to connect, and then the next one is called, by any method", async () => {
  const hole = await startBlackHole();
  try {
    await put("holed", { targets: [{ url: hole.url, weight: 1000 }, good], connectTimeoutMs: 200, retries: 0 });
    for (let n = 0; n < 6; n += 1)
      expect((await send(fountain, "POST", "/holed/x", { headers: administrator, text: "body" })).status).toBe(200);
    const { targets } = await stateOf("holed");
    expect(targets).toMatchObject([{ status: "ejected", ejectedUntil: expect.any(String) }, { status: "healthy" }]);
  } finally {
    hole.stop();
  }
});

test("one that responds slowly takes no more than its share of calls, and has room again once they end", async () => {
  await putFailing("slow", { maxConcurrency: 5, answerWithinSeconds: 2 });
  behave = () => {};
  const waiting = Array.from({ length: 5 }, () => call("/slow/x", "POST"));
  await eventually(() => received.length === 5);
  const refused = await call("/slow/x");
  expectProblem(refused, 503);
  expect([refused.headers.get("retry-after"), received.length]).toEqual(["1", 5]);
  for (const answer of await Promise.all(waiting)) expectProblem(answer, 504);
  behave = respond;
  expect((await call("/slow/x")).status).toBe(200);
});

test("health checks go along with calls and with the maintenance, without a credential", async () => {
  let well = false;
  await putFailing("checked", {
    targets: [failing, good],
    health: { path: "/health", intervalSeconds: 1 },
    retries: 0,
  });
  behave = (request, response) => response.writeHead(request.url !== "/health" || well ? 200 : 500).end();
  await eventually(async () => {
    await call("/checked/x");
    return (await stateOf("checked")).targets[0].status === "unhealthy";
  });
  expect(received.filter(({ url }) => url === "/health").every(({ headers }) => !headers.authorization)).toBe(true);
  well = true;
  await eventually(async () => {
    await fountain.runScheduled("gateway");
    return (await stateOf("checked")).targets[0].status === "healthy";
  });
});
