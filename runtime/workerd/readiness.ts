/** Waits until the processes of workerd do what they are for. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { callLocal, type LocalResponse } from "../local/local-http.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { hasEnded } from "../local/process.ts";
import { WRONG_SECRET_KEY } from "../local/secrets.ts";
import type { Supervised } from "../local/supervise.ts";
import type { Probe } from "../local/watchdog.ts";

/** A process of workerd, as its supervisor knows it. */
export interface WorkerdProcess extends Supervised {
  /** Where it writes what is wrong. */
  log: string;
}

/** Whether the process behind this Unix socket responds. */
export const probeAlive =
  (socketPath: string): Probe =>
  async (timeoutMs) => {
    await callLocal({ to: { socketPath }, method: "GET", path: "/alive", timeoutMs });
    return undefined;
  };

const READY_TIMEOUT_MS = 20_000;
const READY_POLL_MS = 50;
const PROBE_TIMEOUT_MS = 5000;

/** Throws {@link OperatorError} when the kms says that the data was encrypted with another key. */
const assertSecretKeyFits = async (socketPath: string): Promise<void> => {
  const { text } = await callLocal({ to: { socketPath }, method: "POST", path: "/keys", timeoutMs: PROBE_TIMEOUT_MS });
  if (text === "wrong-secret-key") throw new OperatorError(WRONG_SECRET_KEY);
};

/** A problem's own words, without its fields for machines. */
const describeResponse = ({ status, text }: LocalResponse): string => {
  const [, detail = text] = /"detail":"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return `${status}: ${detail}`;
};

export interface ReadinessOptions {
  port: number;
  internalSocket: string;
  signal: AbortSignal;
  /** Where to look when it does not get ready. */
  workerdLog: string;
  workersLog: string;
}

/** Resolves when every worker and its database respond. Throws {@link OperatorError} when they don't in time. */
export const waitForReady = async (workerd: ChildProcess, options: ReadinessOptions): Promise<void> => {
  const { port, internalSocket, signal, workerdLog, workersLog } = options;
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let last = "no response";
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (hasEnded(workerd)) throw new OperatorError(`workerd exited immediately: see ${workerdLog}`);
    try {
      const response = await callLocal({ to: { port }, method: "GET", path: "/ready", timeoutMs: PROBE_TIMEOUT_MS });
      if (response.status === 200) return;
      await assertSecretKeyFits(internalSocket);
      last = describeResponse(response);
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      last = reasonOf(error);
    }
    await sleep(READY_POLL_MS);
  }
  throw new OperatorError(`the workers are not ready after ${READY_TIMEOUT_MS / 1000} s (${last}): see ${workersLog}`);
};

/** Resolves when a process responds. Throws {@link OperatorError} when it doesn't in time. */
export const waitForProcess = async ({ name, log, probe }: WorkerdProcess, signal: AbortSignal): Promise<void> => {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      await probe(PROBE_TIMEOUT_MS, 1);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() > deadline) throw new OperatorError(`${name} does not respond (${reasonOf(error)}): see ${log}`);
    }
    await sleep(READY_POLL_MS);
  }
};
