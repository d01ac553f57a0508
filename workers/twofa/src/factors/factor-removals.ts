/** Second factors that go with an account's recovery, which the kms knows of and only twofa can remove. */
import type { FactorRemoval, PeopleRpc } from "#shared/contracts/people.ts";
import { unwrap } from "#shared/lang/result.ts";

export interface FactorRemovalStore {
  /**
   * Removes what each of these users had enrolled by then, and with the last confirmed factor their recovery codes and what delays
   * codes. Harmless when run again: what they enrolled later stays.
   */
  removeEnrolledBefore(removals: readonly FactorRemoval[]): Promise<void>;
}

/** Removes what is to be removed. What fails is tried again the next time. */
export const removeFactors = async (
  kms: Pick<PeopleRpc, "pendingFactorRemovals" | "confirmFactorRemovals">,
  store: FactorRemovalStore,
): Promise<void> => {
  const pending = unwrap(await kms.pendingFactorRemovals());
  if (pending.length === 0) return;
  await store.removeEnrolledBefore(pending);
  unwrap(await kms.confirmFactorRemovals(pending));
};
