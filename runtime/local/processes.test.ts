/** Two processes of workerd on one port, under `npm start`: callers see one Fountain, whichever of them responds. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Exposition, parseExposition, total } from "../../tests/observability/exposition.ts";
import { logIn, registerService } from "../../tests/support/session.ts";
import { eventually, type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { callLocal } from "./local-http.ts";
import { stopProcess } from "./process.ts";
import { readRunFile } from "./run-file.ts";

/** Both respond to some of so many connections, but for one time in five hundred million. */
const CONNECTIONS = 30;
const REQUESTS = "fountain_http_requests_total";
const GATEWAY = { worker: "gateway", route: "/kms/me" };
const KNOWN_WITHIN_MS = 5_000;
const TIMEOUT_MS = 10_000;
const TEST_MS = 120_000;

let started: StartedProcess;
let target: { url: string; adminUsername: string; adminPassword: string };
let administrator: Record<string, string>;

beforeAll(async () => {
  const adminPassword = randomBytes(12).toString("hex");
  started = await spawnStart({ WORKERS: "2", ADMIN_PASSWORD: adminPassword });
  await started.readyOrEnded();
  target = { url: `http://127.0.0.1:${started.port}`, adminUsername: "admin", adminPassword };
  administrator = await logIn(target);
}, TEST_MS);
afterAll(async () => {
  await stopProcess(started.child);
  rmSync(started.home, { recursive: true, force: true });
});

/** The statuses of the same call on many connections, each of which the kernel gives to one process. */
const statusesOf = async (pathname: string, headers: Record<string, string>): Promise<number[]> => {
  const statuses: number[] = [];
  for (let call = 0; call < CONNECTIONS; call += 1) {
    const to = { port: started.port };
    statuses.push((await callLocal({ to, method: "GET", path: pathname, headers, timeoutMs: TIMEOUT_MS })).status);
  }
  return statuses;
};

const all = (status: number): number[] => Array.from({ length: CONNECTIONS }, () => status);

const scrape = async (): Promise<Exposition> => {
  const socketPath = readRunFile(path.join(started.home, "run.json"))?.internalSocket;
  const metrics = { method: "GET", path: "/metrics", timeoutMs: TIMEOUT_MS } as const;
  return parseExposition((await callLocal({ to: { socketPath }, ...metrics })).text);
};

const complaints = (name: string): string[] => started.lines.filter((line) => line.startsWith(`Fountain: ${name} `));

/** The process that has this internal socket. */
const pidOf = (socket: string): number => {
  const [pid, ...others] = started
    .childrenNamed("workerd")
    .filter((one) => execFileSync("ps", ["-o", "args=", "-p", String(one)], { encoding: "utf8" }).includes(socket));
  if (pid === undefined || others.length > 0) throw new Error(`there is not exactly one process with ${socket}`);
  return pid;
};

test("both serve the port, and their metrics are whole: one series each, and the sum is what was called", async () => {
  const before = total(await scrape(), REQUESTS, GATEWAY);
  expect(await statusesOf("/kms/me", administrator)).toEqual(all(200));
  const after = await scrape();
  expect(total(after, REQUESTS, GATEWAY) - before).toBe(CONNECTIONS);
  for (const process of ["1", "2"]) {
    expect(total(after, REQUESTS, { ...GATEWAY, process })).toBeGreaterThan(0);
    expect(total(after, "fountain_worker_up", { process })).toBe(5);
  }
});

test("whichever of them responds, what it shows of the last hour is what both were called", async () => {
  const before = total(await scrape(), REQUESTS, { worker: "gateway" });
  const statuses: number[] = [];
  for (let call = 0; call < CONNECTIONS; call += 1) {
    const to = { port: started.port };
    const shown = {
      to,
      method: "GET",
      path: "/gateway/overview",
      headers: administrator,
      timeoutMs: TIMEOUT_MS,
    } as const;
    const { status, text } = await callLocal(shown);
    const { processes, total: counted } = JSON.parse(text);
    expect(processes).toEqual({ counted: 2, running: 2 });
    expect(counted.requests).toBeGreaterThanOrEqual(call + CONNECTIONS);
    expect(counted.requests).toBeLessThanOrEqual(before + call);
    statuses.push(status);
  }
  expect(statuses).toEqual(all(200));
});

test("what is withdrawn is refused by both within five seconds: an API key, and a session", {
  timeout: TEST_MS,
}, async () => {
  const key = await registerService(target, administrator, "reader", ["sequence:read"]);
  const session = await logIn(target);
  expect(await statusesOf("/service-a/elements", key)).toEqual(all(200));
  expect(await statusesOf("/kms/me", session)).toEqual(all(200));
  const [, id] = (key["x-api-key"] ?? "").split("_");
  const disable = `${target.url}/kms/keys/reader/${id}/disable`;
  expect((await fetch(disable, { method: "POST", headers: administrator })).ok).toBe(true);
  const ended = await fetch(`${target.url}/kms/logout`, { method: "POST", headers: session });
  expect(ended.status).toBe(204);
  await new Promise((resolve) => setTimeout(resolve, KNOWN_WITHIN_MS));
  expect(await statusesOf("/service-a/elements", key)).toEqual(all(401));
  expect(await statusesOf("/kms/me", session)).toEqual(all(401));
});

test.for([
  ["workerd", "internal.sock"],
  ["workerd-2", "workerd-2.sock"],
] as const)("when %s is killed, the other serves until it is back", { timeout: TEST_MS }, async ([name, socket]) => {
  const killed = pidOf(socket);
  process.kill(killed, "SIGKILL");
  await eventually(() => complaints(name).length > 0);
  expect(await statusesOf("/kms/me", administrator)).toEqual(all(200));
  expect(complaints(name)).toEqual([`Fountain: ${name} was killed by SIGKILL: restarting it`]);
  await eventually(() => started.childrenNamed("workerd").length === 2);
  expect(pidOf(socket)).not.toBe(killed);
  await eventually(async () => total(await scrape(), "fountain_worker_up") === 10);
});

test("one that hangs is replaced, and the other is left alone", { timeout: TEST_MS }, async () => {
  const other = pidOf("internal.sock");
  process.kill(pidOf("workerd-2.sock"), "SIGSTOP");
  const hung = () => complaints("workerd-2").filter((line) => line.includes("has not responded"));
  await eventually(() => hung().length > 0, TEST_MS);
  await eventually(async () => total(await scrape(), "fountain_watchdog_restarts_total", { process: "2" }) === 1);
  expect(await statusesOf("/kms/me", administrator)).toEqual(all(200));
  expect(pidOf("internal.sock")).toBe(other);
});

test("the maintenance jobs go round, so that each process writes what it has kept", async () => {
  const callsOf = async (process: string): Promise<number> =>
    total(await scrape(), "fountain_database_call_duration_seconds_count", { worker: "kms", process });
  const socketPath = readRunFile(path.join(started.home, "run.json"))?.internalSocket;
  const run = { method: "POST", path: "/cron/kms", timeoutMs: TIMEOUT_MS } as const;
  const before = [await callsOf("1"), await callsOf("2")];
  for (let round = 0; round < 2; round += 1) expect((await callLocal({ to: { socketPath }, ...run })).status).toBe(204);
  expect(await callsOf("1")).toBeGreaterThan(before[0] ?? 0);
  expect(await callsOf("2")).toBeGreaterThan(before[1] ?? 0);
});

test("lines of both are whole, and a stop leaves no process", async () => {
  await statusesOf("/kms/me", administrator);
  started.child.kill("SIGTERM");
  const [code] = await once(started.child, "close");
  expect(code).toBe(0);
  const left = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  expect(left).not.toContain(started.home);
  const logged = started.lines.filter((line) => line.startsWith("{")).map((line): unknown => JSON.parse(line));
  expect(logged.length).toBeGreaterThan(CONNECTIONS);
});
