/** What logins do to everyone else: hashing a password takes a twentieth of a second of a processor. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection, requestBytes } from "./load/connection.ts";
import { CAN_COUNT_CPU, watchForeignLoad } from "./load/cpu.ts";
import { type Goal, goalTable } from "./load/report.ts";
import { median, percentile } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import { type Installation, logInAt, startInstallation } from "./stage/installation.ts";
import { milliseconds, type Table } from "./table.ts";

const AT_ONCE = 20;
const ROUNDS = 6;
/** Each phase of a round. */
const PHASE_MS = 3_000;
const PROBE_EVERY_MS = 5;
const READERS = 8;
const SETTLE_MS = 300;
const TAIL = 0.99;
/** Too many at a time is refused, which is no fault: the client waits, as `Retry-After` asks for, and tries again. */
const BUSY = new Set([429, 503]);
const RETRY_MS = 1_000;

interface Responses {
  statuses: Map<number, number>;
  latencies: number[];
}

const responses = (): Responses => ({ statuses: new Map(), latencies: [] });

type Phase = Record<"probes" | "reads" | "logins", Responses> & { seconds: number };

interface Caller {
  request(): Buffer;
  /** How many at a time, each sending again as soon as it has its response. */
  callers: number;
  /** Or one at a time, this often. */
  everyMs?: number;
}

/** Calls until the time is over, and resolves when the last response is there. */
const callFor = async (port: number, { request, callers, everyMs }: Caller, endMs: number): Promise<Responses> => {
  const all = responses();
  const loop = async (): Promise<void> => {
    const connection = openConnection({ port });
    while (performance.now() < endMs) {
      const sentAtMs = performance.now();
      const status = await new Promise<number>((resolve) => connection.send(request(), resolve));
      const tookMs = performance.now() - sentAtMs;
      all.latencies.push(tookMs);
      all.statuses.set(status, (all.statuses.get(status) ?? 0) + 1);
      if (BUSY.has(status)) await sleep(Math.min(RETRY_MS, Math.max(0, endMs - performance.now())));
      if (everyMs !== undefined) await sleep(Math.max(0, everyMs - tookMs));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: callers }, loop));
  return all;
};

const loginRequest = (username: string, password: string): Buffer =>
  requestBytes("/kms/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });

/** What else goes on in a phase. */
type Load = "nothing" | "good logins" | "bad logins";

const createPhases = (
  port: number,
  headers: Record<string, string>,
  { adminUsername, adminPassword }: Installation,
) => {
  let strangers = 0;
  const stranger = (): string => {
    strangers += 1;
    return `unknown-${strangers}`;
  };
  const health = requestBytes("/health");
  const read = requestBytes("/kms/me", { headers });
  const good = loginRequest(adminUsername, adminPassword);
  const loads: Record<Load, Caller> = {
    nothing: { request: () => good, callers: 0 },
    "good logins": { request: () => good, callers: AT_ONCE },
    "bad logins": { request: () => loginRequest(stranger(), "not the password"), callers: AT_ONCE },
  };
  return async (load: Load, readers: number): Promise<Phase> => {
    await sleep(SETTLE_MS);
    const startedAtMs = performance.now();
    const endMs = startedAtMs + PHASE_MS;
    const [probes, reads, logins] = await Promise.all([
      callFor(port, { request: () => health, callers: 1, everyMs: PROBE_EVERY_MS }, endMs),
      callFor(port, { request: () => read, callers: readers }, endMs),
      callFor(port, loads[load], endMs),
    ]);
    return { probes, reads, logins, seconds: (performance.now() - startedAtMs) / 1_000 };
  };
};

const KINDS = {
  idle: { load: "nothing", readers: 0 },
  "20 logins at once": { load: "good logins", readers: 0 },
  reads: { load: "nothing", readers: READERS },
  "reads, 20 bad logins at once": { load: "bad logins", readers: READERS },
  "one reader": { load: "nothing", readers: 1 },
  "one reader, 20 logins at once": { load: "good logins", readers: 1 },
} satisfies Record<string, { load: Load; readers: number }>;

type Kind = keyof typeof KINDS;

const EXPECTED: Record<Load, number> = { nothing: 0, "good logins": 200, "bad logins": 401 };

const faultsOf = (kind: Kind, { probes, reads, logins }: Phase): string[] => {
  const expected = EXPECTED[KINDS[kind].load];
  const isBad = (of: Responses, accepted: (status: number) => boolean, what: string): string[] =>
    [...of.statuses]
      .filter(([status]) => !accepted(status))
      .map(([status, count]) => `${kind}, ${what}: ${count} × ${status}`);
  return [
    ...isBad(probes, (status) => status === 200, "/health"),
    ...isBad(reads, (status) => status === 200, "GET /kms/me"),
    ...isBad(logins, (status) => status === expected || BUSY.has(status), "logins"),
  ];
};

const count = ({ statuses }: Responses, status: number): number => statuses.get(status) ?? 0;
const cell = (times: readonly number[], share: number): string =>
  times.length === 0 ? "" : milliseconds(percentile(times, share));

const phaseRow = (kind: Kind, phases: readonly Phase[]): string[] => {
  const probes = phases.flatMap((phase) => phase.probes.latencies);
  const reads = phases.flatMap((phase) => phase.reads.latencies);
  const expected = EXPECTED[KINDS[kind].load];
  const rate = (of: (phase: Phase) => number): string =>
    median(phases.map((phase) => of(phase) / phase.seconds)).toFixed(1);
  const refused = phases.reduce((sum, { logins }) => sum + count(logins, 429) + count(logins, 503), 0);
  return [
    kind,
    cell(probes, 0.5),
    cell(probes, TAIL),
    KINDS[kind].readers === 0 ? "" : rate(({ reads: some }) => count(some, 200)),
    cell(reads, TAIL),
    expected === 0 ? "" : rate(({ logins }) => count(logins, expected)),
    expected === 0 ? "" : String(refused),
  ];
};

const goalsOf = (phases: Record<Kind, Phase[]>): Goal[] => {
  const ratios = (over: Kind, under: Kind, value: (phase: Phase) => number): number[] =>
    phases[over].flatMap((phase, round) => {
      const other = phases[under][round];
      return other === undefined ? [] : [value(phase) / value(other)];
    });
  const healthTail = ({ probes }: Phase): number => percentile(probes.latencies, TAIL);
  const readTail = ({ reads }: Phase): number => percentile(reads.latencies, TAIL);
  const readRate = ({ reads, seconds }: Phase): number => count(reads, 200) / seconds;
  return [
    {
      measure: `/health p99 during ${AT_ONCE} logins at once ÷ idle`,
      values: ratios("20 logins at once", "idle", healthTail),
      mustReach: 4,
      tryFor: 2,
      isLess: true,
    },
    {
      measure: `authenticated reads a second during ${AT_ONCE} bad logins at once ÷ without`,
      values: ratios("reads, 20 bad logins at once", "reads", readRate),
      mustReach: 0.65,
      tryFor: 0.9,
    },
    {
      measure: "logins a second",
      values: phases["20 logins at once"].map(({ logins, seconds }) => count(logins, 200) / seconds),
      mustReach: 8,
      tryFor: 12,
    },
    {
      measure: `a reader's p99 during ${AT_ONCE} logins at once ÷ without`,
      values: ratios("one reader, 20 logins at once", "one reader", readTail),
      mustReach: 1.5,
      isLess: true,
    },
  ];
};

const measure = async (installation: Installation): Promise<Table[]> => {
  const clone = await installation.clone();
  try {
    const runPhase = createPhases(clone.port, await logInAt(installation, clone), installation);
    const own = [clone.pid, ...installation.processIds("workerd"), ...installation.processIds("sqld")];
    const foreignLoad = CAN_COUNT_CPU ? watchForeignLoad(own) : () => Number.NaN;
    const phases: Record<Kind, Phase[]> = {
      idle: [],
      "20 logins at once": [],
      reads: [],
      "reads, 20 bad logins at once": [],
      "one reader": [],
      "one reader, 20 logins at once": [],
    };
    const kinds = Object.keys(KINDS).filter((kind): kind is Kind => kind in KINDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
        const { load, readers } = KINDS[kind];
        phases[kind].push(await runPhase(load, readers));
      }
    }
    const method = `${ROUNDS} rounds of phases of ${PHASE_MS / 1_000} s in palindromic order, ratios within a round; /health is asked every ${PROBE_EVERY_MS} ms. Other processes took ${(foreignLoad() * 100).toFixed(0)} % of the machine.`;
    return [
      {
        title: "Logins and the others",
        method,
        columns: [
          "phase",
          "/health p50",
          "/health p99",
          "reads a second",
          "read p99",
          "logins a second",
          "refused as busy",
        ],
        rows: kinds.map((kind) => phaseRow(kind, phases[kind])),
        faults: kinds.flatMap((kind) => phases[kind].flatMap((phase) => faultsOf(kind, phase))),
      },
      goalTable("Logins and the others: targets", method, goalsOf(phases)),
    ];
  } finally {
    await clone.stop();
  }
};

export const benchLogins = async (_: BenchOptions): Promise<Table[]> => {
  const unlimited = path.join(import.meta.dirname, "stage", "logins.yaml");
  const installation = await startInstallation(undefined, "--config", unlimited);
  return measure(installation).finally(installation.stop);
};
