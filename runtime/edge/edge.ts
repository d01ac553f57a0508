/** What a deployment to the edge is made of: the environments of the wrangler files, read like the topology itself. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { OperatorError } from "../local/operator-error.ts";
import { secretVariable } from "../workerd/environment.ts";
import { hasDatabase, type Topology, type Worker } from "../workerd/topology.ts";

export const STAGES = ["staging", "production"] as const;
export type Stage = (typeof STAGES)[number];

/** Cloudflare takes 3 MB compressed on its free plan; ours stay far below. */
export const MAX_COMPRESSED_BYTES = 1_000_000;

const stageTable = z.object({
  services: z.array(z.object({ service: z.string() })).default([]),
  secrets: z.object({ required: z.array(z.string()) }),
  vars: z.record(z.string(), z.unknown()).default({}),
});
const wranglerFile = z.object({ env: z.record(z.enum(STAGES), stageTable) });

export interface EdgeWorker {
  readonly worker: Worker;
  /** Its wrangler file, relative to the root. */
  readonly file: string;
  /** Its name at this stage. */
  readonly name: string;
  /** The names of the workers it calls. */
  readonly callees: readonly string[];
  readonly secrets: readonly string[];
  /** Its settings in the wrangler file of this stage, which has none of those of the others. */
  readonly vars: Readonly<Record<string, unknown>>;
}

const GATEWAY_FILE = "wrangler.toml";

const fileOf = ({ worker }: Worker, topology: Topology): string =>
  topology.workers[0]?.worker === worker ? GATEWAY_FILE : path.join("workers", worker, "wrangler.toml");

const readEdgeWorker = (topology: Topology, worker: Worker, stage: Stage): EdgeWorker => {
  const file = fileOf(worker, topology);
  const parsed = wranglerFile.safeParse(parse(readFileSync(path.join(topology.root, file), "utf8")));
  const table = parsed.data?.env[stage];
  if (!table) throw new OperatorError(`${file} describes no environment ${stage} with its secrets`);
  const callees = [...new Set(table.services.map(({ service }) => service))];
  return { worker, file, name: `${worker.name}-${stage}`, callees, secrets: table.secrets.required, vars: table.vars };
};

/** Puts every worker behind those it calls. Throws {@link OperatorError} when they call each other in a cycle. */
export const calleesFirst = <One extends Pick<EdgeWorker, "name" | "callees">>(workers: readonly One[]): One[] => {
  const ordered: One[] = [];
  const visit = (worker: One, callers: readonly string[]): void => {
    if (ordered.includes(worker)) return;
    if (callers.includes(worker.name))
      throw new OperatorError(`workers call each other in a cycle: ${callers.join(" → ")}`);
    for (const callee of workers.filter(({ name }) => worker.callees.includes(name)))
      visit(callee, [...callers, worker.name]);
    ordered.push(worker);
  };
  for (const worker of workers) visit(worker, []);
  return ordered;
};

/** What Fountain's own workers are called; other services of the account may be behind the gateway. */
const OWN_NAME = /^fountain-/;

/** What a worker binds that should be deployed with it and is not; `undefined`: nothing. */
export const missingCallee = (
  { file, callees }: Pick<EdgeWorker, "file" | "callees">,
  deployed: readonly Pick<EdgeWorker, "name">[],
): string | undefined => {
  const isGateway = file === GATEWAY_FILE;
  return callees.find(
    (callee) => !deployed.some(({ name }) => name === callee) && (!isGateway || OWN_NAME.test(callee)),
  );
};

/** All workers of a stage, callees first. Throws {@link OperatorError}, also when one calls what is not deployed. */
export const readEdge = (topology: Topology, stage: Stage): EdgeWorker[] => {
  const workers = topology.workers.map((worker) => readEdgeWorker(topology, worker, stage));
  for (const worker of workers) {
    const missing = missingCallee(worker, workers);
    if (missing !== undefined)
      throw new OperatorError(`${worker.file} binds "${missing}", which is not a worker in ${stage}`);
  }
  return calleesFirst(workers);
};

/** The database of each worker that has one, as the operator named it. Throws {@link OperatorError} naming what is missing. */
export const databasesOf = (
  workers: readonly EdgeWorker[],
  environment: Readonly<Record<string, string | undefined>>,
): { worker: Worker; url: string; token: string }[] =>
  workers
    .filter(({ worker }) => hasDatabase(worker))
    .map(({ worker }) => {
      const [url, token] = ["DATABASE_URL", "DATABASE_TOKEN"].map((name) => {
        const variable = secretVariable(worker.worker, name);
        const value = environment[variable];
        if (!value) throw new OperatorError(`migrations need ${variable}: set it, as docs/edge.md says`);
        return value;
      });
      return { worker, url: url ?? "", token: token ?? "" };
    });
