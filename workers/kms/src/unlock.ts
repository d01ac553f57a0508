/** Keeps a kms with the wrong SECRET_KEY from half working: nothing is answered before the signing key has opened. */
import { problem } from "#shared/problem/problem.ts";
import type { KeyRing } from "./domain/key-ring.ts";
import { WrongSecretKey } from "./domain/signing-key.ts";

/** A check that passes when the signing key opens, and fails with the problem `unavailable` when it does not. */
export const createUnlock = (keyRing: Pick<KeyRing, "signer">) => async (): Promise<void> => {
  try {
    await keyRing.signer();
  } catch (error) {
    if (!(error instanceof WrongSecretKey)) throw error;
    throw problem("unavailable", {
      detail: "SECRET_KEY is not the one this database was written under. Start with the right one.",
      cause: error,
    });
  }
};
