/** The workers behind the gateway, and its own questions to them: their private paths, which no caller reaches. */
import { z } from "zod";
import { fetcher, parseBindings } from "#shared/http/bindings.ts";
import { describeError } from "#shared/observability/log.ts";
import { DESTINATIONS, type Destination } from "../backends/target.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { Upstreams } from "../composition/services.ts";
import { requestHeaders } from "./headers.ts";

const upstreamsSchema = z.record(z.enum(DESTINATIONS), fetcher);

/** The name under which the gateway binds a worker: `service-a` as `SERVICE_A`. */
export const bindingOf = (destination: Destination): string => destination.toUpperCase().replaceAll("-", "_");

/** The workers behind the gateway, out of its bindings. Throws an error that names the missing ones. */
export const upstreamsIn = (bindings: unknown): Upstreams => {
  const all = z.looseObject({}).parse(bindings);
  return parseBindings(upstreamsSchema, Object.fromEntries(DESTINATIONS.map((name) => [name, all[bindingOf(name)]])));
};

const TIMEOUT_MS = 2_000;

interface NoResponse {
  destination: Destination;
  cause: unknown;
}

type Reply = { destination: Destination; body: unknown } | NoResponse;

const getFrom = async (upstreams: Upstreams, destination: Destination, path: string): Promise<Reply> => {
  try {
    const response = await upstreams[destination].fetch(`http://worker${path}`, {
      headers: requestHeaders(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    return response.ok ? { destination, body } : { destination, cause: new Error(`responded ${response.status}`) };
  } catch (cause) {
    return { destination, cause };
  }
};

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * The responses of all workers to a GET of this private path, in parallel, within two seconds. Fails with the problem
 * `unavailable`, which names the workers without a usable response.
 */
export const getFromAll = async (upstreams: Upstreams, path: string): Promise<Map<Destination, unknown>> => {
  const replies = await Promise.all(DESTINATIONS.map((destination) => getFrom(upstreams, destination, path)));
  const unresponsive = replies.filter((reply): reply is NoResponse => "cause" in reply);
  if (unresponsive.length > 0) {
    const names = list(unresponsive.map(({ destination }) => destination));
    const cause = new Error(
      unresponsive.map((reply) => `${reply.destination}: ${describeError(reply.cause)}`).join("; "),
    );
    throw unavailable(cause, `No usable response from ${names}.`);
  }
  return new Map(replies.flatMap((reply) => ("body" in reply ? [[reply.destination, reply.body]] : [])));
};
