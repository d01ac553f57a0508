/** Sends the code of a challenge. */
import type { Language } from "#shared/contracts/mails.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { ChallengeUse, SendingChannel } from "../model/challenge.ts";
import { type DeliveryFailure, mayHaveArrived, type SendUse } from "../model/delivery.ts";
import { secondsUntil } from "../model/lockout.ts";
import type { CodeAction } from "../model/message.ts";
import type { Ports } from "../model/ports.ts";
import { createOneTimeCode } from "./one-time-code.ts";

const MINUTE_MS = 60_000;

export interface CodeRequest {
  use: Extract<SendUse, ChallengeUse>;
  userId: string;
  sessionId: string;
  channel: SendingChannel;
  factorId: string;
  destination: string;
  /** What the caller reads. */
  language: Language | undefined;
  action: CodeAction;
  /** JSON of the one request that the response confirms; null: any. */
  purpose: string | null;
}

export type NotSent =
  | { readonly kind: "channel-unavailable" }
  | { readonly kind: "too-many-sends"; readonly retryAfterSeconds: number }
  | { readonly kind: "undelivered"; readonly reason: DeliveryFailure };

export interface Sent {
  challengeId: string;
  expiresAtMs: number;
}

/** Creates the challenge, and sends its code. A challenge whose code was not delivered is removed. */
export const sendCode = async (ports: Ports, request: CodeRequest): Promise<Result<Sent, NotSent>> => {
  const { userId, channel, factorId, destination, language, action, ...challenge } = request;
  const messenger = ports.messengers[channel];
  if (messenger === undefined) return failure("channel-unavailable");
  const event = { action: "challenge.send", actor: userId, target: factorId, method: channel } as const;

  const destinationMac = await ports.vault.macMailbox(destination);
  const createdAtMs = ports.now();
  const sendId = ports.createId();
  const send = { id: sendId, userId, destinationMac, use: request.use, nowMs: createdAtMs };
  const reservation = await ports.sends.reserve(send);
  if (!reservation.ok) {
    await ports.recorder.record({ ...event, outcome: "failure", reason: "too-many-sends" });
    return failure("too-many-sends", { retryAfterSeconds: secondsUntil(reservation.error.nextAtMs, createdAtMs) });
  }

  const id = ports.createId();
  const code = createOneTimeCode(ports.randomBytes);
  const codeMac = await ports.vault.macCode(id, code);
  const expiresAtMs = createdAtMs + ports.codeTtlMs;
  await ports.challenges.create({ ...challenge, id, userId, channel, factorId, codeMac, createdAtMs, expiresAtMs });

  const validMinutes = Math.round(ports.codeTtlMs / MINUTE_MS);
  const delivery = await messenger(ports.wording.code({ channel, destination, language, code, action, validMinutes }));
  if (delivery.ok) {
    await ports.recorder.record({ ...event, outcome: "success" });
    return success({ challengeId: id, expiresAtMs });
  }
  const { kind: reason, cause } = delivery.error;
  await ports.challenges.remove(id);
  if (!mayHaveArrived(reason)) await ports.sends.release(sendId);
  await ports.recorder.record({ ...event, outcome: "failure", reason, detail: { error: cause } });
  return failure("undelivered", { reason });
};
