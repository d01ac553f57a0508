/** What the egress to services behind the gateway reaches, on the real runtime: as `npm start` has it, and as a container. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../tests/support/workerd.ts";
import { NEVER_REACHED_HOSTS } from "../../workers/gateway/src/upstreams/never-reached.table.ts";
import { NEVER_REACHED } from "../../workers/gateway/src/upstreams/never-reached.ts";
import { freePorts } from "../local/ports.ts";
import { stopProcess } from "../local/process.ts";
import { NETWORKS_FILE, NEVER_REACHED_IN_COMPOSE, networksTemplate, upstreamsService } from "./upstreams.ts";
import { findBinary } from "./workerd.ts";

/** Fetches what it is asked for. */
const PROBE = `export default {
  async fetch(request, { UPSTREAMS }) {
    try {
      return await UPSTREAMS.fetch(request.headers.get("x-target"), { signal: AbortSignal.timeout(5_000) });
    } catch (error) {
      return new Response(error.message, { status: 599 });
    }
  },
};`;

const directory = mkdtempSync(path.join(tmpdir(), "fountain-upstreams-"));
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((_request, response) => response.end("reached"));
  await new Promise<void>((resolve) => server.listen(0, "::", resolve));
  const address = server.address();
  port = typeof address === "object" && address ? address.port : 0;
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const configWith = (socket: number, service: string): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "probe", worker = (
      modules = [(name = "probe.js", esModule = embed "probe.js")],
      compatibilityDate = "2026-07-01",
      bindings = [(name = "UPSTREAMS", service = "upstreams")],
    )),
    ${service},
  ],
  sockets = [(name = "probe", address = "127.0.0.1:${socket}", http = (), service = "probe")],
);`;

/** For the tests of one block. */
const useProbe = (name: string, service: string) => {
  let workerd: ChildProcess;
  let socket: number;
  let log = "";
  const ask = (target: string) => fetch(`http://127.0.0.1:${socket}`, { headers: { "x-target": target } });
  beforeAll(async () => {
    [socket] = await freePorts();
    writeFileSync(path.join(directory, "probe.js"), PROBE);
    writeFileSync(path.join(directory, `${name}.capnp`), configWith(socket, service));
    workerd = spawn(findBinary(), ["serve", path.join(directory, `${name}.capnp`)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    workerd.stderr?.on("data", (chunk) => {
      log += chunk;
    });
    await eventually(() =>
      ask("http://127.0.0.1:1").then(
        () => true,
        () => false,
      ),
    );
  });
  afterAll(() => stopProcess(workerd));
  return {
    reach: async (host: string) => {
      const response = await ask(`http://${host}:${port}`);
      return `${response.status} ${await response.text()}`;
    },
    /** Asks, and resolves once workerd has said that it did not connect. */
    refusal: async (host: string) => {
      log = "";
      const { status } = await ask(`http://${host}:${port}`);
      await eventually(() => log.includes("blocked by restrictPeers()"), 2_000);
      return status;
    },
  };
};

const REACHED = "200 reached";

describe("under npm start", () => {
  const { reach, refusal } = useProbe("start", upstreamsService(NEVER_REACHED));

  test.for(["127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "localhost"])("%s is reached", async (host) => {
    expect(await reach(host)).toBe(REACHED);
  });

  test.for(NEVER_REACHED_HOSTS)("%s is refused", async (host) => {
    expect(await refusal(host)).toBe(599);
  });
});

describe("in a container", () => {
  writeFileSync(path.join(directory, NETWORKS_FILE), networksTemplate().replaceAll("SUBNET", "10.213"));
  const { reach, refusal } = useProbe("container", upstreamsService());

  test.for([
    ...NEVER_REACHED_HOSTS,
    ...["127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]"],
    ...["10.213.1.2", "10.213.1.11", "10.213.2.2", "10.213.3.130", "10.213.4.4", "[::ffff:10.213.2.2]"],
  ])("%s is refused", async (host) => {
    expect(await refusal(host)).toBe(599);
  });

  test("a name is refused when it resolves to such an address", async () => {
    expect(await reach("localhost")).not.toBe(REACHED);
  });
});

test("the networks of a container are those of docker-compose.yml, but for those where services may be", () => {
  const compose = readFileSync(path.join(import.meta.dirname, "..", "..", "docker-compose.yml"), "utf8");
  const subnets = [
    ...compose.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? +- \{ subnet: "\$\{SUBNET:-10\.213\}(\.\d+\.0\/24)"/gm),
  ];
  expect(subnets.map(([, name]) => name)).toEqual(["upstreams", "app", "data", "ops", "watch", "mail"]);
  for (const [, name, network] of subnets)
    expect(NEVER_REACHED_IN_COMPOSE.includes(`SUBNET${network}`), name).toBe(name !== "upstreams" && name !== "app");
  expect(compose).toMatch(/app: \{ ipv4_address: "\$\{SUBNET:-10\.213\}\.1\.2" \}/);
  expect(compose).toMatch(/ip_range: "\$\{SUBNET:-10\.213\}\.1\.8\/30"/);
});
