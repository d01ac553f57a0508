/** Passkeys as a second factor: a challenge that the user's own authenticator signs, once. */
import type { Assertion, RequestOptions } from "#shared/contracts/webauthn.ts";
import { attempt, type Finding } from "./attempt.ts";
import { methodOf, namesUser, type Passkey, type VerifiedAssertion } from "./passkey.ts";
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
  | { outcome: "no-factor" };

/** Puts a challenge to the user's passkeys. */
export const challengePasskeys = async (
  ports: Ports,
  { userId, sessionId, purpose }: AssertionRequest,
): Promise<Challenged> => {
  const known = (await ports.passkeys.ofUser(userId)).filter(({ disabledAtMs }) => disabledAtMs === null);
  if (known.length === 0) return { outcome: "no-factor" };
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
 * Notes the use of a passkey whose signature is right. A counter that is not beyond the last one means that there are
 * two of the authenticator (WebAuthn §6.1.1): from then on neither is accepted.
 */
export const usePasskey = async (
  ports: Ports,
  { factorId, userId }: Passkey,
  { counter, isBackedUp }: VerifiedAssertion,
): Promise<boolean> => {
  const nowMs = ports.now();
  if (await ports.passkeys.use({ factorId, counter, isBackedUp })) {
    await ports.factors.touch({ userId, factorId, nowMs });
    return true;
  }
  const isNews = await ports.passkeys.disable(factorId, nowMs);
  if (isNews) await ports.record({ event: "passkey.cloned", subject: userId, factorId });
  return false;
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
    if (!(await usePasskey(ports, passkey, verified.value))) return { found: "wrong" };
    return { found: "right", value: { method: methodOf(passkey), purpose: answered.challenge.purpose } };
  });
};
