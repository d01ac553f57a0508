/** Everything that an operator sets, checked before anything starts: of `npm start`, and of the Compose stack. */
import path from "node:path";
import type { SettingsVerdict } from "../local/preparation.ts";
import { homeIn } from "../local/settings.ts";
import { secretVariable } from "../workerd/environment.ts";
import { readTopology, type Topology } from "../workerd/topology.ts";
import { administratorFaults } from "./administrator.ts";
import { COMPOSE_VARIABLES, composeFaults } from "./compose.ts";
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
    ...workerFaults(topology, environment, ["MAILBOX"]),
    ...(roles ? roleFaults(environment, roles) : []),
  ];
  const known = [...LOCAL_VARIABLES, ...workerVariables(topology), ...COMPOSE_VARIABLES];
  return { faults: [...new Set(faults)], warnings: nearMisses(Object.keys(environment), known) };
};

/** What the stack is made of, as its job `settings` sees it. */
export interface ComposeSettings {
  environment: Environment;
  /** A mounted secret; `undefined` if it is missing or empty. */
  secretOf: (name: string) => string | undefined;
  /** The names of the stored roles; `undefined` if they cannot be read now: the kms looks them up. */
  roles: readonly string[] | undefined;
}

/** Of the other services in docker-compose.yml. */
const OF_SERVICES = ["LIBSQL_HOST", "LIBSQL_ADDRESS", "INTERNAL_PREFIX", "SSL_CERT_FILE"];

/** As the entry point of workerd's image demands it. */
const MIN_SECRET_BYTES = 32;

const secretFault = (name: string, value = ""): string | undefined => {
  const file = name.toLowerCase();
  if (value === "") return `the secret ${file} is missing or cannot be read: run \`npm run secrets\``;
  if (Buffer.byteLength(value) >= MIN_SECRET_BYTES) return undefined;
  return `the secret ${file} is weak (under ${MIN_SECRET_BYTES} bytes): remove its file and run \`npm run secrets\``;
};

/** Fit for trying things out, and for nothing else. */
const catchAllWarnings = ({ SMTP_NETWORK }: Environment): string[] =>
  SMTP_NETWORK === "catch-all"
    ? ["SMTP_NETWORK is catch-all: mails reach no one, and everyone on this machine can read them"]
    : [];

/** A secret that workers need, and that is missing or weak, is named by its file. */
export const checkComposeSettings = async (
  topology: Pick<Topology, "workers">,
  { environment, secretOf, roles }: ComposeSettings,
): Promise<SettingsVerdict> => {
  const variables = workerVariables(topology);
  // Settings that are secret may be files, as may all that `npm run secrets` makes.
  const files = [...variables, "ADMIN_PASSWORD"].map((name) => [name, secretOf(name.toLowerCase())] as const);
  const set: Record<string, string | undefined> = {
    ...Object.fromEntries(files.filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== "")),
  };
  const secrets = topology.workers.flatMap(({ worker, secrets: names }) =>
    names.map((secret) => secretVariable(worker, secret)),
  );
  const secretFaults = secrets.flatMap((name) => secretFault(name, set[name]) ?? []);
  // A secret that has its line already needs no second one.
  for (const name of secrets) if (secretFault(name, set[name]) !== undefined) delete set[name];
  const faults = [
    ...secretFaults,
    ...composeFaults(set),
    ...(await administratorFaults(set)),
    ...workerFaults(topology, set),
    ...(roles ? roleFaults(set, roles) : []),
  ];
  const known = [...COMPOSE_VARIABLES, ...variables, ...LOCAL_VARIABLES, ...OF_SERVICES];
  const warnings = [...catchAllWarnings(set), ...nearMisses(Object.keys(environment), known)];
  return { faults: [...new Set(faults)], warnings };
};
