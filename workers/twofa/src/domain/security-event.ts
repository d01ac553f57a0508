/** What the security log tells of the second factor: who, what, and never a code or a secret. */

export type CheckedWith = "totp" | "recovery-code" | "confirmation";

export type ChangeEvent =
  | { event: "factor.enrolled" | "factor.confirmed" | "factor.removed"; subject: string; factorId: string }
  | { event: "recovery-codes.replaced"; subject: string };

export type SecurityEvent =
  | ChangeEvent
  | {
      event: "verification.succeeded" | "verification.replayed" | "verification.refused";
      subject: string;
      with: CheckedWith;
    }
  | { event: "verification.failed"; subject: string; with: CheckedWith; failures: number }
  | { event: "verification.locked"; subject: string; failures: number; lockSeconds: number };
