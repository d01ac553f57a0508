/** What is held about a user: shown to himself, and forgotten with him. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { HeldFactors } from "#shared/contracts/personal-data.ts";

export interface HoldingStore {
  /** Everything but secrets and codes. */
  of(userId: string): Promise<HeldFactors>;
  /** Forgets all about these users. */
  forget(userIds: readonly string[]): Promise<void>;
}

/** Forgets the users whom the kms has erased; those it could not be told of are asked for again the next time. */
export const forgetErased = async (
  kms: Pick<KmsRpc, "pendingErasures" | "confirmErasures">,
  holdings: Pick<HoldingStore, "forget">,
): Promise<void> => {
  const pending = await kms.pendingErasures();
  if (!pending.ok || pending.value.length === 0) return;
  await holdings.forget(pending.value);
  await kms.confirmErasures(pending.value);
};
