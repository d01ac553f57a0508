/**
 * Checks what the operator set by the schemas of the workers themselves, before a worker starts. Bindings that are no
 * settings, and secrets that are generated later, stand in as placeholders.
 */
import type { z } from "zod";
import { envSchema as gateway } from "../../workers/gateway/src/env.ts";
import { envSchema as kms } from "../../workers/kms/src/env.ts";
import { envSchema as search } from "../../workers/search/src/env.ts";
import { envSchema as serviceA } from "../../workers/service-a/src/env.ts";
import { smtpSettings, twilioSettings } from "../../workers/twofa/src/channels/settings.ts";
import { relyingPartyOf } from "../../workers/twofa/src/composition/relying-party.ts";
import { envSchema as twofa } from "../../workers/twofa/src/env.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { textBindings } from "./environment.ts";
import { DATABASE_URL, type Topology, type Worker } from "./topology.ts";

/** What several settings of one worker say together; each throws an error that names them. */
const checkTwofa = (bindings: unknown): void => {
  const env = twofa.parse(bindings);
  smtpSettings(env);
  twilioSettings(env);
  relyingPartyOf(env);
};

const SCHEMAS: Readonly<Record<string, { schema: z.ZodType; together?: (bindings: unknown) => void }>> = {
  gateway: { schema: gateway },
  kms: { schema: kms },
  twofa: { schema: twofa, together: checkTwofa },
  search: { schema: search },
  "service-a": { schema: serviceA },
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Long enough for every secret, and an URL for the database's. */
const placeholderOf = (binding: string): string =>
  binding === DATABASE_URL ? "http://placeholder.db" : "placeholder-0123456789-abcdefghijklmnopqrstuvwxyz";

/** By binding, the worker's vars and secrets as they will be, and the variable that each comes from. */
const bindingsOf = (worker: Worker, environment: Environment) => {
  const texts = textBindings(worker);
  const stubs = worker.services.map(({ binding }) => [binding, {}] as const);
  const values = texts.map(({ binding, variable }) => {
    const value = environment[variable] ?? worker.vars[binding];
    return [binding, value || (binding in worker.vars && binding !== DATABASE_URL) ? value : placeholderOf(binding)];
  });
  const variables = new Map(texts.map(({ binding, variable }) => [binding, variable]));
  return { bindings: Object.fromEntries([...stubs, ...values]), variables };
};

const faultsOf = (worker: Worker, environment: Environment): string[] => {
  const known = SCHEMAS[worker.worker];
  if (!known) return [];
  const { bindings, variables } = bindingsOf(worker, environment);
  const parsed = known.schema.safeParse(bindings);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => {
      const binding = String(path[0]);
      return `${variables.get(binding) ?? binding} is invalid: ${message}`;
    });
  try {
    known.together?.(bindings);
    return [];
  } catch (error) {
    return [reasonOf(error)];
  }
};

/** Throws {@link OperatorError} with one line for each setting that is not usable, and never its value. */
export const assertSettings = ({ workers }: Pick<Topology, "workers">, environment: Environment): void => {
  const faults = new Set(workers.flatMap((worker) => faultsOf(worker, environment)));
  if (faults.size > 0) throw new OperatorError([...faults].join("\n"));
};
