/** Keeps a kms with the wrong SECRET_KEY from half working: nothing is composed before all its keys are open. */
import { once } from "#shared/http/bindings.ts";
import type { InternalKeys } from "../crypto/root-key.ts";

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
