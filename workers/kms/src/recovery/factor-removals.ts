/**
 * Second factors that are to go with an account's recovery. The kms notes them in the transaction of the recovery; twofa, which
 * has them, asks for them right after it, and once in a while in case no one asked. Until then no session is opened by them.
 */
import type { FactorRemoval } from "#shared/contracts/people.ts";

const AT_A_TIME = 100;

/** All factors of the user that were enrolled by this instant. */
export interface StoredFactorRemoval {
  userId: string;
  before: Date;
}

export interface FactorRemovalStore {
  /** The oldest first. */
  list(limit: number): Promise<StoredFactorRemoval[]>;
  /** Forgets these, but for users for whom there is a later one. */
  remove(done: readonly StoredFactorRemoval[]): Promise<void>;
}

export interface FactorRemovals {
  pending(): Promise<FactorRemoval[]>;
  /** These are removed. */
  confirm(done: readonly FactorRemoval[]): Promise<void>;
}

export const createFactorRemovals = (store: FactorRemovalStore): FactorRemovals => ({
  pending: async () =>
    (await store.list(AT_A_TIME)).map(({ userId, before }) => ({ userId, beforeMs: before.getTime() })),
  confirm: (done) => store.remove(done.map(({ userId, beforeMs }) => ({ userId, before: new Date(beforeMs) }))),
});
