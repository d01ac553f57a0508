/** Keeps a kms with the wrong SECRET_KEY from half working: nothing is composed before all its keys are open. */
import { once, UnusableSettings } from "#shared/http/bindings.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { TrailBehind } from "../audit-log/audit-mark.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { WrongSecretKey } from "../tokens/signing-key.ts";

/** What the kms stands on before its keys are open. */
interface Foundation {
  /** Opens the keys, asking the database; fails with `WrongSecretKey`. */
  open(): Promise<InternalKeys>;
}

/** Composes the services on first use. Callers that come at once all open the keys, and all get the same services. */
export const createConnection = <Base extends Foundation, Services>(
  prepare: (bindings: unknown) => Base,
  compose: (base: Base, keys: InternalKeys) => Services,
): ((bindings: unknown) => Promise<Services>) => {
  const prepareOnce = once(prepare);
  const composeOnce = once(([base, keys]: [Base, InternalKeys]) => compose(base, keys));
  let composed: { services: Services } | undefined;
  return async (bindings) => {
    if (composed) return composed.services;
    const base = prepareOnce(bindings);
    const services = composeOnce([base, await base.open()]);
    composed = { services };
    return services;
  };
};

/** What must not go on until an operator has looked, and what to tell them. */
const STANDSTILLS: [new (...args: never[]) => Error, string][] = [
  [UnusableSettings, "The kms's settings are invalid. Ask the operator to check its log, which names the setting."],
  [WrongSecretKey, "SECRET_KEY does not match this database. Restart the kms with the right key."],
  [
    TrailBehind,
    "The audit trail lacks earlier entries, so changes are refused. Ask the operator to check the log for audit.broken.",
  ],
];

const detailOf = (error: unknown): string | undefined => STANDSTILLS.find(([kind]) => error instanceof kind)?.[1];

/** Whether the kms cannot do its work because of its keys or its audit trail. */
export const isStandstill = (error: unknown): boolean => detailOf(error) !== undefined;

/** The problem of that. */
export const problemOf = (error: unknown): Problem | undefined => {
  const detail = detailOf(error);
  return detail === undefined ? undefined : problem("unavailable", { detail, cause: error });
};
