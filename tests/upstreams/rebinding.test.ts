/**
 * A name that leads to the service when it is stored and first called, and to what no upstream may be when it is called
 * again (DNS rebinding). Fountain runs with a resolver of its own, which takes root; skipped, and said so, without it.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectProblem, send } from "../support/call.ts";
import { type NameServer, startNameServer } from "../support/programs/name-server.ts";
import { createResolver } from "../support/programs/resolver.ts";
import { startTrap, type Trap } from "../support/programs/trap.ts";
import { eventually } from "../support/workerd.ts";
import { useWorld } from "./world.ts";

const NAME_SERVER = "127.53.0.1";
const SERVICE = "127.0.0.2";
const NAME = "rebound.example";

const resolver = createResolver(NAME_SERVER);

describe.skipIf(!resolver.isPossible)("a name that changes", () => {
  const world = useWorld({ within: resolver.within });
  let names: NameServer;
  let service: Server;
  /** Where the unspecified address leads to on Linux, at the port of the service. */
  let trap: Trap;
  let port: number;
  let asked = 0;
  /** Given how often it was asked before. */
  let answer: (before: number) => readonly string[];

  beforeAll(async () => {
    names = await startNameServer(NAME_SERVER, (name) => {
      if (name !== NAME) return [];
      asked += 1;
      return answer(asked - 1);
    });
    service = createServer((_request, response) => response.setHeader("connection", "close").end("the service"));
    await new Promise<void>((resolve) => service.listen(0, SERVICE, resolve));
    ({ port } = Object(service.address()));
    trap = await startTrap("127.0.0.1", port);
  });
  afterAll(() => {
    names?.stop();
    service?.close();
    trap?.listener.close();
    resolver.remove();
  });

  const call = (name: string) => send(world().fountain, "GET", `/${name}/`, { headers: world().administrator });

  /** An upstream by the name, which leads to the service so far. */
  const putRebound = async (name: string): Promise<void> => {
    answer = () => [SERVICE];
    await world().put(name, { targets: [`http://${NAME}:${port}`], retries: 0 });
    await eventually(async () => (await call(name)).text === "the service");
  };

  test.for([
    ["metadata", ["169.254.169.254"]],
    ["unspecified", ["0.0.0.0"]],
    ["unspecified-6", ["::"]],
    ["mapped", ["::ffff:0.0.0.0"]],
    ["several", ["169.254.169.254", "0.0.0.0"]],
  ] as const)("is refused once it leads to what no upstream may be: %s", async ([name, addresses]) => {
    await putRebound(name);
    answer = () => addresses;
    await eventually(async () => (await call(name)).status !== 200);
    expectProblem(await call(name), 503);
    expect(trap.caught()).toBe(0);
  });

  test("reaches nothing but the service when it changes from one question to the next", async () => {
    await putRebound("alternating");
    // Two questions each time, where the machine has IPv6.
    answer = (before) => [before % 4 < 2 ? SERVICE : "0.0.0.0"];
    const askedBefore = asked;
    const statuses = new Set<number>();
    for (let count = 0; count < 20; count += 1) {
      const { status, text } = await call("alternating");
      if (status === 200) expect(text).toBe("the service");
      statuses.add(status);
    }
    expect(asked - askedBefore).toBeGreaterThan(4);
    expect(statuses).toContain(200);
    expect(statuses.size).toBeGreaterThan(1);
    expect(trap.caught()).toBe(0);
  });

  test("leads to no port of Fountain's own, whatever its address", async () => {
    const targets = [`http://${NAME}:${new URL(world().fountain.url).port}`];
    const stored = await send(world().fountain, "PUT", "/gateway/upstreams/own", {
      json: { targets },
      headers: world().administrator,
    });
    expectProblem(stored, 422);
  });

  test("would have been caught where it must not lead", async () => {
    await once(connect(port, "0.0.0.0"), "close");
    expect(trap.caught()).toBe(1);
  });
});
