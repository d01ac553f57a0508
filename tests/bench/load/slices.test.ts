import { createServer, type Server } from "node:http";
import type { AddressInfo, Server as RawServer } from "node:net";
import { createServer as createRawServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestBytes } from "./connection.ts";
import { cpuRatio, goalTable, variantTable } from "./report.ts";
import { always, measureInSlices, type Run, type Slice, type Variant } from "./slices.ts";

const portOf = (server: RawServer): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  return (address satisfies AddressInfo).port;
};

const order: string[] = [];
let server: Server;
let breaking: RawServer;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (order.at(-1) !== request.url) order.push(request.url ?? "");
    if (request.url === "/refused") response.writeHead(503).end("not now");
    else if (request.url === "/closing") response.writeHead(200, { connection: "close" }).end("ok");
    else {
      // In several chunks, and so without a length.
      response.write("first");
      setImmediate(() => response.end("last"));
    }
  });
  breaking = createRawServer((socket) =>
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")),
  );
  await Promise.all(
    [server, breaking].map((each) => new Promise<void>((resolve) => each.listen(0, "127.0.0.1", resolve))),
  );
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  breaking.close();
});

const variant = (path: string, port = portOf(server)): Variant => ({
  name: path,
  target: { port },
  next: always(requestBytes(path)),
  expected: 200,
  connections: 2,
  processes: [process.pid],
});

const FEW = { rounds: 3, sliceMs: 5, warmUpMs: 5 };

describe("slices", () => {
  test("alternate in palindromic order, one slice of each variant a round", async () => {
    order.length = 0;
    const run = await measureInSlices([variant("/a"), variant("/b"), variant("/c")], FEW);
    // The warm-up goes forward, and then three rounds; neighbours that are the same run into one.
    expect(order).toEqual(["/a", "/b", "/c", "/a", "/b", "/c", "/b", "/a", "/b", "/c"]);
    for (const { slices, faults, latencies } of run.measured.values()) {
      expect(slices).toHaveLength(3);
      expect(Math.min(...slices.map(({ rate }) => rate))).toBeGreaterThan(0);
      expect(latencies.length).toBeGreaterThanOrEqual(6);
      expect(faults.size).toBe(0);
    }
  });

  test("count every unexpected status, and every connection that breaks, as a fault", async () => {
    const run = await measureInSlices(
      [variant("/refused"), variant("/broken", portOf(breaking)), variant("/closing")],
      FEW,
    );
    const [refused, broken, ...others] = variantTable("", run).faults ?? [];
    expect(refused).toMatch(/^\/refused: \d+ × 503 instead of 200: 7\r\nnot now/);
    expect(broken).toMatch(/^\/broken: \d+ × 0 instead of 200/);
    expect(others).toEqual([]);
  });
});

test("a target is judged by the median of the ratios within a round", () => {
  const slicesOf = (...cpu: number[]): Slice[] => cpu.map((value) => ({ cpu: value, rate: 1 }));
  const measured = (name: string, slices: Slice[]): Run["measured"] =>
    new Map([[name, { variant: { ...variant(name), name }, slices, latencies: [], faults: new Map() }]]);
  const both = new Map([...measured("one", slicesOf(2, 4, 90)), ...measured("other", slicesOf(1, 2, 30))]);
  const ratio = cpuRatio({ measured: both, rounds: 3, sliceMs: 1, foreignLoad: 0 }, "one", "other");
  expect(ratio.values).toEqual([2, 2, 3]);
  const rowFor = (mustReach: number) =>
    goalTable("", "", [{ measure: "m", ...ratio, mustReach, isLess: true }]).rows[0]?.at(-1);
  expect([rowFor(2), rowFor(1.9)]).toEqual(["reached", "**missed**"]);
});
