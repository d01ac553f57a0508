/** The gateway's own questions to the workers: their private paths, which no caller reaches. */
import { describeError } from "#shared/observability/log.ts";
import { requestHeaders } from "./headers.ts";
import type { Upstreams } from "./services.ts";
import { DESTINATIONS, type Destination } from "./target.ts";
import { unavailable } from "./unavailable.ts";

const ANSWER_WITHIN_MS = 2_000;

interface Silence {
  destination: Destination;
  cause: unknown;
}

type Reply = { destination: Destination; body: unknown } | Silence;

const ask = async (upstreams: Upstreams, destination: Destination, path: string): Promise<Reply> => {
  try {
    const response = await upstreams[destination].fetch(`http://worker${path}`, {
      headers: requestHeaders(),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const body: unknown = await response.json();
    return response.ok ? { destination, body } : { destination, cause: new Error(`answered ${response.status}`) };
  } catch (cause) {
    return { destination, cause };
  }
};

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/**
 * What every worker answers to a GET of this private path, asked all at once, within two seconds. Fails with the problem
 * `unavailable`, which names the workers that gave no good answer.
 */
export const askAll = async (upstreams: Upstreams, path: string): Promise<Map<Destination, unknown>> => {
  const replies = await Promise.all(DESTINATIONS.map((destination) => ask(upstreams, destination, path)));
  const silent = replies.filter((reply): reply is Silence => "cause" in reply);
  if (silent.length > 0) {
    const names = list(silent.map(({ destination }) => destination));
    const cause = new Error(silent.map((reply) => `${reply.destination}: ${describeError(reply.cause)}`).join("; "));
    throw unavailable(cause, `No good answer from ${names}.`);
  }
  return new Map(replies.flatMap((reply) => ("body" in reply ? [[reply.destination, reply.body]] : [])));
};
