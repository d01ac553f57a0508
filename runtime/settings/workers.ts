/** The settings of the workers, checked by the workers' own schemas before one of them starts. */
import type { z } from "zod";
import { describeFault } from "../../shared/settings/describe.ts";
import { allowedIn, faultsIn } from "../../shared/settings/settings.ts";
import { envSchema as gateway } from "../../workers/gateway/src/env.ts";
import { envSchema as kms } from "../../workers/kms/src/env.ts";
import { envSchema as search } from "../../workers/search/src/env.ts";
import { envSchema as serviceA } from "../../workers/service-a/src/env.ts";
import { envSchema as twofa } from "../../workers/twofa/src/env.ts";
import { textBindings } from "../workerd/environment.ts";
import { DATABASE_URL, type Topology, type Worker } from "../workerd/topology.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

type Schema = z.ZodType & { shape: z.ZodRawShape };

/** What each worker parses its bindings by. */
const SCHEMAS: Readonly<Record<string, Schema>> = {
  gateway,
  kms,
  twofa,
  search,
  "service-a": serviceA,
};

/** The schema of a worker's bindings; every worker of the repository has one. */
export const schemaOf = (worker: string): Schema | undefined => SCHEMAS[worker];

/** Long enough for every secret, and an URL for the database's. */
export const placeholderOf = (binding: string): string =>
  binding === DATABASE_URL ? "http://placeholder.db" : "placeholder-0123456789-abcdefghijklmnopqrstuvwxyz";

/** What `npm start` and `npm run secrets` generate, where the operator has not set it. */
const isGenerated = ({ secrets }: Worker, binding: string): boolean =>
  binding === DATABASE_URL || secrets.includes(binding);

const faultsOf = (worker: Worker, environment: Environment, given: readonly string[]): string[] => {
  const schema = SCHEMAS[worker.worker];
  if (!schema) return [];
  const texts = textBindings(worker);
  const values = texts.map(({ binding, variable }) => {
    const value = environment[variable] || worker.vars[binding];
    return [binding, value || (isGenerated(worker, binding) ? placeholderOf(binding) : undefined)] as const;
  });
  const stubs = [...worker.services.map(({ binding }) => binding), ...given].map((binding) => [binding, {}] as const);
  const parsed = schema.safeParse(Object.fromEntries<unknown>([...stubs, ...values]));
  if (parsed.success) return [];
  const set = new Map(values);
  const variables = new Map(texts.map(({ binding, variable }) => [binding, variable]));
  return faultsIn(schema, parsed.error.issues).map((fault) =>
    describeFault(fault, set.get(fault.setting), variables.get(fault.setting)),
  );
};

/**
 * One line for each setting of a worker that is not usable. A setting of several workers has one. `given`: what the runtime binds
 * besides, by name.
 */
export const workerFaults = (
  { workers }: Pick<Topology, "workers">,
  environment: Environment,
  given: readonly string[] = [],
): string[] => [...new Set(workers.flatMap((worker) => faultsOf(worker, environment, given)))];

/** What a variable that sets something of a worker may be set to. */
export const allowedOfVariable = ({ workers }: Pick<Topology, "workers">, variable: string): string | undefined =>
  workers
    .flatMap((worker) => textBindings(worker).map((text) => ({ ...text, schema: SCHEMAS[worker.worker] })))
    .flatMap((text) =>
      text.schema && text.variable === variable ? (allowedIn(text.schema, text.binding) ?? []) : [],
    )[0];

/** The variables that set something of a worker. */
export const workerVariables = ({ workers }: Pick<Topology, "workers">): string[] => [
  ...new Set(workers.flatMap((worker) => textBindings(worker).map(({ variable }) => variable))),
];
