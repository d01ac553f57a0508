/**
 * Hands messages to a service of the operator's, which delivers them in whatever way it likes: a POST, signed as Standard Webhooks
 * says (standardwebhooks.com).
 */
import { Webhook } from "standardwebhooks";
import { failure, success } from "#shared/lang/result.ts";
import { describeError } from "#shared/observability/log.ts";
import type { SendingChannel } from "../model/challenge.ts";
import type { Delivery, DeliveryFailure, Messenger } from "../model/delivery.ts";
import type { WebhookSettings } from "./settings.ts";
import { DELIVER_WITHIN_MS } from "./smtp.ts";

const SECOND_MS = 1_000;
/** Between attempts. The caller waits for all of them, who would not use a code that comes later. */
const WAIT_MS = [500, 1_500] as const;
const UNPROCESSABLE = 422;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;

const failureOf = (status: number): DeliveryFailure => {
  if (status === UNPROCESSABLE) return "no-such-destination";
  if (status === TOO_MANY_REQUESTS) return "rate-limited";
  return status >= SERVER_ERROR ? "unreachable" : "rejected";
};

/** These may pass within a second. */
const PASSING: ReadonlySet<DeliveryFailure> = new Set<DeliveryFailure>(["unreachable", "rate-limited"]);

export interface WebhookOptions {
  send: typeof fetch;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  createId: () => string;
}

/** A messenger for one channel. Success means that the service accepted the message, not that it arrived. */
export const createWebhookMessenger =
  ({ url, secret }: WebhookSettings, channel: SendingChannel, options: WebhookOptions): Messenger =>
  async ({ id: messageId, ...message }) => {
    const { send, sleep, now, createId } = options;
    const startedAtMs = now();
    // The same at every attempt, so that the receiver recognizes a message that it has had.
    const id = `msg_${messageId ?? createId()}`;
    const timestamp = new Date(startedAtMs).toISOString();
    const body = JSON.stringify({ type: "message.send", timestamp, data: { channel, ...message } });

    const attempt = async (leftMs: number): Promise<Delivery> => {
      const at = new Date(now());
      try {
        const response = await send(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "user-agent": "Fountain-Webhooks/1",
            "webhook-id": id,
            "webhook-timestamp": String(Math.floor(at.getTime() / SECOND_MS)),
            "webhook-signature": new Webhook(secret).sign(id, at, body),
          },
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(leftMs),
        });
        await response.body?.cancel();
        return response.ok ? success(undefined) : failure(failureOf(response.status), { cause: `${response.status}` });
      } catch (error) {
        const isLate = error instanceof Error && error.name === "TimeoutError";
        return failure(isLate ? "timeout" : "unreachable", { cause: describeError(error) });
      }
    };

    let delivery = await attempt(DELIVER_WITHIN_MS);
    for (const waitMs of WAIT_MS) {
      const leftMs = startedAtMs + DELIVER_WITHIN_MS - now() - waitMs;
      if (delivery.ok || !PASSING.has(delivery.error.kind) || leftMs <= 0) break;
      await sleep(waitMs);
      delivery = await attempt(leftMs);
    }
    return delivery;
  };
