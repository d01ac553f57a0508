/** Passkeys as factors: enrolled by requesting a credential, active once an authenticator has created it. */

import type { CreationOptions, Registration } from "#shared/contracts/webauthn.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type ConfirmationRequest, type Confirming, confirmFactor, findEnrolment } from "../factors/confirmation.ts";
import type { Ports } from "../model/ports.ts";
import { creationOptions, verifyRegistration } from "./webauthn.ts";
import { CEREMONY_TTL_MS, challengeIdOf, challengeOf, createChallenge } from "./webauthn-challenge.ts";

export interface PasskeyRequest {
  userId: string;
  sessionId: string;
  name: string;
}

export interface ChallengedCreation {
  /** The enrolled factor's id serves as its challenge's id too. */
  factorId: string;
  expiresAtMs: number;
  options: CreationOptions;
}

/** Enrols a factor that is not active yet, and requests its credential from an authenticator. */
export const enrolPasskey = async (
  ports: Ports,
  { userId, sessionId, name }: PasskeyRequest,
): Promise<Result<ChallengedCreation, "too-many-factors">> => {
  const factorId = ports.createId();
  const username = await ports.vault.usernameOf(userId);
  const challenge = createChallenge(factorId, ports.randomBytes);
  const codeMac = await ports.vault.macCode(factorId, challenge);
  const createdAtMs = ports.now();
  const factor = { id: factorId, userId, type: "webauthn" as const, name, sealedSecret: "", destinationMac: null };
  const isEnrolled = await ports.recorder.change(
    { action: "factor.enrol", outcome: "success", actor: userId, target: factorId },
    () => ports.factors.enrol({ ...factor, createdAtMs }),
  );
  if (!isEnrolled) return failure("too-many-factors");

  const expiresAtMs = createdAtMs + CEREMONY_TTL_MS;
  await ports.challenges.create({
    id: factorId,
    use: "enrolment",
    userId,
    sessionId,
    channel: "webauthn",
    factorId,
    codeMac,
    purpose: null,
    createdAtMs,
    expiresAtMs,
  });
  const known = await ports.passkeys.ofUser(userId);
  const options = creationOptions(ports.relyingParty, { userId, username, known }, challenge);
  return success({ factorId, expiresAtMs, options });
};

export interface PasskeyConfirmation extends Omit<ConfirmationRequest, "factorId"> {
  sessionId: string;
  registration: Registration;
  /** The challenge that the caller names, if any. */
  challengeId: string | undefined;
  /** In place of the name that it was enrolled with. */
  name: string | undefined;
}

/** Makes the factor active with the credential that was made for it. */
export const confirmPasskey = async (
  ports: Ports,
  { userId, sessionId, asFirst, registration, challengeId, name }: PasskeyConfirmation,
): Promise<Confirming> => {
  const challenge = challengeOf(registration.response.clientDataJSON);
  if (challenge === undefined) return failure("wrong-code");
  const factorId = challengeIdOf(challenge);
  if (challengeId !== undefined && challengeId !== factorId) return failure("not-found");
  const request = { userId, factorId, asFirst };
  const enrolment = await findEnrolment(ports, request, ({ type }) => type === "webauthn");
  if (!enrolment.ok) return enrolment;
  const codeMac = await ports.vault.macCode(factorId, challenge);
  return confirmFactor(ports, request, enrolment.value, async (nowMs) => {
    const consumed = await ports.challenges.consume({
      id: factorId,
      use: "enrolment",
      userId,
      sessionId,
      codeMac,
      nowMs,
    });
    if (!consumed.ok) return consumed;
    const verified = await verifyRegistration(ports.relyingParty, registration, challenge);
    if (!verified.ok) {
      ports.log("warn", "passkey.refused", { subject: userId, target: factorId, error: verified.error.reason });
      return failure("wrong");
    }
    const publicKey = await ports.vault.sealSecret(userId, factorId, verified.value.publicKey);
    return success({ timeStep: null, passkey: { ...verified.value, publicKey, name: name ?? null } });
  });
};
