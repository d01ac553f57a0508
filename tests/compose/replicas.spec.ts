import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { logIn, registerService } from "../support/session.ts";
import { bearableRate, describeLoad, startLoad } from "./load.ts";
import {
  answers,
  baseUrl,
  compose,
  containers,
  docker,
  eventually,
  logs,
  rollingRestart,
  secret,
  waitForHealthy,
} from "./stack.ts";

const place = inject("stack");
const url = baseUrl(place);
const target = { url, adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const CALLERS = 8;
const SCOPES = ["sequence:read", "sequence:write"];

const scale = (replicas: number): Promise<string> =>
  compose(place, "up", "-d", "--no-deps", "--no-recreate", "--scale", `workerd=${replicas}`, "workerd");

const callers: Record<string, string>[] = [];

beforeAll(async () => {
  await scale(3);
  await waitForHealthy(place, "workerd", 3);
  const administrator = await logIn(target);
  for (let index = 0; index < CALLERS; index += 1) {
    callers.push(await registerService(target, administrator, `replicas-${index}-${place.httpsPort}`, SCOPES));
  }
  // Until Caddy knows of all three.
  await sleep(3_000);
});

afterAll(async () => {
  await scale(1);
  await waitForHealthy(place, "workerd", 1);
  await eventually(() => answers(`${url}/ready`));
});

/** For each replica, how many of these requests it served. */
const servedBy = async (requestIds: readonly string[]): Promise<number[]> => {
  const written = await Promise.all((await containers(place, "workerd")).map(logs));
  return written.map((text) => requestIds.filter((id) => text.includes(id)).length);
};

test("a caller's requests go to one replica, those of several to several", async () => {
  const idsOf = async (headers: Record<string, string>): Promise<string[]> => {
    const ids: string[] = [];
    for (let number = 0; number < 10; number += 1) {
      const response = await fetch(`${url}/service-a/scripts`, { headers });
      expect(response.status).toBe(200);
      ids.push(response.headers.get("x-request-id") ?? "");
    }
    return ids;
  };
  const ids = await Promise.all(callers.map(idsOf));
  const homes = await Promise.all(ids.map(servedBy));
  for (const served of homes) expect(served.toSorted()).toEqual([0, 0, 10]);
  expect(new Set(homes.map((served) => served.indexOf(10))).size).toBeGreaterThan(1);
});

test("three replicas under load, one killed, all replaced: nothing fails after one retry", async () => {
  const before = await containers(place, "workerd");
  const perSecond = await bearableRate(url, callers);
  const load = startLoad({ url, callers, perSecond, writeEvery: 5, firstElementId: 1_000_000 });
  await sleep(5_000);
  const [victim = ""] = before;
  await docker("kill", "--signal", "KILL", victim);
  await sleep(8_000);
  await docker("start", victim);
  await waitForHealthy(place, "workerd", 3);
  await rollingRestart(place);
  await sleep(3_000);
  const report = await load.stop();
  console.log(`${perSecond} a second. One replica killed, then all replaced: ${describeLoad(report)}`);
  expect(report.failed).toEqual([]);
  expect((await containers(place, "workerd")).filter((id) => before.includes(id))).toEqual([]);
}, 240_000);

test("a replica that is told to stop drains: under load, none fails", async () => {
  const [victim = ""] = await containers(place, "workerd");
  const perSecond = await bearableRate(url, callers);
  const load = startLoad({ url, callers, perSecond, writeEvery: 5, firstElementId: 2_000_000 });
  await sleep(2_000);
  await docker("stop", "-t", "60", victim);
  await sleep(2_000);
  const report = await load.stop();
  console.log(`${perSecond} a second. One replica stopped: ${describeLoad(report)}`);
  expect([report.failedAtFirst, report.failed]).toEqual([0, []]);
  await docker("start", victim);
  await waitForHealthy(place, "workerd", 3);
}, 120_000);
