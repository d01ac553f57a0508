/** Whether a code proves the second factor. What is accepted is used up by then, whether or not a token follows. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { attempt, type CheckFailure } from "../attempts/attempt.ts";
import type { Channel } from "../model/challenge.ts";
import type { PasskeyMethod } from "../model/passkey.ts";
import type { Ports } from "../model/ports.ts";
import { notifyUser } from "../notices/notices.ts";
import { normalizeRecoveryCode } from "../recovery-codes/recovery-code.ts";
import { matchingTimeStep } from "../totp/totp.ts";

/** How the factor was proven. */
export interface Proven {
  /** RFC 8176 §2. A recovery code is a one-time password too. */
  method: "otp" | "sms" | PasskeyMethod;
  /** JSON of the one request that was confirmed; null: any. */
  purpose: string | null;
}

export type Verification = Result<Proven, CheckFailure | "no-factor">;

const ANY_REQUEST: Proven = { method: "otp", purpose: null };

/** Accepts a code of any of the user's authenticator apps, each time step of a factor once (RFC 6238 §5.2). */
export const verifyCode = async (ports: Ports, userId: string, code: string): Promise<Verification> => {
  const sealed = await ports.factors.confirmed(userId, "totp");
  if (sealed.length === 0) return failure("no-factor");
  // Opened before the attempt is counted: an unavailable kms must not lock the user.
  const opened = await Promise.all(
    sealed.map(async ({ id, sealedSecret }) => ({
      factorId: id,
      secret: await ports.vault.openSecret(userId, id, sealedSecret),
    })),
  );
  return attempt(ports, { userId, method: "totp" }, async () => {
    const nowMs = ports.now();
    for (const { factorId, secret } of opened) {
      const timeStep = matchingTimeStep(secret, code, nowMs);
      if (timeStep === undefined) continue;
      const consumed = await ports.factors.consumeTimeStep({ userId, factorId, timeStep, nowMs });
      return consumed ? success(ANY_REQUEST) : failure("used");
    }
    return failure("wrong");
  });
};

/** Accepts one of the user's recovery codes, once. */
export const verifyRecoveryCode = async (ports: Ports, userId: string, typed: string): Promise<Verification> => {
  if (!(await ports.factors.hasConfirmed(userId))) return failure("no-factor");
  const mac = await ports.vault.macRecoveryCode(userId, normalizeRecoveryCode(typed));
  return attempt(ports, { userId, method: "recovery-code" }, async () => {
    if (!(await ports.recoveryCodes.has(userId, mac))) return failure("wrong");
    await notifyUser(ports, userId, { kind: "recovery-code-used" });
    return (await ports.recoveryCodes.consume(userId, mac)) ? success(ANY_REQUEST) : failure("wrong");
  });
};

export interface SentCode {
  userId: string;
  sessionId: string;
  challengeId: string;
  code: string;
}

const methodOf = (channel: Channel): Proven["method"] => (channel === "sms" ? "sms" : "otp");

/** Accepts the code of a challenge, once, from the session that requested it. */
export const verifySentCode = async (
  ports: Ports,
  { userId, sessionId, challengeId: id, code }: SentCode,
): Promise<Verification> => {
  if (!(await ports.factors.hasConfirmed(userId))) return failure("no-factor");
  const codeMac = await ports.vault.macCode(id, code);
  return attempt(ports, { userId, method: "sent-code" }, async () => {
    const nowMs = ports.now();
    const consumed = await ports.challenges.consume({ id, use: "verification", userId, sessionId, codeMac, nowMs });
    if (!consumed.ok) return consumed;
    const { channel, factorId, purpose } = consumed.value;
    if (factorId !== null) await ports.factors.touch({ userId, factorId, nowMs });
    return success({ method: methodOf(channel), purpose });
  });
};
