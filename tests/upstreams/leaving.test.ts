/** Callers that leave while the upstream is silent, on the real runtime: what is done for them ends, and others get their place. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { eventually } from "../support/workerd.ts";
import { useWorld } from "./world.ts";

const CALLER = path.join(import.meta.dirname, "leave.py");

let service: Server;
/** Calls that the service has not finished yet. */
let open = 0;
const world = useWorld();

beforeAll(async () => {
  service = createServer((request, response) => {
    if (request.url === "/quick") return response.end();
    open += 1;
    response.on("close", () => {
      open -= 1;
    });
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
    }
    return undefined;
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(service.address());
  // No test waits until the gateway itself gives up.
  const body = { targets: [`http://127.0.0.1:${port}`], answerWithinSeconds: 600, maxConcurrency: 1 };
  await world().put("silent", body);
});
afterAll(() => {
  service?.closeAllConnections();
  service?.close();
});

const statusOfNext = async (): Promise<number> =>
  (await send(world().fountain, "GET", "/silent/quick", { headers: world().administrator })).status;

describe.for(["resets", "closes"])("a caller that %s its connection", (leaves) => {
  test.for(["/silent/silence", "/silent/events"])("ends what is done for it at %s", async (called) => {
    const { fountain, administrator } = world();
    const { port } = new URL(fountain.url);
    const caller = spawn("python3", [CALLER, port, called, administrator["authorization"] ?? "", leaves], {
      stdio: ["pipe", "inherit", "inherit"],
    });
    await eventually(() => open === 1);
    if (called === "/silent/silence") expect(await statusOfNext()).toBe(503);
    caller.stdin.end("leave\n");
    await eventually(() => open === 0);
    await eventually(async () => (await statusOfNext()) === 200);
  });
});
