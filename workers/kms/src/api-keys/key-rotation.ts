/**
 * Rotation by schedule. A key that has grown older than its service allows gets a successor, which its owner is sent in a
 * one-time wrapping token. Only when that has arrived does the old key's grace begin: whoever cannot be told loses nothing.
 */
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { AuditEntry, AuditEvent } from "../audit/audit-entry.ts";
import type { Delivery, Outcome, Webhooks } from "../services/webhooks.ts";
import { MAX_WRAPPING_TTL_SECONDS, type Wrapping } from "../vault/wrapping.ts";
import type { ApiKey, StoredApiKey } from "./api-key.ts";
import { type ApiKeysOptions, forgeApiKey, MAX_GRACE_SECONDS, successorOf } from "./api-keys.ts";

/** How long the old key works after its owner has taken the new one. */
const SCHEDULED_GRACE_SECONDS = MAX_GRACE_SECONDS;
const ROTATIONS_PER_RUN = 20;
const REMINDERS_PER_RUN = 200;

/** A key that is due, and the successor it was given before, if that came to nothing. */
export interface DueKey {
  apiKey: ApiKey;
  successorId: string | null;
}

export interface ScheduledRotation {
  due: DueKey;
  successor: StoredApiKey;
  delivery: Delivery;
}

export interface KeyRotationRepository {
  /** Keys older than their service allows, without a successor, of services whose owners can be told. */
  listDue(at: Date, limit: number): Promise<DueKey[]>;
  /** Services with such keys whose owners cannot be told, because there is no webhook. */
  listBlocked(at: Date, limit: number): Promise<string[]>;
  /** Stores the successor and the message; false: the key has ended, or somebody else has rotated it. */
  schedule(rotation: ScheduledRotation, entry: AuditEntry): Promise<boolean>;
  /** The message has arrived: the key that is replaced ends at that instant. */
  endReplaced(delivery: Delivery, graceEndsAt: Date, entry: AuditEntry): Promise<void>;
  /** The message never will: revokes the successor, which nobody has seen. */
  withdraw(delivery: Delivery, at: Date, entry: AuditEntry): Promise<void>;
}

export interface KeyRotation {
  /** Rotates what is due; harmless when run twice at once. */
  run(): Promise<void>;
  /** Records which services have keys that are due and cannot be rotated. */
  remind(): Promise<void>;
  /** What follows when the owner has been told, or cannot be. */
  outcome: Outcome;
}

export interface KeyRotationOptions extends Pick<ApiKeysOptions, "macKey" | "randomBytes" | "now"> {
  repository: KeyRotationRepository;
  wrapping: Pick<Wrapping, "wrap">;
  /** Asked for late, because the webhooks in turn ask for the outcome. */
  webhooks: () => Pick<Webhooks, "prepare">;
  audit: Pick<AuditTrail, "prepare" | "write">;
  tell: (event: AuditEvent) => void;
  /** Where callers reach this installation, without a slash at the end. */
  publicUrl: string;
}

export const createKeyRotation = (options: KeyRotationOptions): KeyRotation => {
  const { repository, wrapping, webhooks, audit, tell, publicUrl, now } = options;

  const eventOf = (target: string, reason: string): AuditEvent => ({
    action: "key.rotate",
    outcome: "success",
    target,
    reason,
  });

  const rotate = async (due: DueKey): Promise<void> => {
    const { id: replaces, service } = due.apiKey;
    const { apiKey, key, hash } = forgeApiKey(options, successorOf(due.apiKey, now()));
    const wrapped = await wrapping.wrap(key, MAX_WRAPPING_TTL_SECONDS, (target) =>
      audit.prepare({ action: "secret.wrap", outcome: "success", target }),
    );
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
    const event = eventOf(apiKey.id, "scheduled");
    const isScheduled = await repository.schedule(
      { due, successor: { apiKey, hash }, delivery },
      await audit.prepare(event),
    );
    if (isScheduled) tell(event);
  };

  return {
    run: async () => {
      for (const due of await repository.listDue(new Date(now()), ROTATIONS_PER_RUN)) await rotate(due);
    },
    remind: async () => {
      for (const service of await repository.listBlocked(new Date(now()), REMINDERS_PER_RUN)) {
        const target = serviceSubject(service);
        await audit.write({ action: "key.rotate", outcome: "failure", reason: "no-webhook", target });
      }
    },
    outcome: {
      delivered: async (delivery) => {
        const event = eventOf(delivery.keyId, "delivered");
        const graceEndsAt = new Date(now() + SCHEDULED_GRACE_SECONDS * 1000);
        await repository.endReplaced(delivery, graceEndsAt, await audit.prepare(event));
        tell(event);
      },
      undeliverable: async (delivery) => {
        const event = { ...eventOf(delivery.keyId, "undeliverable"), outcome: "failure" } as const;
        await repository.withdraw(delivery, new Date(now()), await audit.prepare(event));
        tell(event);
      },
    },
  };
};
