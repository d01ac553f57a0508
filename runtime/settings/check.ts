/** Everything that `npm start` reads from its environment, checked before it does anything. */
import path from "node:path";
import type { SettingsVerdict } from "../local/preparation.ts";
import { homeIn } from "../local/settings.ts";
import { readTopology } from "../workerd/topology.ts";
import { administratorFaults } from "./administrator.ts";
import { COMPOSE_VARIABLES } from "./compose.ts";
import { LOCAL_VARIABLES, localFaults } from "./local.ts";
import { nearMisses } from "./near-miss.ts";
import { roleFaults, storedRoles } from "./roles.ts";
import { type Environment, workerFaults, workerVariables } from "./workers.ts";

/** Throws an OperatorError when a wrangler file cannot be read. */
export const checkLocalSettings = async (root: string, environment: Environment): Promise<SettingsVerdict> => {
  const topology = readTopology(root);
  // A role that cannot be looked up here is looked up by the kms, which then refuses to work.
  const roles = storedRoles(path.join(homeIn(environment, root), "data"));
  const faults = [
    ...localFaults(environment),
    ...(await administratorFaults(environment)),
    ...workerFaults(topology, environment),
    ...(roles ? roleFaults(environment, roles) : []),
  ];
  const known = [...LOCAL_VARIABLES, ...workerVariables(topology), ...COMPOSE_VARIABLES];
  return { faults: [...new Set(faults)], warnings: nearMisses(Object.keys(environment), known) };
};
