/** How long one request keeps the thread that serves all: for every operation, at the largest that the contract allows. */
import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { ROUTES } from "../../shared/policy/routes.ts";
import type { Fountain } from "../support/harness.ts";
import { createStepUp, registerService } from "../support/session.ts";
import { startWorkerd, type WorkerdFountain } from "../support/workerd.ts";
import type { Stock } from "./stalls/calls.ts";
import { type Call, hostileCalls } from "./stalls/hostile.ts";
import { LARGEST, LONG_TEXT } from "./stalls/largest.ts";
import type { ProbeOptions } from "./stalls/probe.ts";
import { imports } from "./stalls/screenplays.ts";
import { milliseconds, type Table } from "./table.ts";

/** The target. */
const BOUND_MS = 50;
const RUNS = 3;
const SETTLE_MS = 40;
/** A step-up is good for five minutes, and all operations take longer. */
const LOGIN_MS = 120_000;
const NOT_HELD = "**exceeded**";
const AUDIT_ENTRIES = 2_000;
const AT_ONCE = 8;
const PROBE = path.join(import.meta.dirname, "stalls", "probe.ts");

type Send = (call: Omit<Call, "what">) => Promise<Response>;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const startProbe = (options: ProbeOptions) => {
  const worker = new Worker(PROBE, { workerData: options });
  return {
    /** The longest since it was asked last. */
    take: async (): Promise<number> => {
      worker.postMessage("take");
      const [longestMs] = await once(worker, "message");
      return Number(longestMs);
    },
    stop: () => worker.terminate(),
  };
};

const created = async (
  send: Send,
  address: string,
  body: unknown,
  method = "POST",
): Promise<Record<string, unknown>> => {
  const headers = { "content-type": "application/json" };
  const response = await send({ method, path: address, headers, body: JSON.stringify(body) });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${JSON.stringify(answer)}`);
  return typeof answer === "object" && answer !== null ? { ...answer } : {};
};

const importAll = async (send: Send): Promise<Stock["scripts"]> => {
  const scripts: { what: string; id: number }[] = [];
  for (const [what, make] of Object.entries(imports)) {
    const headers = { "content-type": "text/plain" };
    const response = await send({ method: "POST", path: "/service-a/scripts", headers, body: make() });
    const { scriptId } = await response.json<{ scriptId?: number }>();
    if (response.status === 201 && scriptId !== undefined) scripts.push({ what, id: scriptId });
  }
  return scripts;
};

const sectionsIn = async (fountain: Fountain): Promise<number[]> => {
  const found = await fountain.databases["service-a"]?.execute(
    "SELECT element_id FROM elements WHERE element_type = 'section' ORDER BY sequence_number LIMIT 5000",
  );
  return (found?.rows ?? []).map((row) => Number(row["element_id"]));
};

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join("\n");

/** As many as a body of 1 MiB has room for. */
const LONG_LINES = 110_000;

const LONG_VERSIONS = [
  lines(LONG_LINES, () => "a line"),
  lines(LONG_LINES, (index) => (index % 300 === 0 ? "b line" : "a line")),
  lines(LONG_LINES, (index) => `${index}`),
];

const stockUp = async (fountain: Fountain, send: Send, administrator: Record<string, string>): Promise<Stock> => {
  await registerService(fountain, administrator, "largest-service", ["search:read"]);
  await created(send, "/kms/transit", { name: "largest" });
  const plaintext = Buffer.alloc(512 * 1024).toString("base64");
  const { ciphertext } = await created(send, "/kms/transit/largest/encrypt", { plaintext });
  await created(send, "/kms/secrets/largest", { value: "s".repeat(65_536) }, "PUT");
  const [text, ...later] = LONG_VERSIONS;
  await created(send, "/service-a/sequence", { elementType: "character", elementId: 1_000_000, comment: "c", text });
  for (const newVersionData of later) {
    const version = { elementType: "character", elementId: 1_000_000, comment: "c", newVersionData };
    await created(send, "/service-a/sequence/version", version);
  }
  for (let id = 1; id <= 11; id += 1) {
    const fields = { element_type: "action", element_id: id, sequence_number: id, version_number: 1, comment: "" };
    const document = { id: `long-${id}`, ...fields, text: LONG_TEXT };
    await created(send, "/search/documents/sync", { operation: "create", document });
  }
  for (let made = 0; made < AUDIT_ENTRIES; made += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => created(send, "/kms/transit/largest/encrypt", { plaintext: "AA==" })),
    );
  }
  const scripts = await importAll(send);
  const sections = await sectionsIn(fountain);
  return {
    scripts,
    sections,
    transitKey: "largest",
    ciphertext: String(ciphertext),
    element: "character/1000000",
    service: "largest-service",
  };
};

interface Stall {
  ms: number;
  what: string;
  status: number;
}

/** Of several runs the shortest: whatever is longer was not this request's doing. */
const stallOf = async (send: Send, probe: ReturnType<typeof startProbe>, call: Call): Promise<Stall> => {
  let stall: Stall | undefined;
  for (let run = 0; run < RUNS; run += 1) {
    await sleep(SETTLE_MS);
    await probe.take();
    const response = await send(call);
    await response.arrayBuffer();
    await sleep(SETTLE_MS);
    const ms = await probe.take();
    if (stall === undefined || ms < stall.ms) stall = { ms, what: call.what, status: response.status };
  }
  if (stall === undefined) throw new Error("nothing was measured");
  return stall;
};

const callsOf = (worker: string, row: string, policy: Parameters<typeof hostileCalls>[2], stock: Stock): Call[] => {
  const largest = LARGEST[`${worker} ${row}`];
  return [...(typeof largest === "function" ? largest(stock) : []), ...hostileCalls(worker, row, policy)];
};

const verdictOf = ({ ms }: Stall): string => (ms <= BOUND_MS ? "met" : NOT_HELD);

const measure = async (fountain: WorkerdFountain): Promise<Table> => {
  const stepUp = await createStepUp(fountain);
  let loggedInAtMs = performance.now();
  let headers = await stepUp();
  const send: Send = ({ path: address, method, body, headers: own }) =>
    fountain.fetch(address, { method, headers: { ...headers, ...own }, body: body ?? null });
  const stock = await stockUp(fountain, send, headers);
  const [pid] = fountain.processIds("workerd");
  if (pid === undefined) throw new Error("there is no workerd");
  const probe = startProbe({ url: fountain.url, pid });
  const rows: string[][] = [];
  for (const [worker, routes] of Object.entries(ROUTES)) {
    for (const [row, policy] of Object.entries(routes)) {
      if (performance.now() - loggedInAtMs > LOGIN_MS) {
        loggedInAtMs = performance.now();
        headers = await stepUp();
      }
      const stalls: Stall[] = [];
      for (const call of callsOf(worker, row, policy, stock)) stalls.push(await stallOf(send, probe, call));
      const longest = stalls.toSorted((a, b) => b.ms - a.ms)[0];
      if (longest === undefined) continue;
      const { what, status, ms } = longest;
      rows.push([`${worker} ${row}`, `${stalls.length}`, `${what} (${status})`, milliseconds(ms), verdictOf(longest)]);
    }
  }
  await probe.stop();
  const notHeld = rows.filter(([, , , , verdict]) => verdict === NOT_HELD).length;
  return {
    title: `How long one request blocks the thread (target: ${BOUND_MS} ms)`,
    method: `The longest wait of /health during each of an operation's inputs, in CPU time of the thread; the shortest of ${RUNS} runs. Of ${rows.length} operations ${notHeld} exceed the target.`,
    columns: ["operation", "inputs", "slowest input", "blocked for", "target"],
    rows,
  };
};

export const benchStalls = async (): Promise<Table> => {
  const fountain = await startWorkerd({ settings: { REGISTRATION: "open" } });
  return measure(fountain).finally(fountain.stop);
};
