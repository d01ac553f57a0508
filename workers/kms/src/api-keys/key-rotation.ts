/**
 * Rotation on schedule. A key that is older than its service allows gets a successor, which is sent to its owner in a
 * one-time wrapping token. The grace period of the old key begins only when that has arrived: an owner who cannot be reached
 * loses nothing.
 */
import { serviceSubject } from "#shared/contracts/principal.ts";
import { type AuditEntry, type AuditEvent, type AuditRecorder, BY_KMS } from "../audit/audit-entry.ts";
import type { Delivery, Outcome, Webhooks } from "../services/webhooks.ts";
import { MAX_WRAPPING_TTL_SECONDS, type Wrapping } from "../vault/wrapping.ts";
import type { ApiKey, StoredApiKey } from "./api-key.ts";
import { type ApiKeysOptions, generateApiKey, MAX_GRACE_SECONDS, successorOf } from "./api-keys.ts";

/** How long the old key stays valid after its owner has received the new one. */
const SCHEDULED_GRACE_SECONDS = MAX_GRACE_SECONDS;
const ROTATIONS_PER_RUN = 20;
const REMINDERS_PER_RUN = 200;

/** A key that is due, and its earlier successor, if that was withdrawn. */
export interface DueKey {
  apiKey: ApiKey;
  successorId: string | null;
}

export interface ScheduledRotation {
  due: DueKey;
  successor: StoredApiKey;
  delivery: Delivery;
}

export interface KeyRotationStore {
  /** Keys older than their service allows, without a successor, of services with a webhook. */
  listDue(at: Date, limit: number): Promise<DueKey[]>;
  /** Services with such keys and without a webhook. */
  listBlocked(at: Date, limit: number): Promise<string[]>;
  /** Stores the successor and the message; false: the key has ended, or was rotated otherwise. */
  schedule(rotation: ScheduledRotation, entry: AuditEntry): Promise<boolean>;
  /** The message has arrived: the key that is replaced ends at that instant. false: it ends earlier, or by itself. */
  endReplaced(delivery: Delivery, graceEndsAt: Date, entry: AuditEntry): Promise<boolean>;
  /** The message never will: revokes the successor, which no one has seen; false: it was revoked already. */
  withdraw(delivery: Delivery, at: Date, entry: AuditEntry): Promise<boolean>;
}

export interface KeyRotation {
  /** Rotates what is due; harmless when run twice at once. */
  run(): Promise<void>;
  /** Records which services have keys that are due and cannot be rotated. */
  remind(): Promise<void>;
  /** What follows when the message has been delivered, or cannot be. */
  outcome: Outcome;
}

export interface KeyRotationOptions extends Pick<ApiKeysOptions, "macKey" | "randomBytes" | "now"> {
  store: KeyRotationStore;
  wrapping: Pick<Wrapping, "wrap">;
  /** A thunk, because the webhooks in turn need the outcome. */
  webhooks: () => Pick<Webhooks, "prepare">;
  recorder: AuditRecorder;
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
}

export const createKeyRotation = (options: KeyRotationOptions): KeyRotation => {
  const { store, wrapping, webhooks, recorder, publicUrl, now } = options;

  const eventOf = (target: string, reason: string): AuditEvent => ({
    action: "key.rotate",
    outcome: "success",
    target,
    reason,
    ...BY_KMS,
  });

  const rotate = async (due: DueKey): Promise<void> => {
    const { id: replaces, service } = due.apiKey;
    const { apiKey, key, hash } = generateApiKey(options, successorOf(due.apiKey, now()));
    const wrapped = await wrapping.wrap(key, MAX_WRAPPING_TTL_SECONDS, undefined);
    const delivery = await webhooks().prepare(service, "key.rotated", apiKey.id, {
      keyId: apiKey.id,
      service,
      name: apiKey.name,
      replaces,
      expiresAt: apiKey.expiresAt?.toISOString() ?? null,
      graceSeconds: SCHEDULED_GRACE_SECONDS,
      unwrap: {
        url: `${publicUrl}/kms/secrets/unwrap`,
        token: wrapped.token,
        expiresAt: wrapped.expiresAt.toISOString(),
      },
    });
    if (!delivery) return;
    await recorder.change(eventOf(apiKey.id, "scheduled"), (entry) =>
      store.schedule({ due, successor: { apiKey, hash }, delivery }, entry),
    );
  };

  return {
    run: async () => {
      for (const due of await store.listDue(new Date(now()), ROTATIONS_PER_RUN)) await rotate(due);
    },
    remind: async () => {
      for (const service of await store.listBlocked(new Date(now()), REMINDERS_PER_RUN)) {
        await recorder.record({ ...eventOf(serviceSubject(service), "no-webhook"), outcome: "failure" });
      }
    },
    outcome: {
      delivered: async (delivery) => {
        const graceEndsAt = new Date(now() + SCHEDULED_GRACE_SECONDS * 1000);
        await recorder.change(eventOf(delivery.keyId, "delivered"), (entry) =>
          store.endReplaced(delivery, graceEndsAt, entry),
        );
      },
      undeliverable: async (delivery) => {
        const event = { ...eventOf(delivery.keyId, "undeliverable"), outcome: "failure" } as const;
        await recorder.change(event, (entry) => store.withdraw(delivery, new Date(now()), entry));
      },
    },
  };
};
