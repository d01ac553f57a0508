/** Two processes in one container, on one port: they serve as one, and one that ends or hangs is replaced beside the other. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { callLocal } from "../../runtime/local/local-http.ts";
import { type Exposition, parseExposition, total } from "../observability/exposition.ts";
import { logIn } from "../support/session.ts";
import {
  baseUrl,
  compose,
  container,
  docker,
  eventually,
  inspect,
  logs,
  rollingRestart,
  secret,
  waitForHealthy,
} from "./stack.ts";

const CONNECTIONS = 200;
const AT_ONCE = 20;
const GATEWAY = { worker: "gateway", route: "/kms/me" };
const TIMEOUT_MS = 20_000;
const TEST_MS = 120_000;

const place = inject("stack");
const environment = path.join(place.directory, ".env");
const target = { url: baseUrl(place), adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const before = readFileSync(environment, "utf8");

let id: string;
let administrator: Record<string, string>;

const setWorkers = (count: number): void =>
  writeFileSync(environment, before.replace("WORKERS=1\n", `WORKERS=${count}\n`));

const recreate = async (): Promise<void> => {
  await compose(place, "up", "-d", "--no-deps", "workerd");
  await waitForHealthy(place, "workerd", 1);
  id = await container(place, "workerd");
};

beforeAll(async () => {
  setWorkers(2);
  await recreate();
  await eventually(async () => (await fetch(`${target.url}/ready`)).ok);
  administrator = await logIn(target);
}, TEST_MS);
afterAll(async () => {
  writeFileSync(environment, before);
  await recreate();
}, TEST_MS);

const addressIn = (network: string): Promise<string> =>
  inspect(id, `{{(index .NetworkSettings.Networks "${place.project}_${network}").IPAddress}}`);

const call = async (network: string, port: number, pathname: string, headers: Record<string, string> = {}) =>
  callLocal({
    to: { host: await addressIn(network), port },
    method: "GET",
    path: pathname,
    headers,
    timeoutMs: TIMEOUT_MS,
  });

/** The statuses of a call on many connections, past Caddy, which keeps its own. */
const statuses = async (): Promise<ReadonlySet<number>> => {
  const seen = new Set<number>();
  for (let done = 0; done < CONNECTIONS; done += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, () => call("app", 8787, "/kms/me", administrator));
    for (const { status } of await Promise.all(calls)) seen.add(status);
  }
  return seen;
};

const scrape = async (): Promise<Exposition> => parseExposition((await call("ops", 8788, "/metrics")).text);

/** What the entry point has written about its processes. */
const events = async (event: string): Promise<string[]> =>
  (await logs(id)).split("\n").filter((line) => line.includes(`"event":"${event}"`));

/** Signals the process of workerd with this internal socket. */
const signal = (name: string, port: number): Promise<string> => {
  const script = `for file in /proc/[0-9]*/cmdline; do
    [[ $file != /proc/$$/* ]] || continue
    mapfile -d '' -t words <"$file"
    [[ "\${words[*]} " != *" --socket-addr=internal="*":${port} "* ]] || { file=\${file#/proc/}; kill -${name} "\${file%/*}"; }
  done 2>/dev/null`;
  return docker("exec", id, "/bin/bash", "-c", script);
};

test("both serve the port, their metrics are in one response, and their lines are whole", {
  timeout: TEST_MS,
}, async () => {
  const counted = total(await scrape(), "fountain_http_requests_total", GATEWAY);
  expect(await statuses()).toEqual(new Set([200]));
  const after = await scrape();
  expect(total(after, "fountain_http_requests_total", GATEWAY) - counted).toBe(CONNECTIONS);
  for (const process of ["1", "2"]) {
    expect(total(after, "fountain_http_requests_total", { ...GATEWAY, process })).toBeGreaterThan(0);
    expect(total(after, "fountain_worker_up", { process })).toBe(5);
  }
  const lines = (await docker("logs", id)).split("\n").filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(CONNECTIONS);
  for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
});

test.for([
  ["workerd", 8788],
  ["workerd-2", 8789],
] as const)("when %s is killed, the other serves until it is back", { timeout: TEST_MS }, async ([name, port]) => {
  const startedAt = await inspect(id, "{{.State.StartedAt}}");
  await signal("KILL", port);
  await eventually(async () => (await events("exit")).some((line) => line.includes(`"${name} exited`)));
  expect(await statuses()).toEqual(new Set([200]));
  await eventually(async () => {
    const up = await scrape().then(
      (exposition) => total(exposition, "fountain_worker_up"),
      () => 0,
    );
    return up === 10;
  });
  expect(await inspect(id, "{{.State.StartedAt}}")).toBe(startedAt);
});

test("one that hangs is replaced, and holds up no new connection meanwhile", { timeout: TEST_MS }, async () => {
  await signal("STOP", 8789);
  // What it had accepted is lost with it; nothing was under way.
  expect(await statuses()).toEqual(new Set([200]));
  await eventually(async () => (await events("hang")).some((line) => line.includes('"service":"workerd-2"')));
  await eventually(async () => total(await scrape(), "fountain_watchdog_restarts_total", { process: "2" }) === 1);
});

test("a rolling restart is refused where the added replica would make more than four processes", async () => {
  setWorkers(4);
  const refused = rollingRestart(place).finally(() => setWorkers(2));
  await expect(refused).rejects.toThrow("WORKERS is 4, in each of 2 replicas: libSQL supports 4 in all");
  expect(await container(place, "workerd")).toBe(id);
});

test("a stop drains both, and the container ends by itself", { timeout: TEST_MS }, async () => {
  await docker("stop", "-t", "60", id);
  const killed = "137";
  expect(await inspect(id, "{{.State.ExitCode}}")).not.toBe(killed);
  await docker("start", id);
  await waitForHealthy(place, "workerd", 1);
});
