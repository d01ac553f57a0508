/** Factors that codes are sent to: enrolled with an address or a phone number, active once a code from there comes back. */
import { audited } from "../audit/audited.ts";
import { type ConfirmationRequest, type Confirming, confirmFactor, findEnrolment } from "../factors/confirmation.ts";
import { isSendingChannel, type SendingChannel } from "../model/challenge.ts";
import type { SealedFactor } from "../model/factor.ts";
import type { Ports } from "../model/ports.ts";
import { type NotSent, sendCode } from "./sending.ts";

const TO_ADD: Record<SendingChannel, string> = {
  email: "add this address to your account as a second factor",
  sms: "add this phone to your account",
};

export interface DestinationEnrolment {
  userId: string;
  sessionId: string;
  channel: SendingChannel;
  name: string;
  destination: string;
}

export type EnrolledDestination =
  | { outcome: "enrolled"; factorId: string; expiresAtMs: number }
  | { outcome: "too-many-factors" }
  | { outcome: "known-destination" }
  | NotSent;

/** Enrols a factor that is not active yet, and sends its first code. Without delivery nothing is left of it. */
export const enrolDestination = async (
  ports: Ports,
  { userId, sessionId, channel, name, destination }: DestinationEnrolment,
): Promise<EnrolledDestination> => {
  if (ports.messengers[channel] === undefined) return { outcome: "channel-unavailable" };
  const factorId = ports.newId();
  const destinationMac = await ports.vault.macDestination(destination);
  if (await ports.factors.hasDestination(userId, destinationMac)) return { outcome: "known-destination" };
  const sealedSecret = await ports.vault.sealSecret(userId, factorId, destination);
  const factor = { id: factorId, userId, type: channel, name, sealedSecret, destinationMac };
  const isEnrolled = await audited(
    ports,
    { event: "factor.enrolled", subject: userId, factorId },
    () => ports.factors.enrol({ ...factor, createdAtMs: ports.now() }),
    Boolean,
  );
  if (!isEnrolled) return { outcome: "too-many-factors" };

  const code = { use: "enrolment", action: TO_ADD[channel], purpose: null } as const;
  const sent = await sendCode(ports, { ...code, userId, sessionId, channel, factorId, destination });
  if (sent.outcome === "sent") return { outcome: "enrolled", factorId, expiresAtMs: sent.expiresAtMs };
  await ports.factors.remove(userId, factorId);
  return sent;
};

/** Makes the factor active by the code that was sent to it. */
export const confirmDestination = async (
  ports: Ports,
  request: ConfirmationRequest & { sessionId: string; code: string },
): Promise<Confirming> => {
  const enrolment = await findEnrolment(ports, request, ({ type }) => isSendingChannel(type));
  if (!enrolment.found) return enrolment.refusal;
  const { userId, sessionId, factorId, code } = request;
  const id = await ports.challenges.ofEnrolment(userId, factorId);
  if (id === undefined) return { outcome: "not-found" };
  const codeMac = await ports.vault.macCode(id, code);
  return confirmFactor(ports, request, async (nowMs) => {
    const answered = await ports.challenges.answer({ id, use: "enrolment", userId, sessionId, codeMac, nowMs });
    return answered.found === "right" ? { found: "right", timeStep: null } : answered;
  });
};

export interface GenerationRequest {
  userId: string;
  sessionId: string;
  channel: SendingChannel;
  /** Which of several factors; the first one, if not said. */
  factorId: string | undefined;
  /** What the code does, to complete "to …". */
  action: string;
  /** JSON of the one request that the answer confirms; null: any. */
  purpose: string | null;
}

export type Generated =
  | { outcome: "sent"; challengeId: string; destination: string; expiresAtMs: number }
  | { outcome: "no-factor" }
  | NotSent;

const chosen = (factors: readonly SealedFactor[], factorId: string | undefined): SealedFactor | undefined =>
  factorId === undefined ? factors[0] : factors.find(({ id }) => id === factorId);

/** Sends a code to one of the user's active factors. */
export const generateCode = async (ports: Ports, request: GenerationRequest): Promise<Generated> => {
  const { userId, channel } = request;
  if (ports.messengers[channel] === undefined) return { outcome: "channel-unavailable" };
  const factor = chosen(await ports.factors.confirmed(userId, channel), request.factorId);
  if (!factor) return { outcome: "no-factor" };
  const { id: factorId, sealedSecret } = factor;
  const destination = await ports.vault.openSecret(userId, factorId, sealedSecret);
  const sent = await sendCode(ports, { ...request, use: "verification", factorId, destination });
  return sent.outcome === "sent" ? { ...sent, destination } : sent;
};
