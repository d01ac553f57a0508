/** How often an operation asks its database: requests to sqld, counted by a worker that stands between. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIG_FILE, LIBSQL_SERVICE } from "../../../runtime/workerd/workerd.ts";
import type { Goal } from "../load/report.ts";
import { timed, timesOf } from "../measure.ts";
import { addSocket, addWorker, replaceIn } from "../stage/build.ts";
import { type Installation, logInAt } from "../stage/installation.ts";
import { portsFor } from "../stage/ports.ts";
import { sequenceOf } from "./writes.ts";

const COUNTER = "counter";
const COUNT_PATH = "/bench-count";
/** From then on each trip of service-a takes longer by this, which distinguishes those that a response waits for. */
const DELAY_PATH = "/bench-delay";
const DELAY_MS = 250;
const DELAYED_HOST = "service-a.";
const READS = 30;
const SINGLE_WRITES = 5;
const WRITES = 40;
const AT_ONCE = 4;
const LOGINS = 5;
/** Longer than a trip that is delayed. */
const QUIET_MS = 600;
const IDLE_MS = 4_000;

const SOURCE = `
let count = 0;
let isDelayed = false;
export default {
  async fetch(request, env) {
    if (request.url.endsWith("${DELAY_PATH}")) isDelayed = true;
    if (request.url.includes("/bench-")) return new Response(String(count));
    count += 1;
    if (isDelayed && new URL(request.url).hostname.startsWith("${DELAYED_HOST}"))
      await new Promise((resolve) => setTimeout(resolve, ${DELAY_MS}));
    return env.NEXT.fetch(request);
  },
};`;

/** The trips of each operation on average; work after the response counts with the operation, or by itself for a write. */
export const countTrips = async (installation: Installation): Promise<Goal[]> => {
  const ports = await portsFor([COUNTER]);
  const clone = await installation.clone({
    edit: (directory) => {
      replaceIn(path.join(directory, CONFIG_FILE), `service = "${LIBSQL_SERVICE}")`, `service = "${COUNTER}")`);
      addWorker(directory, { name: COUNTER, source: SOURCE, services: { NEXT: LIBSQL_SERVICE } });
      addSocket(directory, COUNTER, ports[COUNTER]);
    },
  });
  const url = `http://127.0.0.1:${clone.port}`;
  const ask = async (pathname: string): Promise<number> =>
    Number(await (await fetch(`http://127.0.0.1:${ports[COUNTER]}${pathname}`)).text());
  const count = (): Promise<number> => ask(COUNT_PATH);
  const settled = async (): Promise<number> => {
    for (let before = await count(); ; ) {
      await sleep(QUIET_MS);
      const now = await count();
      if (now === before) return now;
      before = now;
    }
  };
  const send = async (pathname: string, expected: number, init: RequestInit = {}): Promise<void> => {
    const response = await fetch(url + pathname, init);
    const text = await response.text();
    if (response.status !== expected) throw new Error(`${pathname}: ${response.status} ${text}`);
  };
  /** Trips per operation, to the end of all work that follows. */
  const average = async (number: number, concurrency: number, work: () => Promise<void>): Promise<number> => {
    const before = await settled();
    await timesOf({ count: number, concurrency }, work);
    return ((await settled()) - before) / number;
  };
  try {
    const headers = await logInAt(installation, clone);
    const json = { ...headers, "content-type": "application/json" };
    const write = () => send("/service-a/sequence", 201, { method: "POST", headers: json, body: sequenceOf() });
    const account = JSON.stringify({ username: installation.adminUsername, password: installation.adminPassword });
    const logIn = () => send("/kms/login", 200, { method: "POST", headers: json, body: account });
    await write();
    await logIn();
    const idleFrom = await settled();
    await sleep(IDLE_MS);
    if ((await count()) - idleFrom > 2) throw new Error("the databases are asked without a call");
    const read = await average(READS, 1, () => send("/service-a/elements/action/1", 200, { headers }));
    const me = await average(READS, 1, () => send("/kms/me", 200, { headers }));
    const whole = await average(WRITES, AT_ONCE, write);
    const login = await average(LOGINS, 1, logIn);
    await ask(DELAY_PATH);
    const waits: number[] = [];
    for (let single = 0; single < SINGLE_WRITES; single += 1) {
      await settled();
      waits.push(await timed(write));
    }
    const before = Math.floor(Math.min(...waits) / DELAY_MS);
    return [
      { measure: "trips to the database: GET an element by key", values: [read], mustReach: 1.1, isLess: true },
      { measure: "trips to the database: GET /kms/me", values: [me], mustReach: 1.1, isLess: true },
      { measure: "trips: POST /sequence, before the response", values: [before], mustReach: 1, isLess: true },
      {
        measure: `trips: POST /sequence, after the response (${AT_ONCE} at a time, amortised)`,
        values: [whole - before],
        mustReach: 2,
        isLess: true,
      },
      { measure: "trips: POST /kms/login, all", values: [login], mustReach: 6, isLess: true },
    ];
  } finally {
    await clone.stop();
  }
};
