/**
 * The worker behind the internal socket, which only this machine's operator can open: lets the scheduler run a worker's
 * maintenance, the first start create its administrator, a stop begin gracefully, a watchdog look after the hashers, and
 * Prometheus scrape all workers.
 */
import type {
  FirstAdministrator,
  GatewayInternalRpc,
  InternalRpc,
  KmsInternalRpc,
} from "#shared/contracts/internal.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { EXPOSITION_TYPE, mergeExpositions, upExposition } from "#shared/observability/merge.ts";

type Hasher = Pick<Fetcher, "fetch">;

/**
 * One binding per worker, to its private entrypoint `Internal`, named after the worker in lower case; and one per hasher
 * that there may be, named `hasher-1` and so on.
 */
type Env = Record<string, InternalRpc | Hasher | string | null | undefined> & {
  kms?: KmsInternalRpc;
  gateway?: GatewayInternalRpc;
  /** How often the watchdog has ended this process before; absent where no watchdog runs. */
  WATCHDOG_RESTARTS?: string | null;
};

const METRICS_TIMEOUT_MS = 2_000;
const HASHER_TIMEOUT_MS = 1_000;

const log = createLog("internal");

type Binding = Env[string] | GatewayInternalRpc;

const isObject = (binding: Binding): binding is InternalRpc | Hasher => typeof binding === "object" && binding !== null;
const isHasher = (name: string, binding: Binding): binding is Hasher => name.startsWith("hasher-") && isObject(binding);
const isWorker = (name: string, binding: Binding): binding is InternalRpc =>
  !name.startsWith("hasher-") && isObject(binding);

const runScheduled = async (env: Env, worker: string): Promise<Response> => {
  const target = env[worker];
  if (!isWorker(worker, target)) return new Response(null, { status: 404 });
  try {
    await target.runScheduled();
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
  return new Response(null, { status: 204 });
};

const probeHasher = async (env: Env, name: string): Promise<Response> => {
  const hasher = env[name];
  if (!isHasher(name, hasher)) return new Response(null, { status: 404 });
  const signal = AbortSignal.timeout(HASHER_TIMEOUT_MS);
  return hasher.fetch("http://hasher/alive", { signal }).catch(() => new Response(null, { status: 503 }));
};

const createAdministrator = async (env: Env, request: Request): Promise<Response> => {
  if (env.kms === undefined) return new Response(null, { status: 404 });
  const administrator = await request.json<FirstAdministrator>();
  try {
    return new Response(await env.kms.createFirstAdministrator(administrator));
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
};

const openKeys = async (env: Env): Promise<Response> =>
  env.kms === undefined ? new Response(null, { status: 404 }) : new Response(await env.kms.openKeys());

/** Log lines that are held would be lost when workerd ends: none is, from now on. */
const writeLogAtOnce = async (env: Env): Promise<Response> => {
  const calls = Object.entries(env).flatMap(([name, target]) =>
    isWorker(name, target) ? [target.writeLogAtOnce()] : [],
  );
  await Promise.allSettled(calls);
  return new Response(null, { status: 204 });
};

const drain = async (env: Env): Promise<Response> => {
  if (env.gateway === undefined) return new Response(null, { status: 404 });
  await writeLogAtOnce(env);
  await env.gateway.drain();
  return new Response(null, { status: 204 });
};

/** A worker's numbers; `undefined` when it fails or does not give them in time. */
const metricsOf = async (worker: string, target: InternalRpc): Promise<string | undefined> => {
  try {
    return await withinTime(Promise.resolve(target.metrics()), METRICS_TIMEOUT_MS);
  } catch (error) {
    log("error", "no-metrics", { worker, error: describeError(error) });
    return undefined;
  }
};

const restarts = ({ WATCHDOG_RESTARTS: count }: Env): string =>
  [
    "# HELP fountain_watchdog_restarts_total Restarts of a hung workerd.",
    "# TYPE fountain_watchdog_restarts_total counter",
    `fountain_watchdog_restarts_total ${count || "0"}`,
    "",
  ].join("\n");

const metrics = async (env: Env): Promise<Response> => {
  const answers = await Promise.all(
    Object.entries(env).flatMap(([worker, target]) =>
      isWorker(worker, target) ? [metricsOf(worker, target).then((text) => [worker, text] as const)] : [],
    ),
  );
  const responded = new Map(answers.map(([worker, text]) => [worker, text !== undefined]));
  const expositions = answers.flatMap(([, text]) => text ?? []);
  return new Response(mergeExpositions([upExposition(responded), restarts(env), ...expositions]), {
    headers: { "content-type": EXPOSITION_TYPE },
  });
};

export default {
  fetch: async (request: Request, env: Env): Promise<Response> => {
    const [, resource, worker] = new URL(request.url).pathname.split("/");
    const isRead = request.method === "GET";
    // For the watchdog: this thread responds.
    if (resource === "alive") return new Response(null, { status: isRead ? 204 : 405 });
    if (resource === "hashers" && worker !== undefined)
      return isRead ? probeHasher(env, worker) : new Response(null, { status: 405 });
    if (resource === "metrics") return isRead ? metrics(env) : new Response(null, { status: 405 });
    if (request.method !== "POST") return new Response(null, { status: 405 });
    if (resource === "cron" && worker !== undefined) return runScheduled(env, worker);
    if (resource === "drain") return drain(env);
    if (resource === "stopping") return writeLogAtOnce(env);
    if (resource === "keys") return openKeys(env);
    if (resource === "administrator") return createAdministrator(env, request);
    return new Response(null, { status: 404 });
  },
};
