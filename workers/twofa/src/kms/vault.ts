/** The kms as twofa uses it: every value is bound to the row it belongs to. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { mailboxOf } from "#shared/contracts/mails.ts";
import { unwrap } from "#shared/lang/result.ts";
import { isUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { destinationKey } from "../model/destination.ts";
import type { Vault } from "../model/ports.ts";

const secretContext = (userId: string, factorId: string): string => `twofa:factors:${userId}:${factorId}:secret`;

/** As much of the kms as twofa needs. */
export type VaultKms = Pick<KmsRpc, "usernameOf" | "seal" | "open" | "mac" | "elevate" | "attestFactorless">;

/** The factor has been checked by then: the caller needs another code. */
const codeIsUsed = (error: unknown): never => {
  if (!isUnavailable(error)) throw error;
  throw new Unavailable("the kms cannot elevate the session", {
    detail: "A dependency is temporarily unavailable. Retry with the next code, after the time in Retry-After.",
    cause: error,
  });
};

export const createVault = (kms: VaultKms): Vault => ({
  usernameOf: async (userId) => {
    const username = await kms.usernameOf(userId);
    return username.ok ? username.value : userId;
  },

  sealSecret: (userId, factorId, plaintext) =>
    kms.seal({ context: secretContext(userId, factorId), plaintext }).then(unwrap),

  openSecret: async (userId, factorId, ciphertext) => {
    const opened = await kms.open({ context: secretContext(userId, factorId), ciphertext });
    if (!opened.ok) throw new Error(`the secret of factor ${factorId} is ${opened.error.kind}`);
    return opened.value;
  },

  macMailbox: (destination) => kms.mac({ context: "twofa:mailbox", data: mailboxOf(destination) }).then(unwrap),

  macDestination: (destination) =>
    kms.mac({ context: "twofa:destination", data: destinationKey(destination) }).then(unwrap),

  macCode: (challengeId, code) => kms.mac({ context: `twofa:challenge:${challengeId}`, data: code }).then(unwrap),

  loginChallenge: (challengeId) => kms.mac({ context: "twofa:passkey-login", data: challengeId }).then(unwrap),

  macRecoveryCode: (userId, code) => kms.mac({ context: `twofa:recovery:${userId}`, data: code }).then(unwrap),

  elevate: async (elevation) => {
    const elevated = await kms.elevate(elevation).catch(codeIsUsed);
    if (elevated.ok) return elevated.value;
    switch (elevated.error.kind) {
      case "blocked":
        throw tooOften(elevated.error.retryAfterSeconds);
      case "session-ended":
        return undefined;
    }
  },

  attestFactorless: async (factorless) => {
    const attested = await kms.attestFactorless(factorless);
    return attested.ok ? attested.value : undefined;
  },
});
