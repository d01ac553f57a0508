/** What the gateway costs: against a bare passthrough in the same process, and against other gateways on this machine. */
import { logIn, registerService } from "../support/session.ts";
import { startWorkerd, type WorkerdFountain } from "../support/workerd.ts";
import { requestBytes } from "./load/connection.ts";
import { profile } from "./load/profile.ts";
import { cpuRatio, type Goal, goalTable, type Missing, methodOf, rateRatio, variantTable } from "./load/report.ts";
import { always, inTurn, measureInSlices, type Run, type Variant } from "./load/slices.ts";
import type { BenchOptions } from "./options.ts";
import { startPeers } from "./peers/peers.ts";
import { REFUSED_PATH, type Stage, startStage, TRIVIAL_PATH } from "./stage/gateway-stage.ts";
import { portsFor } from "./stage/ports.ts";
import { silenceGoal } from "./stage/silence.ts";
import type { Table } from "./table.ts";

const CONNECTIONS = 16;
const MANY_TOKENS = 20_000;
/** As long as it takes to present each of them once. */
const MANY_WARM_UP_MS = 12_000;
const PROFILE_MS = 6_000;

const BARE = "bare worker";
const PASS = "bare passthrough";
const TOKEN = "gateway, token";
const KEY = "gateway, API key";
const MANY = "gateway, many tokens";
const LIMITED = "gateway, token, two limits";
const EXACT = "gateway, API key, three limits";
const HEALTH = "gateway, /health";
const CHECK = "worker's own check";

/** Costs as much as that without limits, but for limits that are never reached. */
const LIMITED_PATH = TRIVIAL_PATH.replace("elements", "scripts");
const MANY_CALLS = 1_000_000_000;
const LIMITS = [
  { name: "bench-address", per: "address" },
  { name: "bench-subject", per: "subject" },
  { name: "bench-key", per: "key", exact: true },
];

/** Every process reads it when it starts, and those that run some seconds later. */
const configureLimits = async ({ databases }: WorkerdFountain): Promise<void> => {
  for (const { name, ...limit } of LIMITS) {
    const body = JSON.stringify({ match: "GET /service-a/scripts", limit: MANY_CALLS, window: "1d", ...limit });
    await databases["gateway"]?.execute({
      sql: `INSERT INTO configuration (kind, name, version, source, body, created_at, updated_at)
        VALUES ('limit', :name, 1, 'api', :body, 0, 0)`,
      args: { name, body },
    });
  }
};

const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

const variantsOf = async (
  stage: Stage,
  apiKey: Record<string, string>,
  tokenCount = MANY_TOKENS,
): Promise<Variant[]> => {
  const tokens = await stage.mintTokens(tokenCount);
  const withToken = bearer(tokens[0] ?? "");
  const variant = (name: string, port: number, next: Variant["next"], expected = 200): Variant => ({
    name,
    target: { port },
    next,
    expected,
    connections: CONNECTIONS,
    processes: [stage.pid],
  });
  const { bare, pass, "fountain-service-a": serviceA } = stage.ports;
  const trivial = (headers: Record<string, string>) => always(requestBytes(TRIVIAL_PATH, { headers }));
  const limited = (headers: Record<string, string>) => always(requestBytes(LIMITED_PATH, { headers }));
  const eachToken = tokens.map((token) => requestBytes(TRIVIAL_PATH, { headers: bearer(token) }));
  return [
    variant(BARE, bare, trivial(withToken)),
    variant(PASS, pass, trivial(withToken)),
    variant(TOKEN, stage.port, trivial(withToken)),
    variant(KEY, stage.port, trivial(apiKey)),
    variant(LIMITED, stage.port, limited(withToken)),
    variant(EXACT, stage.port, limited(apiKey)),
    variant(MANY, stage.port, inTurn(eachToken)),
    variant(HEALTH, stage.port, always(requestBytes("/health"))),
    variant(CHECK, serviceA, always(requestBytes(REFUSED_PATH, { headers: withToken })), 422),
  ];
};

const checkRatio = (run: Run): Pick<Goal, "values" | "quiet"> => {
  const { values, quiet } = cpuRatio(run, CHECK, BARE);
  return { values: values.map((value) => value - 1), quiet: quiet - 1 };
};

const goalsOf = (run: Run): Goal[] => [
  {
    measure: "bare passthrough ÷ gateway (token), CPU",
    ...cpuRatio(run, PASS, TOKEN),
    mustReach: 0.6,
    tryFor: 0.72,
  },
  {
    measure: "worker's own check, CPU on top of a bare worker ÷ bare worker",
    ...checkRatio(run),
    mustReach: 2.5,
    tryFor: 2,
    isLess: true,
  },
  {
    measure: `${MANY_TOKENS.toLocaleString("en")} tokens in turn ÷ one token, requests a second`,
    ...rateRatio(run, MANY, TOKEN),
    mustReach: 0.9,
  },
  {
    measure: "without limits ÷ with two, CPU",
    ...cpuRatio(run, TOKEN, LIMITED),
    mustReach: 0.95,
  },
  {
    measure: "without limits ÷ with three, one of them exact, CPU",
    ...cpuRatio(run, KEY, EXACT),
    mustReach: 0.95,
  },
  {
    measure: "bare passthrough ÷ /health, CPU",
    ...cpuRatio(run, PASS, HEALTH),
    mustReach: 0.95,
    tryFor: 1.1,
  },
  {
    measure: "gateway, token ÷ API key, CPU",
    ...cpuRatio(run, TOKEN, KEY),
    mustReach: 0.95,
  },
];

const measure = async (fountain: WorkerdFountain, options: BenchOptions): Promise<Table[]> => {
  const apiKey = await registerService(fountain, await logIn(fountain), "bench", ["sequence:read"]);
  await configureLimits(fountain);
  const processes = fountain.processIds("workerd");
  const stage = await startStage(processes);
  const peers = await startPeers(stage);
  try {
    const own = await variantsOf(stage, apiKey);
    await measureInSlices(
      own.filter(({ name }) => name === MANY),
      { rounds: 0, warmUpMs: MANY_WARM_UP_MS },
    );
    const run = await measureInSlices([...own, ...peers.variants], options.slices);
    const goals: (Goal | Missing)[] = [...goalsOf(run), ...peers.goalsOf(run), await silenceGoal(processes)];
    return [variantTable("The gateway", run), goalTable("The gateway: targets", methodOf(run), goals)];
  } finally {
    await peers.stop();
    await stage.stop();
  }
};

const PROFILED = [
  { worker: "gateway", variant: TOKEN },
  { worker: "service-a", variant: CHECK },
];

const profileWorkers = async (fountain: WorkerdFountain): Promise<Table[]> => {
  const inspector = await portsFor(["port"]);
  const stage = await startStage(fountain.processIds("workerd"), {
    flags: [`--inspector-addr=127.0.0.1:${inspector.port}`],
  });
  const tables: Table[] = [];
  try {
    const variants = await variantsOf(stage, {}, 1);
    for (const { worker, variant } of PROFILED) {
      const profiled = variants.filter(({ name }) => name === variant);
      const options = { ...inspector, worker, directory: stage.directory };
      tables.push(await profile(options, () => measureInSlices(profiled, { rounds: 0, warmUpMs: PROFILE_MS })));
    }
  } finally {
    await stage.stop();
  }
  return tables;
};

export const benchGateway = async (options: BenchOptions): Promise<Table[]> => {
  const fountain = await startWorkerd();
  const work = options.profile ? profileWorkers(fountain) : measure(fountain, options);
  return work.finally(fountain.stop);
};
