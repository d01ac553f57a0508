/**
 * Asks for /health without a pause, in a thread of its own, and keeps how long the longest answer was kept waiting. What
 * counts is the time that the server's thread computed meanwhile, as the scheduler of Linux counts it, so that what else
 * the machine does weighs nothing; where that cannot be read, it is the time that passed.
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

export interface ProbeOptions {
  url: string;
  /** The process whose first thread serves requests. */
  pid: number;
}

const isOptions = (value: unknown): value is ProbeOptions =>
  typeof value === "object" && value !== null && "url" in value && "pid" in value;

if (parentPort === null || !isOptions(workerData)) throw new Error("this is a worker thread");
const port = parentPort;
const { url, pid } = workerData;
const NANOSECONDS_A_MILLISECOND = 1e6;

/** `/proc/PID/schedstat`: nanoseconds on a processor, nanoseconds waiting for one, turns. */
const busyMs = (): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / NANOSECONDS_A_MILLISECOND;
  } catch {
    return performance.now();
  }
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = (): Promise<void> =>
  new Promise((resolve) => {
    const done = () => resolve();
    get(`${url}/health`, { agent }, (response) => response.resume().once("end", done)).once("error", done);
  });

let longestMs = 0;
port.on("message", () => {
  port.postMessage(longestMs);
  longestMs = 0;
});
for (;;) {
  const before = busyMs();
  await ask();
  longestMs = Math.max(longestMs, busyMs() - before);
}
