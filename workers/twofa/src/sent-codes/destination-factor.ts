/** Factors that codes are sent to: enrolled with an address or a phone number, active once the first code is confirmed. */
import type { Language } from "#shared/contracts/mails.ts";
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import { type ConfirmationRequest, type Confirming, confirmFactor, findEnrolment } from "../factors/confirmation.ts";
import { isSendingChannel, type SendingChannel } from "../model/challenge.ts";
import type { SealedFactor } from "../model/factor.ts";
import type { CodeAction } from "../model/message.ts";
import type { Ports } from "../model/ports.ts";
import { type NotSent, type Sent, sendCode } from "./sending.ts";

const ADDING = {
  email: { kind: "add-address" },
  sms: { kind: "add-phone" },
} as const satisfies Record<SendingChannel, CodeAction>;

export interface DestinationEnrolment {
  userId: string;
  sessionId: string;
  channel: SendingChannel;
  name: string;
  destination: string;
  /** What the caller reads. */
  language: Language | undefined;
}

export interface EnrolledDestination {
  factorId: string;
  expiresAtMs: number;
}

export type EnrolmentFailure = Failure<"too-many-factors" | "known-destination" | NotSent>;

/** Enrols a factor that is not active yet, and sends its first code. If it is not delivered, the factor is removed. */
export const enrolDestination = async (
  ports: Ports,
  { userId, sessionId, channel, name, destination, language }: DestinationEnrolment,
): Promise<Result<EnrolledDestination, EnrolmentFailure>> => {
  if (ports.messengers[channel] === undefined) return failure("channel-unavailable");
  const factorId = ports.createId();
  const destinationMac = await ports.vault.macDestination(destination);
  if (await ports.factors.hasDestination(userId, destinationMac)) return failure("known-destination");
  const sealedSecret = await ports.vault.sealSecret(userId, factorId, destination);
  const factor = { id: factorId, userId, type: channel, name, sealedSecret, destinationMac };
  const isEnrolled = await ports.recorder.change(
    { action: "factor.enrol", outcome: "success", actor: userId, target: factorId },
    () => ports.factors.enrol({ ...factor, createdAtMs: ports.now() }),
  );
  if (!isEnrolled) return failure("too-many-factors");

  const code = { use: "enrolment", action: ADDING[channel], language, purpose: null } as const;
  const sent = await sendCode(ports, { ...code, userId, sessionId, channel, factorId, destination });
  if (sent.ok) return success({ factorId, expiresAtMs: sent.value.expiresAtMs });
  await ports.factors.remove(userId, factorId);
  return sent;
};

/** Makes the factor active by the code that was sent to it. */
export const confirmDestination = async (
  ports: Ports,
  request: ConfirmationRequest & { sessionId: string; code: string },
): Promise<Confirming> => {
  const enrolment = await findEnrolment(ports, request, ({ type }) => isSendingChannel(type));
  if (!enrolment.ok) return enrolment;
  const { userId, sessionId, factorId, code } = request;
  const id = await ports.challenges.ofEnrolment(userId, factorId);
  if (id === undefined) return failure("not-found");
  const codeMac = await ports.vault.macCode(id, code);
  return confirmFactor(ports, request, enrolment.value, async (nowMs) => {
    const consumed = await ports.challenges.consume({ id, use: "enrolment", userId, sessionId, codeMac, nowMs });
    return consumed.ok ? success({ timeStep: null }) : consumed;
  });
};

export interface GenerationRequest {
  userId: string;
  sessionId: string;
  channel: SendingChannel;
  /** Which of several factors; by default the first one. */
  factorId: string | undefined;
  /** What the caller reads. */
  language: Language | undefined;
  action: CodeAction;
  /** JSON of the one request that the response confirms; null: any. */
  purpose: string | null;
}

export interface Generated extends Sent {
  destination: string;
}

const chosen = (factors: readonly SealedFactor[], factorId: string | undefined): SealedFactor | undefined =>
  factorId === undefined ? factors[0] : factors.find(({ id }) => id === factorId);

/** Sends a code to one of the user's active factors. */
export const generateCode = async (
  ports: Ports,
  request: GenerationRequest,
): Promise<Result<Generated, "no-factor" | NotSent>> => {
  const { userId, channel } = request;
  if (ports.messengers[channel] === undefined) return failure("channel-unavailable");
  const factor = chosen(await ports.factors.confirmed(userId, channel), request.factorId);
  if (!factor) return failure("no-factor");
  const { id: factorId, sealedSecret } = factor;
  const destination = await ports.vault.openSecret(userId, factorId, sealedSecret);
  const sent = await sendCode(ports, { ...request, use: "verification", factorId, destination });
  return sent.ok ? success({ ...sent.value, destination }) : sent;
};
