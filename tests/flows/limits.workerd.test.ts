/** An exact limit over three real processes on one port, with a real database: as many calls pass as it says. */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { largestLease } from "../../workers/gateway/src/limits/leases.ts";
import { logInAndStepUp } from "../support/session.ts";
import { startWorkerd, type WorkerdFountain } from "../support/workerd.ts";

const CALLS = 10_000;
const QUOTA = 1_000;
const CONNECTIONS = 150;
const PATH = "/kms/me";
/** A change is live in every process by then. */
const LIVE_MS = 5_000;
const TEST_MS = 180_000;

let fountain: WorkerdFountain;
let administrator: Record<string, string>;

beforeAll(async () => {
  fountain = await startWorkerd({ settings: { WORKERS: "3" } });
  administrator = await logInAndStepUp(fountain);
}, TEST_MS);
afterAll(() => fountain?.stop());

/** A new quota for everyone together, live in all processes. */
const setQuota = async (name: string): Promise<void> => {
  const response = await fountain.fetch(`/gateway/limits/${name}`, {
    method: "PUT",
    headers: { ...administrator, "content-type": "application/json" },
    body: JSON.stringify({ match: `GET ${PATH}`, per: "all", limit: QUOTA, window: "month" }),
  });
  expect(response.status).toBe(201);
  await sleep(LIVE_MS);
};

const removeQuota = async (name: string): Promise<void> => {
  const response = await fountain.fetch(`/gateway/limits/${name}`, { method: "DELETE", headers: administrator });
  expect(response.status).toBe(204);
};

/** The status of a call; 0 if its connection broke. */
const statusOf = (agent: Agent): Promise<number> =>
  new Promise((resolve) => {
    const call = request(fountain.url + PATH, { agent, headers: administrator }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    call.on("error", () => resolve(0));
    call.end();
  });

/** Makes all calls at once, and counts how they ended. */
const callAll = async (onPass: (passed: number) => void = () => {}): Promise<Record<number, number>> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const counts: Record<number, number> = {};
  const call = async (): Promise<void> => {
    const status = await statusOf(agent);
    counts[status] = (counts[status] ?? 0) + 1;
    if (status === 200) onPass(counts[status] ?? 0);
  };
  await Promise.all(Array.from({ length: CALLS }, call));
  agent.destroy();
  return counts;
};

test("of ten thousand calls at once over three processes, exactly as many pass as the quota says", {
  timeout: TEST_MS,
}, async () => {
  expect(fountain.processIds("workerd")).toHaveLength(3);
  await setQuota("thousand");
  expect(await callAll()).toEqual({ 200: QUOTA, 429: CALLS - QUOTA });
  await removeQuota("thousand");
});

test("never more pass when a process is killed in the middle, and its lease is all that is lost", {
  timeout: TEST_MS,
}, async () => {
  await setQuota("killed");
  let killed = false;
  const counts = await callAll((passed) => {
    if (killed || passed < QUOTA / 3) return;
    killed = true;
    process.kill(fountain.processIds("workerd").at(-1) ?? 0, "SIGKILL");
  });
  const { 200: passed = 0, 0: broken = 0 } = counts;
  console.info(
    `Killed in the middle: ${passed} of ${QUOTA} calls passed, the lost lease cost ${QUOTA - passed} (${broken} broken calls included)`,
  );
  expect(killed).toBe(true);
  expect(passed).toBeLessThanOrEqual(QUOTA);
  expect(passed).toBeGreaterThanOrEqual(QUOTA - largestLease(QUOTA) - broken);
});
