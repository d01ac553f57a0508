/** Reads the wrangler files: the only description of which workers exist and what each one binds (DESIGN.md §4). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { SOCKETS_SERVICE } from "../../workers/gateway/src/upstreams/sockets/opener.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { HASHER_SERVICES } from "./hasher.ts";
import { TYPESENSE_SERVICE } from "./typesense.ts";
import { UPSTREAMS_SERVICE } from "./upstreams.ts";
import { INTERNET_SERVICE, LIBSQL_SERVICE, MESSAGES_SERVICE } from "./workerd.ts";

/** The var that names a worker's own database; every other var is one setting shared by name. */
export const DATABASE_URL = "DATABASE_URL";

/** The secret that opens it. */
export const DATABASE_TOKEN = "DATABASE_TOKEN";

/** The services that are no workers but what lies outside, where Fountain is self-hosted. */
export const OUTSIDE_SERVICES: readonly string[] = [
  LIBSQL_SERVICE,
  INTERNET_SERVICE,
  MESSAGES_SERVICE,
  TYPESENSE_SERVICE,
  UPSTREAMS_SERVICE,
  SOCKETS_SERVICE,
  ...HASHER_SERVICES,
];

/** The worker that the public reaches. */
const ENTRY_WORKER = "gateway";

const BINDING_NAME = /^[A-Z][A-Z0-9_]*$/;

const wranglerFile = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  main: z.string(),
  compatibility_date: z.iso.date(),
  compatibility_flags: z.array(z.string()).default([]),
  services: z
    .array(
      z.object({
        binding: z.string().regex(BINDING_NAME),
        service: z.string(),
        entrypoint: z.string().optional(),
      }),
    )
    .default([]),
  vars: z.record(z.string().regex(BINDING_NAME), z.string()).default({}),
  secrets: z.object({ required: z.array(z.string().regex(BINDING_NAME)).default([]) }).default({ required: [] }),
  triggers: z.object({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
});

export interface ServiceBinding {
  readonly binding: string;
  readonly service: string;
  readonly entrypoint?: string | undefined;
}

export interface Worker {
  /** The folder under `workers/`. */
  readonly worker: string;
  /** The name other workers bind it by. */
  readonly name: string;
  /** Absolute path of its entry module. */
  readonly main: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly services: readonly ServiceBinding[];
  readonly vars: Readonly<Record<string, string>>;
  /** Names of the secrets it cannot start without. */
  readonly secrets: readonly string[];
  readonly crons: readonly string[];
}

export interface Topology {
  readonly root: string;
  readonly workers: readonly Worker[];
}

const describeIssues = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join(".") || "file"}: ${issue.message}`).join("; ");

const readWorker = (root: string, file: string): Worker => {
  const relative = path.relative(root, file);
  let toml: unknown;
  try {
    toml = parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new OperatorError(`${relative} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  const parsed = wranglerFile.safeParse(toml);
  if (!parsed.success) throw new OperatorError(`${relative} is not valid: ${describeIssues(parsed.error)}`);
  const main = path.resolve(path.dirname(file), parsed.data.main);
  const [folder, worker] = path.relative(root, main).split(path.sep);
  if (folder !== "workers" || worker === undefined) {
    throw new OperatorError(`${relative} is not valid: main: must lie under workers/`);
  }
  return {
    worker,
    name: parsed.data.name,
    main,
    compatibilityDate: parsed.data.compatibility_date,
    compatibilityFlags: parsed.data.compatibility_flags,
    services: parsed.data.services,
    vars: parsed.data.vars,
    secrets: parsed.data.secrets.required,
    crons: parsed.data.triggers.crons,
  };
};

const repeated = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index);

const assertConsistent = (workers: readonly Worker[]): void => {
  const repeatedName = repeated(workers.map(({ name }) => name)) ?? repeated(workers.map(({ worker }) => worker));
  if (repeatedName !== undefined) throw new OperatorError(`two wrangler files describe "${repeatedName}"`);
  const known = new Set([...OUTSIDE_SERVICES, ...workers.map(({ name }) => name)]);
  const defaults = new Map<string, string>();
  for (const worker of workers) {
    for (const { binding, service } of worker.services) {
      if (!known.has(service)) {
        throw new OperatorError(
          `${worker.name} binds ${binding} to "${service}", which is not a worker of this topology`,
        );
      }
    }
    const bindings = [...worker.services.map(({ binding }) => binding), ...Object.keys(worker.vars), ...worker.secrets];
    const twice = repeated(bindings);
    if (twice !== undefined) throw new OperatorError(`${worker.name} declares ${twice} twice`);
    for (const [name, value] of Object.entries(worker.vars)) {
      if (name === DATABASE_URL) continue;
      if ((defaults.get(name) ?? value) !== value) {
        throw new OperatorError(`${worker.name} sets another default for ${name} than other workers do`);
      }
      defaults.set(name, value);
    }
  }
};

/** All workers of the repository at `root`, the gateway first. Throws {@link OperatorError}. */
export const readTopology = (root: string): Topology => {
  const folders = path.join(root, "workers");
  const files = readdirSync(folders, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folders, entry.name, "wrangler.toml"))
    .filter((file) => existsSync(file));
  const workers = [path.join(root, "wrangler.toml"), ...files].map((file) => readWorker(root, file));
  if (workers[0]?.worker !== ENTRY_WORKER)
    throw new OperatorError(`wrangler.toml must describe workers/${ENTRY_WORKER}`);
  assertConsistent(workers);
  return { root, workers };
};

/** `front` and every worker it reaches through bindings, in the order of the topology. */
export const reachableFrom = (topology: Topology, front: string): readonly Worker[] => {
  const byName = new Map(topology.workers.map((worker) => [worker.name, worker]));
  const reached = new Set<Worker>();
  const visit = (worker: Worker | undefined): void => {
    if (worker === undefined || reached.has(worker)) return;
    reached.add(worker);
    for (const { service } of worker.services) visit(byName.get(service));
  };
  visit(topology.workers.find(({ worker }) => worker === front));
  return topology.workers.filter((worker) => reached.has(worker));
};

/** Does this worker own a database? */
export const hasDatabase = (worker: Worker): boolean =>
  worker.services.some(({ service }) => service === LIBSQL_SERVICE);
