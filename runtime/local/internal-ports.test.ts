/** The gateway knows every port that Fountain listens on: behind it there is none of them. */
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { INTERNAL_PORTS } from "../workerd/upstreams.ts";
import { CONFIG_FILE } from "../workerd/workerd.ts";
import { freePorts } from "./ports.ts";
import { stopProcess } from "./process.ts";

let started: StartedProcess;
let metricsPort: number;
beforeAll(async () => {
  [metricsPort] = await freePorts();
  started = await spawnStart({ METRICS_PORT: String(metricsPort), INTERNAL_PORTS: "" });
  await started.readyOrEnded();
});
afterAll(async () => {
  await stopProcess(started.child);
  rmSync(started.home, { recursive: true, force: true });
});

/** The state of a socket in /proc/net/tcp that listens. */
const LISTENS = "0A";

/** The TCP ports that these processes listen on. */
const listeningPorts = (processIds: readonly number[]): number[] => {
  const sockets = processIds.flatMap((pid) =>
    readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      } catch {
        return ""; // It was closed meanwhile.
      }
    }),
  );
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .flatMap((file) => readFileSync(file, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTENS && sockets.includes(`socket:[${inode}]`))
    .map(([, address = ""]) => Number.parseInt(address.slice(address.indexOf(":") + 1), 16));
};

test.runIf(process.platform === "linux")(
  "all of them are in its configuration, and the operator's environment does not change that",
  () => {
    const children = ["workerd", "hasher", "sqld"].map(started.childrenNamed);
    expect(children.every((processIds) => processIds.length > 0)).toBe(true);
    const config = readFileSync(path.join(started.home, "build", CONFIG_FILE), "utf8");
    const [, listed = ""] = new RegExp(`name = "${INTERNAL_PORTS}", text = "([\\d,]*)"`).exec(config) ?? [];
    const ports = new Set(listeningPorts([started.child.pid ?? 0, ...children.flat()]));
    expect(ports).toContain(started.port);
    expect(ports).toContain(metricsPort);
    expect(new Set(listed.split(",").map(Number))).toEqual(ports);
  },
);
