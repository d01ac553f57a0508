/** Bodies and events through the gateway, on the real runtime: as they come, with flat memory, and cancelled with their callers. */
import { readFileSync } from "node:fs";
import { createServer, type Server, request as sendRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { eventually } from "../support/workerd.ts";
import { useWorld } from "./world.ts";

const HUNDRED_MB = 100_000_000;
const PIECE = Buffer.alloc(100_000, "x");
/** Less than what is sent: nothing holds it whole. The rest is what waits to be collected. */
const MAX_GROWTH_MB = 80;

let service: Server;
/** Calls that the service has not finished yet. */
let open = 0;
const world = useWorld();

/** As much as was asked for, and no more at a time than is taken. */
const download = (bytes: number): Readable =>
  Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += PIECE.byteLength) yield PIECE;
    })(),
  );

beforeAll(async () => {
  service = createServer((request, response) => {
    open += 1;
    response.on("close", () => {
      open -= 1;
    });
    switch (request.url) {
      case "/count": {
        let received = 0;
        request.on("data", (bytes: Buffer) => {
          received += bytes.byteLength;
        });
        return request.on("end", () => response.end(String(received)));
      }
      case "/echo":
        response.writeHead(200, { "content-type": "application/octet-stream" });
        return request.pipe(response);
      case "/file":
        response.writeHead(200, { "content-length": HUNDRED_MB });
        return download(HUNDRED_MB).pipe(response);
      case "/chunks":
        return download(HUNDRED_MB).pipe(response);
      default: {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("data: first\n\n");
        return undefined;
      }
    }
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(service.address());
  await world().put("files", { targets: [`http://127.0.0.1:${port}`], maxBodyBytes: HUNDRED_MB });
});
afterAll(() => {
  service?.closeAllConnections();
  service?.close();
});

/** What workerd has in memory, in megabytes. */
const residentMb = (): number => {
  const [pid] = world().fountain.processIds("workerd");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

/** How much it grew at most while this was done. */
const growthDuring = async (work: () => Promise<void>): Promise<number> => {
  const before = residentMb();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, residentMb());
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(highest, residentMb()) - before;
};

const upload = (path: string, headers: Record<string, string | number>): Promise<string> =>
  new Promise((resolve, reject) => {
    const { fountain, administrator } = world();
    const sent = sendRequest(`${fountain.url}${path}`, { method: "POST", headers: { ...administrator, ...headers } });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let text = "";
      response.on("data", (bytes: Buffer) => {
        text += bytes.toString();
      });
      response.on("end", () => resolve(`${response.statusCode} ${text}`));
    });
    download(HUNDRED_MB).pipe(sent);
  });

describe("100 MB", () => {
  test.for([
    ["with its length", { "content-length": HUNDRED_MB }],
    ["in chunks", { "transfer-encoding": "chunked" }],
  ] as const)("go up %s, with flat memory", { timeout: 120_000 }, async ([, headers]) => {
    await upload("/files/count", headers);
    const growth = await growthDuring(async () => {
      expect(await upload("/files/count", headers)).toBe(`200 ${HUNDRED_MB}`);
    });
    expect(growth).toBeLessThan(MAX_GROWTH_MB);
  });

  test.for(["/files/file", "/files/chunks"])(
    "come down at %s, with flat memory",
    { timeout: 120_000 },
    async (path) => {
      const read = async () => {
        const response = await world().fountain.fetch(path, { headers: world().administrator });
        let received = 0;
        for await (const bytes of response.body ?? []) received += bytes.byteLength;
        expect(received).toBe(HUNDRED_MB);
      };
      await read();
      expect(await growthDuring(read)).toBeLessThan(MAX_GROWTH_MB);
    },
  );
});

/** Sends this, and gives the connection. */
const connectTo = (lines: readonly string[]) => {
  const { fountain, administrator } = world();
  const socket = connect(Number(new URL(fountain.url).port), "127.0.0.1");
  socket.on("error", () => {});
  const credential = `authorization: ${administrator["authorization"]}`;
  socket.write([...lines, "host: localhost", credential, "", ""].join("\r\n"));
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString();
  });
  return { socket, text: () => text };
};

describe("a response", () => {
  test("begins before the request has ended", async () => {
    const { socket, text } = connectTo([
      "POST /files/echo HTTP/1.1",
      "transfer-encoding: chunked",
      "content-type: text/x",
    ]);
    socket.write("5\r\nhello\r\n");
    await eventually(() => text().includes("hello"));
    socket.write("5\r\nworld\r\n0\r\n\r\n");
    await eventually(() => text().includes("world"));
    socket.destroy();
  });

  test("of events is passed on as they come, and ends at the service when the caller goes", async () => {
    const { socket, text } = connectTo(["GET /files/events HTTP/1.1"]);
    await eventually(() => text().includes("data: first"));
    expect(text()).toMatch(/content-type: text\/event-stream/i);
    socket.resetAndDestroy();
    await eventually(() => open === 0);
  });

  test("to an upload is waited for no longer when the caller goes in the middle of it", async () => {
    const { socket } = connectTo(["POST /files/count HTTP/1.1", "content-length: 1000"]);
    socket.write("some");
    await eventually(() => open === 1);
    socket.destroy();
    await eventually(() => open === 0);
  });

  test("that was asked for with Expect: 100-continue comes", async () => {
    const { socket, text } = connectTo(["POST /files/count HTTP/1.1", "content-length: 5", "expect: 100-continue"]);
    socket.write("hello");
    await eventually(() => text().endsWith("5"));
    socket.destroy();
    expect(
      (await send(world().fountain, "POST", "/files/count", { headers: world().administrator, text: "" })).text,
    ).toBe("0");
  });
});
