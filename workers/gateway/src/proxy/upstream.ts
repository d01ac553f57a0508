/** The workers behind the gateway, and its own questions to them: their private paths, which no caller reaches. */
import { z } from "zod";
import type { WorkerName } from "#shared/contracts/workers.ts";
import { fetcher, parseBindings } from "#shared/http/bindings.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { describeError } from "#shared/observability/log.ts";
import { DESTINATIONS, type Destination } from "../backends/target.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { Part, Upstreams } from "../composition/services.ts";
import { requestHeaders } from "./headers.ts";

const upstreamsSchema = z.record(z.enum(DESTINATIONS), fetcher);

/** The name under which the gateway binds a worker: `service-a` as `SERVICE_A`. */
export const bindingOf = (destination: Destination): string => destination.toUpperCase().replaceAll("-", "_");

/** Whether the gateway binds a worker of Fountain by this name, for calls or for RPC. */
export const isOwnBinding = (name: string): boolean =>
  DESTINATIONS.some((destination) => bindingOf(destination) === name.replace(/_RPC$/, ""));

/** The workers behind the gateway, out of its bindings. Throws an error that names the missing ones. */
export const upstreamsIn = (bindings: unknown): Upstreams => {
  const all = z.looseObject({}).parse(bindings);
  return parseBindings(upstreamsSchema, Object.fromEntries(DESTINATIONS.map((name) => [name, all[bindingOf(name)]])));
};

const TIMEOUT_MS = 2_000;

interface NoResponse {
  worker: WorkerName;
  cause: unknown;
}

type Reply = { worker: WorkerName; body: unknown } | NoResponse;

const getFrom = async (
  upstreams: Upstreams,
  worker: Destination,
  { path, limitMs }: { path: string; limitMs: number },
): Promise<Reply> => {
  try {
    const response = await upstreams[worker].fetch(`http://worker${path}`, {
      headers: requestHeaders(),
      signal: AbortSignal.timeout(limitMs),
    });
    const body: unknown = await response.json();
    return response.ok ? { worker, body } : { worker, cause: new Error(`responded ${response.status}`) };
  } catch (cause) {
    return { worker, cause };
  }
};

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** The bodies of usable replies. Fails with the problem `unavailable`, which names the workers that gave none. */
const bodiesOf = (replies: readonly Reply[]): Map<WorkerName, unknown> => {
  const unresponsive = replies.filter((reply): reply is NoResponse => "cause" in reply);
  if (unresponsive.length > 0) {
    const names = list(unresponsive.map(({ worker }) => worker));
    const cause = new Error(unresponsive.map((reply) => `${reply.worker}: ${describeError(reply.cause)}`).join("; "));
    throw unavailable(cause, `No usable response from ${names}.`);
  }
  return new Map(replies.flatMap((reply) => ("body" in reply ? [[reply.worker, reply.body]] : [])));
};

const getFromEach = (upstreams: Upstreams, path: string, limitMs: number): Promise<Reply>[] =>
  DESTINATIONS.map((destination) => getFrom(upstreams, destination, { path, limitMs }));

/**
 * The responses of all workers to a GET of this private path, in parallel, within this time. Fails with the problem
 * `unavailable`, which names the workers without a usable response.
 */
export const getFromAll = async (
  upstreams: Upstreams,
  path: string,
  limitMs: number,
): Promise<Map<WorkerName, unknown>> => bodiesOf(await Promise.all(getFromEach(upstreams, path, limitMs)));

const ownReply = async (probeDatabase: () => Promise<void>): Promise<Reply> => {
  try {
    const body = await withinTime(
      probeDatabase().then(() => "ok"),
      TIMEOUT_MS,
    );
    return body === undefined
      ? { worker: "gateway", cause: new Error("its database is slow") }
      : { worker: "gateway", body };
  } catch (cause) {
    return { worker: "gateway", cause };
  }
};

const repliesOfAll = (upstreams: Upstreams, probeDatabase: () => Promise<void>): Promise<Reply[]> =>
  Promise.all([ownReply(probeDatabase), ...getFromEach(upstreams, "/ready", TIMEOUT_MS)]);

/** Which workers respond within two seconds, and their databases, the gateway's own too. */
export const partsOf = async (upstreams: Upstreams, probeDatabase: () => Promise<void>): Promise<Part[]> => {
  const replies = await repliesOfAll(upstreams, probeDatabase);
  return replies.map((reply) => ({ name: reply.worker, status: "cause" in reply ? "unavailable" : "ok" }));
};

/**
 * Resolves if every worker and its database respond within two seconds, the gateway's own too. Fails with the problem
 * `unavailable`, which names those that don't.
 */
export const probeAll = async (upstreams: Upstreams, probeDatabase: () => Promise<void>): Promise<void> => {
  bodiesOf(await repliesOfAll(upstreams, probeDatabase));
};
