import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, inject, test } from "vitest";
import { logIn, registerService } from "../support/session.ts";
import { describeLoad, type LoadReport, startLoad } from "./load.ts";
import { answers, baseUrl, compose, container, docker, eventually, secret } from "./stack.ts";

const place = inject("stack");
const url = baseUrl(place);
const target = { url, adminUsername: "admin", adminPassword: secret(place, "admin_password") };
const PER_SECOND = 40;
const BOUND_MS = 30_000;

afterAll(async () => {
  await eventually(() => answers(`${url}/ready`));
});

let rounds = 0;

/** Breaks libSQL under load and heals it; what was acknowledged, and how long readiness took to turn. */
const breakUnderLoad = async (
  breakIt: (libsql: string) => Promise<unknown>,
  heal: (libsql: string) => Promise<unknown>,
) => {
  rounds += 1;
  const name = `outage-${rounds}-${place.httpsPort}`;
  const caller = await registerService(target, await logIn(target), name, ["sequence:read", "sequence:write"]);
  const load = startLoad({
    url,
    callers: [caller],
    perSecond: PER_SECOND,
    writeEvery: 2,
    firstElementId: rounds * 10_000_000,
  });
  await sleep(3_000);
  await breakIt(await container(place, "libsql"));
  let redMs: number;
  try {
    redMs = await eventually(async () => !(await answers(`${url}/ready`)));
    // Not for as long as the caller would wait.
    const signal = AbortSignal.timeout(BOUND_MS);
    const response = await fetch(`${url}/service-a/elements?limit=1`, { headers: caller, signal });
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    await sleep(2_000);
  } finally {
    await heal(await container(place, "libsql").catch(() => ""));
  }
  const greenMs = await eventually(() => answers(`${url}/ready`));
  await sleep(3_000);
  const report = await load.stop();
  console.log(`Readiness red after ${redMs} ms, green ${greenMs} ms after libSQL was back. ${describeLoad(report)}`);
  return { report, caller };
};

const missing = async ({ acknowledged }: LoadReport, headers: Record<string, string>): Promise<number[]> => {
  const lost: number[] = [];
  for (const id of acknowledged) {
    const response = await fetch(`${url}/service-a/elements/action/${id}`, { headers });
    if (response.status !== 200) lost.push(id);
  }
  return lost;
};

test("libSQL killed and started again under load: nothing acknowledged is lost", async () => {
  const { report, caller } = await breakUnderLoad(
    (libsql) => docker("kill", "--signal", "KILL", libsql),
    (libsql) => docker("start", libsql),
  );
  expect(report.acknowledged.length).toBeGreaterThan(PER_SECOND / 2);
  expect(await missing(report, caller)).toEqual([]);
}, 180_000);

test("libSQL removed and made anew under load: nothing acknowledged is lost", async () => {
  const { report, caller } = await breakUnderLoad(
    (libsql) => docker("rm", "--force", libsql),
    () => compose(place, "up", "-d", "--no-deps", "libsql"),
  );
  expect(report.acknowledged.length).toBeGreaterThan(PER_SECOND / 2);
  expect(await missing(report, caller)).toEqual([]);
}, 180_000);
