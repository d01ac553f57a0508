/** Whether a code proves the second factor. What is accepted is used up by then, whatever becomes of the reward. */
import { attempt, type Checked } from "./attempt.ts";
import type { Ports } from "./ports.ts";
import { normalizeRecoveryCode } from "./recovery-code.ts";
import { matchingTimeStep } from "./totp.ts";

export type Verification = Checked<true> | { outcome: "no-factor" };

/** Takes a code of any of the user's confirmed factors, each time step of a factor once (RFC 6238 §5.2). */
export const verifyCode = async (ports: Ports, userId: string, code: string): Promise<Verification> => {
  const sealed = await ports.factors.confirmed(userId, "totp");
  if (sealed.length === 0) return { outcome: "no-factor" };
  // Opened before the attempt is counted: an unanswering kms must not lock the user.
  const opened = await Promise.all(
    sealed.map(async ({ id, sealedSecret }) => ({
      factorId: id,
      secret: await ports.vault.openSecret(userId, id, sealedSecret),
    })),
  );
  return attempt(ports, { userId, with: "totp" }, async () => {
    const nowMs = ports.now();
    for (const { factorId, secret } of opened) {
      const timeStep = matchingTimeStep(secret, code, nowMs);
      if (timeStep === undefined) continue;
      const consumed = await ports.factors.consumeTimeStep({ userId, factorId, timeStep, nowMs });
      return consumed ? { found: "right", value: true } : { found: "used" };
    }
    return { found: "wrong" };
  });
};

/** Takes one of the user's recovery codes, once. */
export const verifyRecoveryCode = async (ports: Ports, userId: string, typed: string): Promise<Verification> => {
  if (!(await ports.factors.hasConfirmed(userId))) return { outcome: "no-factor" };
  const mac = await ports.vault.macRecoveryCode(userId, normalizeRecoveryCode(typed));
  return attempt(ports, { userId, with: "recovery-code" }, async () =>
    (await ports.recoveryCodes.consume(userId, mac)) ? { found: "right", value: true } : { found: "wrong" },
  );
};
