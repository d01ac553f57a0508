/** How an enrolled factor becomes active: by one proof that its owner has it. */
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import { attempt, type Checked, type CheckFailure } from "../attempts/attempt.ts";
import type { ProofFailure } from "../model/challenge.ts";
import type { SealedFactor } from "../model/factor.ts";
import type { NamedPasskey, Ports } from "../model/ports.ts";
import { notifyUser } from "../notices/notices.ts";
import { createCodeBatch } from "../recovery-codes/recovery-code-batch.ts";

export interface ConfirmationRequest {
  userId: string;
  factorId: string;
  /** Whether the caller was admitted without a second factor because they had none: then this must be their first. */
  asFirst: boolean;
}

export interface ConfirmedFactor {
  factorId: string;
  confirmedAtMs: number;
  /** Ten with the user's first factor, none with later ones. */
  recoveryCodes: string[];
}

type EnrolmentFailure = "not-found" | "already-confirmed";
export type ConfirmationFailure = Failure<CheckFailure | EnrolmentFailure>;
export type Confirming = Result<ConfirmedFactor, ConfirmationFailure>;

/** `timeStep`: the one it used, where the factor knows time steps; `passkey`: the credential it registered. */
export interface Proof {
  timeStep: number | null;
  passkey?: NamedPasskey;
}

/** The user's factor that waits for confirmation. */
export const findEnrolment = async (
  ports: Ports,
  { userId, factorId }: ConfirmationRequest,
  fits: (factor: SealedFactor) => boolean,
): Promise<Result<SealedFactor, EnrolmentFailure>> => {
  const factor = await ports.factors.find(userId, factorId, ports.now());
  if (!factor || !fits(factor)) return failure("not-found");
  if (factor.confirmedAtMs !== null) return failure("already-confirmed");
  return success(factor);
};

/** Makes the factor active once it is proven. The proof is consumed by then. */
export const confirmFactor = async (
  ports: Ports,
  { userId, factorId, asFirst }: ConfirmationRequest,
  { type, name }: SealedFactor,
  prove: (nowMs: number) => Promise<Result<Proof, ProofFailure>>,
): Promise<Checked<ConfirmedFactor>> => {
  const batch = asFirst ? await createCodeBatch(ports, userId) : { codes: [], macs: [] };
  return attempt(ports, { userId, method: "confirmation" }, async () => {
    const nowMs = ports.now();
    const proof = await prove(nowMs);
    if (!proof.ok) return proof;
    const { timeStep, passkey } = proof.value;
    const confirmation = { userId, factorId, timeStep, nowMs, asFirst, recoveryCodeMacs: batch.macs, passkey };
    const isConfirmed = await ports.recorder.change(
      { action: "factor.confirm", outcome: "success", actor: userId, target: factorId },
      async () => {
        const factor = { type, name: passkey?.name ?? name };
        await notifyUser(ports, userId, { kind: "factor-added", factor });
        return ports.factors.confirm(confirmation);
      },
    );
    return isConfirmed ? success({ factorId, confirmedAtMs: nowMs, recoveryCodes: batch.codes }) : failure("used");
  });
};
