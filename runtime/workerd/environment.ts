/** The environment variables that carry every worker's vars and secrets into workerd. */
import { OperatorError } from "../local/operator-error.ts";
import { DATABASE_URL, type Topology, type Worker } from "./topology.ts";

const constantCase = (name: string): string => name.toUpperCase().replaceAll("-", "_");

/** The variable that holds a worker's secret: `service-a`, `DATABASE_TOKEN` → `SERVICE_A_DATABASE_TOKEN`. */
export const secretVariable = (worker: string, secret: string): string => `${constantCase(worker)}_${secret}`;

/** The variable that holds a var: its own name, shared by all workers, but for the database, which is each one's own. */
export const varVariable = (worker: string, name: string): string =>
  name === DATABASE_URL ? secretVariable(worker, name) : name;

/** Every binding of a worker that is text, with the environment variable it is read from. */
export const textBindings = (worker: Worker): readonly { binding: string; variable: string }[] => [
  ...Object.keys(worker.vars).map((binding) => ({ binding, variable: varVariable(worker.worker, binding) })),
  ...worker.secrets.map((binding) => ({ binding, variable: secretVariable(worker.worker, binding) })),
];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The whole environment: defaults of the wrangler files, overridden by what was `generated`, overridden by what the
 * operator set. Variables that no worker declares stay out. Throws {@link OperatorError} naming the variable.
 */
export const computeEnvironment = (
  topology: Pick<Topology, "workers">,
  generated: Variables,
  operator: Variables,
): Record<string, string> => {
  const environment: Record<string, string> = {};
  for (const worker of topology.workers) {
    for (const [name, fallback] of Object.entries(worker.vars)) {
      const variable = varVariable(worker.worker, name);
      environment[variable] = operator[variable] ?? generated[variable] ?? fallback;
    }
    for (const secret of worker.secrets) {
      const variable = secretVariable(worker.worker, secret);
      const value = operator[variable] ?? generated[variable];
      if (!value) throw new OperatorError(`${worker.name} needs the secret ${variable}: set it and start again`);
      environment[variable] = value;
    }
  }
  return environment;
};
