/** Calls another worker by its contract, over the binding to its private entrypoint. */
import type { WorkerName } from "../contracts/workers.ts";
import { withinTime } from "../lang/deadline.ts";
import { Unavailable } from "../lang/unavailable.ts";
import { currentRequest } from "../observability/context.ts";
import { describeError } from "../observability/log.ts";
import { carrierOf, type Invocable } from "./wire.ts";

/** Longer than a worker waits for its own dependencies. */
const DEADLINE_MS = 9_000;

export interface ClientOptions<Contract> {
  /** How long a call may take. */
  deadlineMs?: number;
  /** How long calls of single methods may take. */
  deadlinesMs?: Readonly<Partial<Record<keyof Contract, number>>>;
}

const isUnavailableFailure = (answer: unknown): boolean =>
  typeof answer === "object" &&
  answer !== null &&
  "error" in answer &&
  typeof answer.error === "object" &&
  answer.error !== null &&
  "kind" in answer.error &&
  answer.error.kind === "unavailable";

/**
 * The contract's methods. Each sends the current request along, and throws `Unavailable` when the worker does not respond
 * within the deadline, fails, or cannot reach a dependency of its own.
 */
export const createClient = <Contract extends object>(
  worker: WorkerName,
  binding: Invocable,
  { deadlineMs = DEADLINE_MS, deadlinesMs }: ClientOptions<Contract> = {},
): Contract => {
  const limits = new Map<string, unknown>(Object.entries(deadlinesMs ?? {}));

  const call = async (method: string, args: unknown[]): Promise<unknown> => {
    const request = currentRequest();
    const limit = limits.get(method);
    const limitMs = typeof limit === "number" ? limit : deadlineMs;
    const name = `${worker}.${method}`;
    const invoke = async (): Promise<{ answer: unknown }> => ({
      answer: await binding.invoke(method, args, request && carrierOf(request)),
    });
    const response = await withinTime(invoke(), limitMs).catch((cause: unknown) => {
      throw new Unavailable(`${name} failed: ${describeError(cause)}`, { cause });
    });
    if (response === undefined) throw new Unavailable(`${name} did not respond within ${limitMs} ms`);
    if (isUnavailableFailure(response.answer)) throw new Unavailable(`${name} is unavailable`);
    return response.answer;
  };

  return new Proxy<Contract>(Object.create(null), {
    // Without `then`, the client could be mistaken for a promise.
    get: (_, name) =>
      typeof name === "symbol" || name === "then" ? undefined : (...args: unknown[]) => call(name, args),
  });
};
