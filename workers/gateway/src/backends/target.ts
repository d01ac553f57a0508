/** Which worker a request is for, and under what policy: decided on the very path that is forwarded. */

import { WORKERS, type WorkerName } from "#shared/contracts/workers.ts";
import { policyOf } from "#shared/http/access.ts";
import type { Target } from "#shared/http/pipeline.ts";

/** A worker that requests are forwarded to. */
export type Destination = Exclude<WorkerName, "gateway">;

export const isDestination = (worker: WorkerName): worker is Destination => worker !== "gateway";

export const DESTINATIONS: readonly Destination[] = WORKERS.filter(isDestination);

/** The target of a call whose path is canonical; refuses with 404 or 405. The first segment names the worker. */
export const targetOf = (method: string, path: string): Target => {
  const end = path.indexOf("/", 1);
  const destination = DESTINATIONS.find((name) => name === path.slice(1, end === -1 ? undefined : end));
  if (destination === undefined) return { worker: "gateway", path, ...policyOf("gateway", method, path) };
  const rest = end === -1 ? "/" : path.slice(end);
  const { template, policy } = policyOf(destination, method, rest);
  return { worker: destination, path: rest, template: `/${destination}${template}`, policy };
};
