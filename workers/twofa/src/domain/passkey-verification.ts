/** Passkeys as a second factor: a challenge that the user's own authenticator signs, once. */
import type { Assertion, RequestOptions } from "#shared/contracts/webauthn.ts";
import { attempt, type Finding } from "./attempt.ts";
import {
  type AnsweredCeremony,
  methodOf,
  namesUser,
  type Passkey,
  type PasskeyUsed,
  type VerifiedAssertion,
} from "./passkey.ts";
import type { Ports } from "./ports.ts";
import type { Verification } from "./verification.ts";
import { requestOptions, verifyAssertion } from "./webauthn.ts";
import { answeredChallenge, CEREMONY_TTL_MS, challengeIdOf, createChallenge } from "./webauthn-challenge.ts";

export interface AssertionRequest {
  userId: string;
  sessionId: string;
  /** JSON of the one request that the answer confirms; null: any. */
  purpose: string | null;
}

export type Challenged =
  | { outcome: "challenged"; challengeId: string; expiresAtMs: number; options: RequestOptions }
  | { outcome: "no-factor" }
  | { outcome: "disabled" };

/** Puts a challenge to the user's passkeys. */
export const challengePasskeys = async (
  ports: Ports,
  { userId, sessionId, purpose }: AssertionRequest,
): Promise<Challenged> => {
  const passkeys = await ports.passkeys.ofUser(userId);
  const known = passkeys.filter(({ disabledAtMs }) => disabledAtMs === null);
  if (known.length === 0) return { outcome: passkeys.length === 0 ? "no-factor" : "disabled" };
  const id = ports.newId();
  const challenge = createChallenge(id, ports.randomBytes);
  const codeMac = await ports.vault.macCode(id, challenge);
  const createdAtMs = ports.now();
  const expiresAtMs = createdAtMs + CEREMONY_TTL_MS;
  await ports.challenges.create({
    id,
    use: "verification",
    userId,
    sessionId,
    channel: "webauthn",
    factorId: null,
    codeMac,
    purpose,
    createdAtMs,
    expiresAtMs,
  });
  const options = requestOptions(ports.relyingParty, "preferred", challenge, known);
  return { outcome: "challenged", challengeId: id, expiresAtMs, options };
};

/**
 * Records the use of a passkey whose signature is right. An authenticator counts its signatures, so what it signs after a
 * challenge is beyond the counter that was known when that was issued; if not, there are two of it (WebAuthn Level 3 §7.2,
 * step 22), and from then on neither is accepted. Two answers may come in the other order than they were signed in: the
 * one that is late is refused, and says nothing about the authenticator.
 */
export const usePasskey = async (
  ports: Ports,
  { factorId, userId }: Passkey,
  { counter, isBackedUp }: VerifiedAssertion,
  ceremony: AnsweredCeremony,
): Promise<PasskeyUsed> => {
  const nowMs = ports.now();
  const used = await ports.passkeys.use({ factorId, userId, counter, isBackedUp, nowMs, ...ceremony });
  if (used === "accepted") await ports.factors.touch({ userId, factorId, nowMs });
  else if (used === "cloned") await ports.record({ event: "passkey.cloned", subject: userId, factorId });
  else await ports.record({ event: "passkey.refused", subject: userId, factorId, error: used });
  return used;
};

/** The active passkey with this credential, its public key opened. */
export const openPasskey = async (ports: Ports, credentialId: string): Promise<Passkey | undefined> => {
  const passkey = await ports.passkeys.find(credentialId);
  if (!passkey) return undefined;
  const { userId, factorId, publicKey } = passkey;
  return { ...passkey, publicKey: await ports.vault.openSecret(userId, factorId, publicKey) };
};

export interface SignedChallenge {
  userId: string;
  sessionId: string;
  assertion: Assertion;
  /** The challenge that the caller means to answer, where he says so. */
  challengeId: string | undefined;
}

/** Takes the answer to a challenge, once, from the session that asked for it. */
export const verifyPasskey = async (
  ports: Ports,
  { userId, sessionId, assertion, challengeId }: SignedChallenge,
): Promise<Verification> => {
  if (!(await ports.factors.hasConfirmed(userId))) return { outcome: "no-factor" };
  const challenge = answeredChallenge(assertion.response.clientDataJSON) ?? "";
  const id = challengeIdOf(challenge);
  // Asked before the attempt is counted: an unanswering kms must not lock the user.
  const codeMac = await ports.vault.macCode(id, challenge);
  const passkey = await openPasskey(ports, assertion.id);

  const refused = async (error: string): Promise<Finding<never>> => {
    const factorId = passkey?.userId === userId ? passkey.factorId : undefined;
    await ports.record({ event: "passkey.refused", subject: userId, factorId, error });
    return { found: "wrong" };
  };

  return attempt(ports, { userId, with: "passkey" }, async () => {
    if (challengeId !== undefined && challengeId !== id) return refused("another challenge than was named");
    const nowMs = ports.now();
    const answered = await ports.challenges.answer({ id, use: "verification", userId, sessionId, codeMac, nowMs });
    if (answered.found !== "right") return answered;
    if (passkey?.userId !== userId || !namesUser(assertion, userId)) return refused("another user's credential");
    const verified = await verifyAssertion(ports.relyingParty, passkey, assertion, challenge);
    if (!verified.ok) return refused(verified.error);
    const { purpose, createdAtMs: challengedAtMs } = answered.challenge;
    switch (await usePasskey(ports, passkey, verified.value, { challengeId: id, challengedAtMs })) {
      case "accepted":
        return { found: "right", value: { method: methodOf(passkey), purpose } };
      case "out-of-order":
        return { found: "used" };
      case "cloned":
      case "disabled":
        return { found: "wrong" };
    }
  });
};
