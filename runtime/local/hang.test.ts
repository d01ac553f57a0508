/** Processes that run and do not respond, under `npm start`: each is replaced, and nothing acknowledged is lost. */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLoad } from "../../tests/compose/load.ts";
import { ENDLESS_PATH, installEndlessLoop } from "../../tests/support/endless-loop.ts";
import { logIn, registerService } from "../../tests/support/session.ts";
import { eventually, isReady, type StartedProcess, spawnStart } from "../../tests/support/workerd.ts";
import { CONFIG_FILE } from "../workerd/workerd.ts";
import { stopProcess } from "./process.ts";

const PER_SECOND = 20;
/** More than the minute that a process has which hangs before the watchdog has seen a first response of it. */
const REPLACED_WITHIN_MS = 90_000;
const TEST_MS = 240_000;
const UNANSWERED_MS = 2_000;

let started: StartedProcess;
let url: string;
let caller: Record<string, string>;

beforeAll(async () => {
  const adminPassword = randomBytes(12).toString("hex");
  started = await spawnStart({ ADMIN_PASSWORD: adminPassword });
  await started.readyOrEnded();
  url = `http://127.0.0.1:${started.port}`;
  const target = { url, adminUsername: "admin", adminPassword };
  caller = await registerService(target, await logIn(target), "writer", ["sequence:read", "sequence:write"]);
});
afterAll(async () => {
  await stopProcess(started.child);
  rmSync(started.home, { recursive: true, force: true });
});

const complaints = (name: string): string[] => started.lines.filter((line) => line.startsWith(`Fountain: ${name} `));

/** The process of this name, and no other. */
const pidOf = (name: string): number => {
  const [pid, ...others] = started.childrenNamed(name);
  if (pid === undefined || others.length > 0) throw new Error(`there is not exactly one ${name}`);
  return pid;
};

/** Every element, by its id. */
const elements = async (): Promise<Map<number, { text: string; sequenceNumber: number }>> => {
  const found = new Map<number, { text: string; sequenceNumber: number }>();
  for (let after = ""; ; ) {
    const response = await fetch(`${url}/service-a/elements?limit=100${after}`, { headers: caller });
    const {
      items,
      next,
    }: { items: { elementId: number; text: string; sequenceNumber: number }[]; next: string | null } =
      await response.json();
    for (const { elementId, ...item } of items) found.set(elementId, item);
    if (next === null) return found;
    after = `&after=${encodeURIComponent(next)}`;
  }
};

/** Whether a call there has no response. */
const isEndless = async (address: string): Promise<boolean> => {
  try {
    await fetch(address, { signal: AbortSignal.timeout(UNANSWERED_MS) });
    return false;
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError";
  }
};

let rounds = 0;

/** Makes a process hang while others write; resolves with what the operator reads of it once all is well again. */
const hangUnderLoad = async (name: string, hang: (pid: number) => void | Promise<void>): Promise<string> => {
  rounds += 1;
  const told = complaints(name).length;
  const firstElementId = rounds * 1_000_000;
  const load = startLoad({ url, callers: [caller], perSecond: PER_SECOND, writeEvery: 2, firstElementId });
  const before = pidOf(name);
  await hang(before);
  await eventually(() => complaints(name).length > told, REPLACED_WITHIN_MS);
  await eventually(
    async () => started.childrenNamed(name).length === 1 && (await isReady(started.port)),
    REPLACED_WITHIN_MS,
  );
  const { acknowledged } = await load.stop();
  const stored = await elements();
  expect(pidOf(name)).not.toBe(before);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  // Whatever else was stored is whole: its text, and its place in a sequence without gaps.
  const written = [...stored].filter(([id]) => id >= firstElementId);
  expect(written.filter(([id, { text }]) => text !== `line ${id}`)).toEqual([]);
  const places = [...stored.values()].map(({ sequenceNumber }) => sequenceNumber).toSorted((a, b) => a - b);
  expect(places).toEqual(places.map((_, index) => index + 1));
  return complaints(name)[told] ?? "";
};

test.for(["workerd", "sqld"])("a %s that a signal has stopped is replaced", { timeout: TEST_MS }, async (name) => {
  const complaint = await hangUnderLoad(name, (pid) => {
    process.kill(pid, "SIGSTOP");
  });
  expect(complaint).toMatch(/ has not responded for \d+\.\d s: stopped by a signal; threads.*: restarting it$/);
});

test("a workerd in an endless loop is replaced, and leaves a stack", { timeout: TEST_MS }, async () => {
  installEndlessLoop(path.join(started.home, "build"), CONFIG_FILE);
  process.kill(pidOf("workerd"), "SIGKILL");
  await eventually(() => complaints("workerd").some((line) => line.includes("SIGKILL")));
  await eventually(async () => started.childrenNamed("workerd").length === 1 && (await isReady(started.port)));
  // A call on a connection to the process before reaches no loop.
  const complaint = await hangUnderLoad("workerd", () => eventually(() => isEndless(`${url}${ENDLESS_PATH}`)));
  expect(complaint).toMatch(/ has not responded for \d+\.\d s: busy, with \d+\.\d s of CPU time; threads.* runnable /);
  expect(readFileSync(path.join(started.home, "logs", "workerd.log"), "utf8")).toMatch(/^\S+ stack: \S/m);
});
