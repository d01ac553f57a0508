/** Passkeys as a second factor: a challenge that the user's authenticator signs, once. */

import type { Assertion, RequestOptions } from "#shared/contracts/webauthn.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { attempt } from "../attempts/attempt.ts";
import { methodOf, namesUser } from "../model/passkey.ts";
import type { Ports } from "../model/ports.ts";
import { openPasskey, usePasskey } from "../passkeys/passkey-use.ts";
import { requestOptions, verifyAssertion } from "../passkeys/webauthn.ts";
import { CEREMONY_TTL_MS, challengeIdOf, challengeOf, createChallenge } from "../passkeys/webauthn-challenge.ts";
import type { Verification } from "./verification.ts";

export interface AssertionRequest {
  userId: string;
  sessionId: string;
  /** JSON of the one request that the response confirms; null: any. */
  purpose: string | null;
}

export interface Challenged {
  challengeId: string;
  expiresAtMs: number;
  options: RequestOptions;
}

/** Creates a challenge for the user's passkeys. */
export const challengePasskeys = async (
  ports: Ports,
  { userId, sessionId, purpose }: AssertionRequest,
): Promise<Result<Challenged, "no-factor" | "disabled">> => {
  const passkeys = await ports.passkeys.ofUser(userId);
  const known = passkeys.filter(({ disabledAtMs }) => disabledAtMs === null);
  if (known.length === 0) return failure(passkeys.length === 0 ? "no-factor" : "disabled");
  const id = ports.createId();
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
  return success({ challengeId: id, expiresAtMs, options });
};

export interface SignedChallenge {
  userId: string;
  sessionId: string;
  assertion: Assertion;
  /** The challenge that the caller names, if any. */
  challengeId: string | undefined;
}

/** Accepts the response to a challenge, once, from the session that requested it. */
export const verifyPasskey = async (
  ports: Ports,
  { userId, sessionId, assertion, challengeId }: SignedChallenge,
): Promise<Verification> => {
  if (!(await ports.factors.hasConfirmed(userId))) return failure("no-factor");
  const challenge = challengeOf(assertion.response.clientDataJSON) ?? "";
  const id = challengeIdOf(challenge);
  // Before the attempt is counted: an unavailable kms must not lock the user.
  const codeMac = await ports.vault.macCode(id, challenge);
  const passkey = await openPasskey(ports, assertion.id);

  const refused = (error: string): Result<never, "wrong"> => {
    const target = passkey?.userId === userId ? passkey.factorId : undefined;
    ports.log("warn", "passkey.refused", { subject: userId, target, error });
    return failure("wrong");
  };

  return attempt(ports, { userId, method: "passkey" }, async () => {
    if (challengeId !== undefined && challengeId !== id) return refused("another challenge than was named");
    const nowMs = ports.now();
    const consumed = await ports.challenges.consume({ id, use: "verification", userId, sessionId, codeMac, nowMs });
    if (!consumed.ok) return consumed;
    if (passkey?.userId !== userId || !namesUser(assertion, userId)) return refused("another user's credential");
    const verified = await verifyAssertion(ports.relyingParty, passkey, assertion, challenge);
    if (!verified.ok) return refused(verified.error.reason);
    const { purpose, createdAtMs: challengedAtMs } = consumed.value;
    const used = await usePasskey(ports, passkey, verified.value, { challengeId: id, challengedAtMs });
    if (used.ok) return success({ method: methodOf(passkey), purpose });
    return failure(used.error.kind === "out-of-order" ? "used" : "wrong");
  });
};
