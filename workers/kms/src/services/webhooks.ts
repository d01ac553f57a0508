/**
 * Webhooks to the owners of services, signed as Standard Webhooks says (standardwebhooks.com): each message is stored in
 * the transaction of what it reports, and sent from there at least once, with growing delays until it is accepted.
 */
import { Webhook } from "standardwebhooks";
import type { RandomBytes } from "../crypto/random.ts";
import type { Sealer } from "../crypto/sealing.ts";

export const WEBHOOK_TYPES = ["key.rotated", "key.leaked"] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

const SECRET_PREFIX = "whsec_";
/** The standard asks for 24 to 64. */
const SECRET_BYTES = 32;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
/** How long to wait after each attempt; after the last one the message is given up, some three days after the first. */
const WAIT_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  120 * SECOND_MS,
  600 * SECOND_MS,
  HOUR_MS,
  4 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
];
/** Up to so much is added to each wait, so that many messages do not come back at the same moment. */
const JITTER = 0.1;
const DELIVERIES_PER_RUN = 20;

/** A message to be stored. */
export interface Delivery {
  id: string;
  service: string;
  type: WebhookType;
  keyId: string;
  /** Sealed. */
  payload: string;
  createdAt: Date;
}

/** A message that is due, and where to. */
export interface DueDelivery extends Delivery {
  attempts: number;
  url: string;
  /** Sealed. */
  secret: string;
}

export interface WebhookStore {
  hasWebhook(service: string): Promise<boolean>;
  /** The oldest ones first. */
  listDue(at: Date, limit: number): Promise<DueDelivery[]>;
  /** Counts an attempt and says when the next one is due; false: another run attempts it. */
  claim(delivery: DueDelivery, nextAttemptAt: Date): Promise<boolean>;
  /** It has arrived. */
  remove(id: string): Promise<void>;
}

/** What follows when a message of a type arrives, or never will; it removes the message in the same transaction. */
export interface Outcome {
  delivered(delivery: Delivery): Promise<void>;
  undeliverable(delivery: Delivery): Promise<void>;
}

/** Sends a request and returns the status of the response; fails when there is none in time. */
export type Send = (url: string, init: { headers: Record<string, string>; body: string }) => Promise<number>;

export interface Webhooks {
  /** A message to the owner of a service, ready for storage; `undefined` when they have set no webhook. */
  prepare(
    service: string,
    type: WebhookType,
    keyId: string,
    data: Record<string, unknown>,
  ): Promise<Delivery | undefined>;
  /** Sends what is due. */
  deliver(): Promise<void>;
}

export interface WebhooksOptions {
  store: WebhookStore;
  sealer: Sealer;
  send: Send;
  outcomes: Partial<Record<WebhookType, Outcome>>;
  /** Called after each attempt: `delivered`, `failed`, or `given-up`. */
  onAttempt: (delivery: Delivery, result: "delivered" | "failed" | "given-up") => void;
  now: () => number;
  createId: () => string;
  /** From 0 up to 1. */
  random: () => number;
}

/** A new secret to sign messages with. */
export const createWebhookSecret = (randomBytes: RandomBytes): string =>
  SECRET_PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64");

/** What the secret of a service's webhook is sealed for. */
export const webhookSecretContext = (service: string): string => `services/${service}/webhook_secret`;

const payloadContext = (id: string): string => `webhook_deliveries/${id}/payload`;

/** When the next attempt is due after so many; `undefined`: there is none. */
const waitAfter = (attempts: number, random: number): number | undefined => {
  const waitMs = WAIT_MS[attempts - 1];
  return waitMs === undefined ? undefined : Math.round(waitMs * (1 + JITTER * random));
};

const isTaken = (status: number): boolean => status >= 200 && status < 300;

export const createWebhooks = (options: WebhooksOptions): Webhooks => {
  const { store, sealer, send, outcomes, onAttempt, now, createId, random } = options;

  const attempt = async (delivery: DueDelivery): Promise<boolean> => {
    const { id, service, url } = delivery;
    const [body, secret] = await Promise.all([
      sealer.open(payloadContext(id), delivery.payload),
      sealer.open(webhookSecretContext(service), delivery.secret),
    ]);
    if (body === undefined || secret === undefined)
      throw new Error("a webhook secret cannot be decrypted: its row was modified");
    const sentAt = new Date(now());
    const headers = {
      "content-type": "application/json",
      "user-agent": "Fountain-Webhooks/1",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / SECOND_MS)),
      "webhook-signature": new Webhook(secret).sign(id, sentAt, body),
    };
    return send(url, { headers, body }).then(isTaken, () => false);
  };

  const deliverOne = async (delivery: DueDelivery): Promise<void> => {
    const attempts = delivery.attempts + 1;
    const waitMs = waitAfter(attempts, random());
    // Claimed for longer than it may take, so that another run retries after a crash.
    if (!(await store.claim(delivery, new Date(now() + (waitMs ?? HOUR_MS))))) return;
    const outcome = outcomes[delivery.type];
    if (await attempt(delivery)) {
      await (outcome ? outcome.delivered(delivery) : store.remove(delivery.id));
      onAttempt(delivery, "delivered");
    } else if (waitMs === undefined) {
      await (outcome ? outcome.undeliverable(delivery) : store.remove(delivery.id));
      onAttempt(delivery, "given-up");
    } else onAttempt(delivery, "failed");
  };

  return {
    prepare: async (service, type, keyId, data) => {
      if (!(await store.hasWebhook(service))) return undefined;
      const id = `msg_${createId()}`;
      const createdAt = new Date(now());
      const body = JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
      return { id, service, type, keyId, payload: await sealer.seal(payloadContext(id), body), createdAt };
    },
    deliver: async () => {
      const due = await store.listDue(new Date(now()), DELIVERIES_PER_RUN);
      const results = await Promise.allSettled(due.map(deliverOne));
      const failed = results.find((result) => result.status === "rejected");
      if (failed) throw failed.reason;
    },
  };
};
