/**
 * The worker behind the internal socket, which only this machine's operator can open: lets the scheduler run a worker's
 * maintenance, a start create the administrator and the link for their first login, and apply the configuration file, a stop begin gracefully, a
 * watchdog look after the hashers, and Prometheus scrape all workers. Where several processes serve requests, it speaks for
 * all of them.
 */
import type {
  FirstAdministrator,
  GatewayInternalRpc,
  InternalRpc,
  KmsInternalRpc,
} from "#shared/contracts/internal.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { EXPOSITION_TYPE, labelSeries, mergeExpositions, upExposition } from "#shared/observability/merge.ts";

type OtherProcess = Pick<Fetcher, "fetch">;

/**
 * One binding per worker, to its private entrypoint `Internal`, named after the worker in lower case; one per hasher that
 * there may be, named `hasher-1` and so on; and one per other process that may serve requests, named `workerd-2` and so on.
 */
type Env = Record<string, InternalRpc | OtherProcess | string | null | undefined> & {
  kms?: KmsInternalRpc;
  gateway?: GatewayInternalRpc;
  /** How many other processes serve requests and are reached through this one: 0 in all but the first. */
  SIBLINGS?: string | null;
  /** Which process this is, from 1, and how many there are. */
  PROCESS?: string | null;
  PROCESSES?: string | null;
  /** How often the watchdog has ended this process before; absent where no watchdog runs. */
  WATCHDOG_RESTARTS?: string | null;
};

const METRICS_TIMEOUT_MS = 2_000;
/** Longer than another process waits for the slowest worker. */
const SIBLING_METRICS_TIMEOUT_MS = 3_000;
const HASHER_TIMEOUT_MS = 1_000;
const RELEASE_TIMEOUT_MS = 1_000;
const REPORT_TIMEOUT_MS = 1_000;

const log = createLog("internal");

type Binding = Env[string];

const HASHER = "hasher-";
const SIBLING = "workerd-";

const isObject = (binding: Binding): binding is InternalRpc | OtherProcess =>
  typeof binding === "object" && binding !== null;
const isHasher = (name: string, binding: Binding): binding is OtherProcess =>
  name.startsWith(HASHER) && isObject(binding);
const isSibling = (name: string, binding: Binding): binding is OtherProcess =>
  name.startsWith(SIBLING) && isObject(binding);
const isWorker = (name: string, binding: Binding): binding is InternalRpc =>
  !name.startsWith(HASHER) && !name.startsWith(SIBLING) && isObject(binding);

/** The other processes that this one speaks for. */
const siblingsOf = (env: Env): OtherProcess[] =>
  Array.from({ length: Number(env.SIBLINGS ?? 0) }, (_, index) => `${SIBLING}${index + 2}`).flatMap((name) => {
    const sibling = env[name];
    return isSibling(name, sibling) ? [sibling] : [];
  });

/** What another process responds; `undefined` if it doesn't: it has just ended, or is about to be ended. */
const askSibling = (
  sibling: OtherProcess,
  method: "GET" | "POST",
  path: string,
  { timeoutMs, body = null }: { timeoutMs?: number; body?: string | null } = {},
): Promise<Response | undefined> => {
  const signal = timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs);
  return sibling.fetch(`http://internal${path}`, { method, signal, body }).catch(() => undefined);
};

/** How often the maintenance of each worker has been run. */
const rounds = new Map<string, number>();

/** Maintenance goes round the processes: some of what it writes is kept by each of them until then. */
const runInTurn = async (env: Env, worker: string): Promise<Response> => {
  const target = env[worker];
  if (!isWorker(worker, target)) return new Response(null, { status: 404 });
  const siblings = siblingsOf(env);
  const round = rounds.get(worker) ?? 0;
  rounds.set(worker, round + 1);
  const sibling = siblings[(round % (siblings.length + 1)) - 1];
  return (sibling && (await askSibling(sibling, "POST", `/cron/${worker}`))) ?? runScheduled(target);
};

const runScheduled = async (target: InternalRpc): Promise<Response> => {
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

/** The link as JSON; `null`: none is wanted any more. */
const createFirstLoginLink = async ({ kms }: Env): Promise<Response> => {
  if (kms === undefined) return new Response(null, { status: 404 });
  try {
    return Response.json((await kms.createFirstLoginLink()) ?? null);
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
  }
};

/** The lines about what is wrong with it as JSON, none if it was applied. */
const applyConfiguration = async (env: Env, request: Request): Promise<Response> => {
  if (env.gateway === undefined) return new Response(null, { status: 404 });
  const proof = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const file: unknown = await request.json();
  try {
    const faults = await env.gateway.applyConfiguration(file, proof);
    return faults === "refused" ? new Response(null, { status: 403 }) : Response.json(faults);
  } catch (error) {
    return new Response(error instanceof Error ? error.message : String(error), { status: 503 });
  }
};

const openKeys = async (env: Env): Promise<Response> =>
  env.kms === undefined ? new Response(null, { status: 404 }) : new Response(await env.kms.openKeys());

/** Log lines that are held would be lost when workerd ends: none is, from now on. */
const writeLogAtOnce = async (env: Env): Promise<void> => {
  const calls = Object.entries(env).flatMap(([name, target]) =>
    isWorker(name, target) ? [target.writeLogAtOnce()] : [],
  );
  await Promise.allSettled(calls);
};

/** Has every other process do the same. */
const askSiblings = (env: Env, path: string): Promise<unknown> =>
  Promise.all(siblingsOf(env).map((sibling) => askSibling(sibling, "POST", path)));

/** What is not given back in time is lost to its window. */
const releaseAllowances = async ({ gateway }: Env): Promise<void> => {
  if (gateway)
    await withinTime(Promise.resolve(gateway.releaseAllowances()), RELEASE_TIMEOUT_MS).catch(() => undefined);
};

const announceStop = async (env: Env): Promise<Response> => {
  await Promise.all([askSiblings(env, "/stopping"), releaseAllowances(env), writeLogAtOnce(env)]);
  return new Response(null, { status: 204 });
};

const drain = async (env: Env): Promise<Response> => {
  if (env.gateway === undefined) return new Response(null, { status: 404 });
  await Promise.all([askSiblings(env, "/drain"), env.gateway.drain(), writeLogAtOnce(env)]);
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

/** The metrics of this process; without those of a worker that gives none. */
const ownMetrics = async (env: Env): Promise<string> => {
  const answers = await Promise.all(
    Object.entries(env).flatMap(([worker, target]) =>
      isWorker(worker, target) ? [metricsOf(worker, target).then((text) => [worker, text] as const)] : [],
    ),
  );
  const responded = new Map(answers.map(([worker, text]) => [worker, text !== undefined]));
  const expositions = answers.flatMap(([, text]) => text ?? []);
  return mergeExpositions([upExposition(responded), restarts(env), ...expositions]);
};

/** Those of another process; when it does not respond, that none of its workers does. */
const siblingMetrics = async (env: Env, sibling: OtherProcess): Promise<string> => {
  const response = await askSibling(sibling, "GET", "/metrics", { timeoutMs: SIBLING_METRICS_TIMEOUT_MS });
  const text = await response?.text().catch(() => undefined);
  if (text !== undefined) return text;
  const workers = Object.keys(env).filter((name) => isWorker(name, env[name]));
  return upExposition(new Map(workers.map((worker) => [worker, false])));
};

/**
 * The metrics of all processes. Where there are several, a label says whose each series is: in a sum, the restart of one would
 * look like a restart of all.
 */
const metrics = async (env: Env): Promise<Response> => {
  const siblings = siblingsOf(env);
  const all = await Promise.all([ownMetrics(env), ...siblings.map((sibling) => siblingMetrics(env, sibling))]);
  const labelled = all.map((text, index) => labelSeries(text, "process", String(index + 1)));
  return new Response(siblings.length === 0 ? all[0] : mergeExpositions(labelled), {
    headers: { "content-type": EXPOSITION_TYPE },
  });
};

/** What the gateway of this process responds to another. */
const report = async ({ gateway }: Env, request: Request): Promise<Response> =>
  gateway === undefined
    ? new Response(null, { status: 404 })
    : new Response(await gateway.report(await request.text()));

/** What those of the other processes respond; without one that does not. */
const askOthers = async (env: Env, request: Request): Promise<Response> => {
  const question = await request.text();
  const count = Number(env.PROCESSES || 1);
  const names = Array.from({ length: count }, (_, index) => `${SIBLING}${index + 1}`);
  const others = names.filter((name) => name !== `${SIBLING}${env.PROCESS}`);
  const answers = await Promise.all(
    others.map(async (name) => {
      const other = env[name];
      if (!isSibling(name, other)) return [];
      const response = await askSibling(other, "POST", "/report", { timeoutMs: REPORT_TIMEOUT_MS, body: question });
      return response?.ok ? [await response.json().catch(() => undefined)] : [];
    }),
  );
  return Response.json({ answers: answers.flat().filter((answer) => answer !== undefined), others: count - 1 });
};

/** What leads from the gateway of this process to those of the others; it can ask, and do nothing else there. */
export const Processes = {
  fetch: (request: Request, env: Env): Promise<Response> => askOthers(env, request),
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
    if (resource === "cron" && worker !== undefined) return runInTurn(env, worker);
    if (resource === "report") return report(env, request);
    if (resource === "drain") return drain(env);
    if (resource === "stopping") return announceStop(env);
    if (resource === "keys") return openKeys(env);
    if (resource === "configuration") return applyConfiguration(env, request);
    if (resource === "administrator") return createAdministrator(env, request);
    if (resource === "first-login-link") return createFirstLoginLink(env);
    return new Response(null, { status: 404 });
  },
};
