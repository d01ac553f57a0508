/** The kms as twofa uses it: every value is bound to the row it belongs to. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { Tagged } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { unavailable } from "#shared/problem/unavailable.ts";
import { destinationKey, floodKey } from "../model/destination.ts";
import type { Vault } from "../model/ports.ts";

const kmsUnavailable = (cause: unknown) =>
  unavailable({
    detail: "A dependency is temporarily unavailable. Retry with the next code, after the time in Retry-After.",
    cause,
  });

const ask = async <Value>(call: () => Promise<Value>): Promise<Value> => {
  try {
    return await call();
  } catch (cause) {
    throw kmsUnavailable(cause);
  }
};

type Answered<F extends Tagged> = Exclude<F, { kind: "unavailable" }>;

const isAnswered = <F extends Tagged>(error: F): error is Answered<F> => error.kind !== "unavailable";

const assertAnswered = <Value, F extends Tagged>(
  result: { ok: true; value: Value } | { ok: false; error: F },
): { ok: true; value: Value } | { ok: false; error: Answered<F> } => {
  if (result.ok) return result;
  if (!isAnswered(result.error)) throw kmsUnavailable(new Error("the kms is unavailable"));
  return { ok: false, error: result.error };
};

const secretContext = (userId: string, factorId: string): string => `twofa:factors:${userId}:${factorId}:secret`;

/** As much of the kms as twofa needs. */
export type VaultKms = Pick<
  KmsRpc,
  "usernameOf" | "emailOf" | "seal" | "open" | "mac" | "elevate" | "attestFactorless"
>;

export const createVault = (kms: VaultKms): Vault => ({
  usernameOf: async (userId) => {
    const username = assertAnswered(await ask(() => kms.usernameOf(userId)));
    return username.ok ? username.value : userId;
  },

  emailOf: async (userId) => {
    const email = assertAnswered(await ask(() => kms.emailOf(userId)));
    return email.ok ? (email.value ?? undefined) : undefined;
  },

  sealSecret: (userId, factorId, plaintext) =>
    ask(() => kms.seal({ context: secretContext(userId, factorId), plaintext })),

  openSecret: async (userId, factorId, ciphertext) => {
    const opened = assertAnswered(await ask(() => kms.open({ context: secretContext(userId, factorId), ciphertext })));
    if (!opened.ok) throw new Error(`the secret of factor ${factorId} is ${opened.error.kind}`);
    return opened.value;
  },

  macMailbox: (destination) => ask(() => kms.mac({ context: "twofa:mailbox", data: floodKey(destination) })),

  macDestination: (destination) =>
    ask(() => kms.mac({ context: "twofa:destination", data: destinationKey(destination) })),

  macCode: (challengeId, code) => ask(() => kms.mac({ context: `twofa:challenge:${challengeId}`, data: code })),

  loginChallenge: (challengeId) => ask(() => kms.mac({ context: "twofa:passkey-login", data: challengeId })),

  macRecoveryCode: (userId, code) => ask(() => kms.mac({ context: `twofa:recovery:${userId}`, data: code })),

  elevate: async (elevation) => {
    const answer = await ask(() => kms.elevate(elevation));
    if (!answer.ok && answer.error.kind === "blocked") throw tooOften(answer.error.retryAfterSeconds);
    const elevated = assertAnswered(answer);
    return elevated.ok ? elevated.value : undefined;
  },

  attestFactorless: async (factorless) => {
    const attested = assertAnswered(await ask(() => kms.attestFactorless(factorless)));
    return attested.ok ? attested.value : undefined;
  },
});
