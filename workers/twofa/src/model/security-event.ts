/** What the security log tells of the second factor: who, what, and never a code or a secret. */

import type { SendingChannel } from "./challenge.ts";
import type { DeliveryFailure } from "./delivery.ts";

export type CheckedWith = "totp" | "sent-code" | "recovery-code" | "passkey" | "confirmation";

export type ChangeEvent =
  | { event: "factor.enrolled" | "factor.confirmed" | "factor.removed"; subject: string; factorId: string }
  | { event: "recovery-codes.replaced"; subject: string };

/** Codes, and announcements to a user. `error` is for the log. */
type MessageEvent = { subject: string; channel: SendingChannel } & (
  | { event: "challenge.sent"; factorId: string }
  | { event: "challenge.undelivered"; factorId: string; failure: DeliveryFailure | "too-many-sends"; error?: string }
  | { event: "announcement.sent" }
  | { event: "announcement.undelivered"; failure: DeliveryFailure | "too-many-sends"; error?: string }
);

/** `passkey.cloned`: its counter went back, and it is disabled. `error` is for the log. */
type PasskeyEvent =
  | { event: "passkey.cloned"; subject: string; factorId: string }
  | { event: "passkey.refused"; subject: string; factorId?: string | undefined; error: string };

export type SecurityEvent =
  | ChangeEvent
  | PasskeyEvent
  | {
      event: "verification.succeeded" | "verification.replayed" | "verification.refused";
      subject: string;
      with: CheckedWith;
    }
  | MessageEvent
  | { event: "verification.failed"; subject: string; with: CheckedWith; failures: number }
  | { event: "verification.locked"; subject: string; failures: number; lockSeconds: number };
