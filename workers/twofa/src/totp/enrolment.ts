/** TOTP factors: enrolled with a new secret, active once a code of it is confirmed. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type ConfirmationRequest, type Confirming, confirmFactor, findEnrolment } from "../factors/confirmation.ts";
import type { Ports } from "../model/ports.ts";
import { createTotpSecret, matchingTimeStep, totpUri } from "./totp.ts";

export interface EnrolledTotp {
  factorId: string;
  /** Base32, shown to the owner this once. */
  secret: string;
  uri: string;
}

/** Enrols a factor that is not active yet. */
export const enrolTotp = async (
  ports: Ports,
  userId: string,
  name: string,
): Promise<Result<EnrolledTotp, "too-many-factors">> => {
  const factorId = ports.createId();
  const secret = createTotpSecret(ports.randomBytes);
  const username = await ports.vault.usernameOf(userId);
  const sealedSecret = await ports.vault.sealSecret(userId, factorId, secret);
  const factor = { id: factorId, userId, type: "totp" as const, name, sealedSecret, destinationMac: null };
  const isEnrolled = await ports.recorder.change(
    { action: "factor.enrol", outcome: "success", actor: userId, target: factorId },
    () => ports.factors.enrol({ ...factor, createdAtMs: ports.now() }),
  );
  if (!isEnrolled) return failure("too-many-factors");
  return success({ factorId, secret, uri: totpUri(secret, ports.installation, username) });
};

/** Makes an authenticator app active. This consumes the code's time step. */
export const confirmTotp = async (
  ports: Ports,
  request: ConfirmationRequest & { code: string },
): Promise<Confirming> => {
  const enrolment = await findEnrolment(ports, request, ({ type }) => type === "totp");
  if (!enrolment.ok) return enrolment;
  const { userId, factorId, code } = request;
  const secret = await ports.vault.openSecret(userId, factorId, enrolment.value.sealedSecret);
  return confirmFactor(ports, request, enrolment.value, async (nowMs) => {
    const timeStep = matchingTimeStep(secret, code, nowMs);
    return timeStep === undefined ? failure("wrong") : success({ timeStep });
  });
};
