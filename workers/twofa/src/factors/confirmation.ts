/** How an enrolled factor becomes active: by one proof that its owner has it. */
import { attempt, type Checked } from "../attempts/attempt.ts";
import { audited } from "../audit/audited.ts";
import type { SealedFactor } from "../model/factor.ts";
import type { NamedPasskey, Ports } from "../model/ports.ts";
import { createCodeBatch } from "../recovery-codes/recovery-code-batch.ts";

export interface ConfirmationRequest {
  userId: string;
  factorId: string;
  /** Whether the caller was let in without a second factor, as having none; then no other may come first. */
  asFirst: boolean;
}

export interface ConfirmedFactor {
  factorId: string;
  confirmedAtMs: number;
  /** Ten with the user's first factor, none with later ones. */
  recoveryCodes: string[];
}

export type Confirming = Checked<ConfirmedFactor> | { outcome: "not-found" } | { outcome: "already-confirmed" };

/** What a proof came to. `timeStep`: the one it used, where the factor knows time steps; `passkey`: what it brought. */
export type Proof =
  | { found: "right"; timeStep: number | null; passkey?: NamedPasskey }
  | { found: "used" }
  | { found: "wrong" };

export type Enrolment = { found: true; factor: SealedFactor } | { found: false; refusal: Confirming };

/** The user's factor that waits for confirmation. */
export const findEnrolment = async (
  ports: Ports,
  { userId, factorId }: ConfirmationRequest,
  fits: (factor: SealedFactor) => boolean,
): Promise<Enrolment> => {
  const factor = await ports.factors.find(userId, factorId, ports.now());
  if (!factor || !fits(factor)) return { found: false, refusal: { outcome: "not-found" } };
  if (factor.confirmedAtMs !== null) return { found: false, refusal: { outcome: "already-confirmed" } };
  return { found: true, factor };
};

/** Makes the factor active once it is proven. What proves it is used up by then. */
export const confirmFactor = async (
  ports: Ports,
  { userId, factorId, asFirst }: ConfirmationRequest,
  prove: (nowMs: number) => Promise<Proof>,
): Promise<Checked<ConfirmedFactor>> => {
  const batch = asFirst ? await createCodeBatch(ports, userId) : { codes: [], macs: [] };
  return attempt(ports, { userId, with: "confirmation" }, async () => {
    const nowMs = ports.now();
    const proof = await prove(nowMs);
    if (proof.found !== "right") return proof;
    const { timeStep, passkey } = proof;
    const confirmation = { userId, factorId, timeStep, nowMs, asFirst, recoveryCodeMacs: batch.macs, passkey };
    const event = { event: "factor.confirmed" as const, subject: userId, factorId };
    const isConfirmed = await audited(ports, event, () => ports.factors.confirm(confirmation), Boolean);
    return isConfirmed
      ? { found: "right", value: { factorId, confirmedAtMs: nowMs, recoveryCodes: batch.codes } }
      : { found: "used" };
  });
};
