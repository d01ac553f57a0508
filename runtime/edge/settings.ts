/** The settings of a deployment, checked before anything is uploaded: vars of the wrangler files, and what is known of secrets. */
import { describeFault } from "../../shared/settings/describe.ts";
import { faultsIn, settingNames } from "../../shared/settings/settings.ts";
import type { SettingsVerdict } from "../local/preparation.ts";
import { nearMisses } from "../settings/near-miss.ts";
import { roleFaults } from "../settings/roles.ts";
import { type Environment, placeholderOf, schemaOf } from "../settings/workers.ts";
import { secretVariable } from "../workerd/environment.ts";
import type { EdgeWorker, Stage } from "./edge.ts";

/** A secret as the operator has it at hand for the deployment: Cloudflare shows none. */
const secretIn = ({ worker }: EdgeWorker, name: string, environment: Environment): string =>
  environment[name === "PUBLIC_URL" ? name : secretVariable(worker.worker, name)] || placeholderFor(name);

const placeholderFor = (name: string): string =>
  name === "PUBLIC_URL" ? "https://placeholder.example" : placeholderOf(name);

const where = ({ file }: EdgeWorker, stage: Stage): string => `${file}, [env.${stage}] vars:`;

const faultsOf = (worker: EdgeWorker, stage: Stage, environment: Environment): string[] => {
  const schema = schemaOf(worker.worker.worker);
  if (!schema) return [];
  const stubs = worker.worker.services.map(({ binding }) => [binding, {}] as const);
  const secrets = worker.secrets.map((name) => [name, secretIn(worker, name, environment)] as const);
  const values = Object.fromEntries<unknown>([...stubs, ...secrets, ...Object.entries(worker.vars)]);
  const parsed = schema.safeParse(values);
  if (parsed.success) return [];
  return (
    faultsIn(schema, parsed.error.issues)
      // The other setting may be a secret.
      .filter(({ conflict }) => conflict === undefined)
      .map((fault) => {
        const value = values[fault.setting];
        const line = describeFault(fault, value === undefined ? undefined : String(value));
        return fault.setting in worker.vars ? `${where(worker, stage)} ${line}` : line;
      })
  );
};

const warningsOf = (worker: EdgeWorker, stage: Stage): string[] => {
  const schema = schemaOf(worker.worker.worker);
  const known = schema ? settingNames(schema) : [];
  return nearMisses(Object.keys(worker.vars), known).map((line) => `${where(worker, stage)} ${line}`);
};

/** One line for each setting that is not usable, and for each var whose name is almost a setting's. */
export const checkEdgeSettings = (
  workers: readonly EdgeWorker[],
  stage: Stage,
  environment: Environment,
): SettingsVerdict => ({
  faults: [...new Set(workers.flatMap((worker) => faultsOf(worker, stage, environment)))],
  warnings: workers.flatMap((worker) => warningsOf(worker, stage)),
});

/** The worker whose database has the roles. */
export const ROLE_OWNER = "kms";

/** What is wrong with the roles that demand a second factor, once the stored ones are known. */
export const stepUpFaults = (workers: readonly EdgeWorker[], stored: readonly string[]): string[] => {
  const names = workers.find(({ worker }) => worker.worker === ROLE_OWNER)?.vars["STEP_UP_FOR_ROLES"];
  return typeof names === "string" ? roleFaults({ STEP_UP_FOR_ROLES: names }, stored) : [];
};
