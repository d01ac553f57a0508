/** What the image's entry point needs to know of the workers: the variables to set before workerd starts. */
import { secretVariable, varVariable } from "../workerd/environment.ts";
import type { Topology } from "../workerd/topology.ts";

/**
 * One line for each variable: `secret NAME` for one that must come from a secret file, `setting NAME default` for one
 * that the operator may set. Each variable stands there once, however many workers read it.
 */
export const settingsList = ({ workers }: Pick<Topology, "workers">): string => {
  const lines = workers.flatMap(({ worker, vars, secrets }) => [
    ...secrets.map((secret) => `secret ${secretVariable(worker, secret)}`),
    ...Object.entries(vars).map(([name, fallback]) => `setting ${varVariable(worker, name)} ${fallback}`),
  ]);
  return `${[...new Set(lines)].join("\n")}\n`;
};
