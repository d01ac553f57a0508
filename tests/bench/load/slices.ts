/**
 * Measures variants of something in short slices that alternate, in palindromic order (A B C C B A): whatever else the
 * machine does weighs on neighbouring slices alike, and ratios are taken within a round.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, openConnection, type Target } from "./connection.ts";
import { CAN_COUNT_CPU, cpuMicroseconds, watchForeignLoad } from "./cpu.ts";

export interface Variant {
  name: string;
  target: Target;
  /** The next request of a connection, given the body of its last response (empty at first). */
  next: (last: Buffer) => Buffer;
  /** Any other status is a fault. */
  expected: number;
  connections: number;
  /** Whose CPU time counts. */
  processes: readonly number[];
  /** Work that continues after the response is given this long, and counts; 0 by default. */
  settleMs?: number;
}

/** What one slice has shown. */
export interface Slice {
  /** CPU time per request in microseconds; NaN where it cannot be counted. */
  cpu: number;
  /** Requests per second. */
  rate: number;
}

export interface Measured {
  variant: Variant;
  /** One per round. */
  slices: Slice[];
  /** Milliseconds, of every request. */
  latencies: number[];
  /** Unexpected statuses, with their number and an example of the body. */
  faults: Map<number, { count: number; body: string }>;
}

export interface Run {
  measured: ReadonlyMap<string, Measured>;
  rounds: number;
  sliceMs: number;
  /** The share of the machine that other processes took. */
  foreignLoad: number;
}

export interface SliceOptions {
  rounds?: number;
  sliceMs?: number;
  warmUpMs?: number;
}

const ROUNDS = 60;
const SLICE_MS = 100;
const WARM_UP_MS = 1_000;
const BODY_SHOWN = 300;
/** Longer than any gateway waits. */
const STUCK_MS = 30_000;

const NO_BODY = Buffer.alloc(0);

interface Lane extends Measured {
  connections: { connection: Connection; last: Buffer }[];
}

const noteFault = ({ faults }: Measured, status: number, body: Buffer): void => {
  const fault = faults.get(status) ?? { count: 0, body: body.toString("utf8", 0, BODY_SHOWN) };
  faults.set(status, { ...fault, count: fault.count + 1 });
};

/** Keeps every connection busy for this long, and waits for what is under way then. Returns the number of responses. */
const drive = (lane: Lane, ms: number): Promise<number> => {
  const { variant, connections } = lane;
  const endMs = performance.now() + ms;
  let count = 0;
  let inFlight = connections.length;
  return new Promise((resolve, reject) => {
    const stuck = setTimeout(() => reject(new Error(`${variant.name} does not respond`)), ms + STUCK_MS);
    const send = (slot: Lane["connections"][number]): void => {
      const sentAtMs = performance.now();
      slot.connection.send(variant.next(slot.last), (status, body) => {
        const nowMs = performance.now();
        slot.last = body;
        count += 1;
        lane.latencies.push(nowMs - sentAtMs);
        if (status !== variant.expected) noteFault(lane, status, body);
        if (nowMs < endMs) return send(slot);
        inFlight -= 1;
        if (inFlight > 0) return;
        clearTimeout(stuck);
        resolve(count);
      });
    };
    for (const slot of connections) send(slot);
  });
};

const runSlice = async (lane: Lane, ms: number): Promise<Slice> => {
  const { processes, settleMs = 0 } = lane.variant;
  const cpuBefore = CAN_COUNT_CPU ? cpuMicroseconds(processes) : Number.NaN;
  const startedAtMs = performance.now();
  const count = await drive(lane, ms);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  if (settleMs > 0) await sleep(settleMs);
  const cpu = CAN_COUNT_CPU ? (cpuMicroseconds(processes) - cpuBefore) / count : Number.NaN;
  return { cpu, rate: count / seconds };
};

const openLane = (variant: Variant): Lane => ({
  variant,
  slices: [],
  latencies: [],
  faults: new Map(),
  connections: Array.from({ length: variant.connections }, () => ({
    connection: openConnection(variant.target),
    last: NO_BODY,
  })),
});

/** Warms every variant up, then measures. Rejects when one does not respond; other faults are in what it returns. */
export const measureInSlices = async (
  variants: readonly Variant[],
  { rounds = ROUNDS, sliceMs = SLICE_MS, warmUpMs = WARM_UP_MS }: SliceOptions = {},
): Promise<Run> => {
  const lanes = variants.map(openLane);
  try {
    for (const lane of lanes) {
      await runSlice(lane, warmUpMs);
      lane.latencies.length = 0;
    }
    const foreignLoad = watchForeignLoad([...new Set(variants.flatMap(({ processes }) => processes))]);
    for (let round = 0; round < rounds; round += 1) {
      for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) lane.slices.push(await runSlice(lane, sliceMs));
    }
    const measured = new Map(lanes.map((lane) => [lane.variant.name, lane]));
    return { measured, rounds, sliceMs, foreignLoad: foreignLoad() };
  } finally {
    for (const { connections } of lanes) for (const { connection } of connections) connection.close();
  }
};

/** The same request each time. */
export const always =
  (request: Buffer): Variant["next"] =>
  () =>
    request;

/** Of many requests one after the other, over all connections. */
export const inTurn = (requests: readonly Buffer[]): Variant["next"] => {
  let count = 0;
  return () => {
    const request = requests[count % requests.length];
    if (request === undefined) throw new Error("there is no request");
    count += 1;
    return request;
  };
};
