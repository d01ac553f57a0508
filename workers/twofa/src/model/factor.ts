/** What a user proves a second factor with. */
import type { Passkey } from "./passkey.ts";

/** An unconfirmed enrolment expires after an hour. */
export const PENDING_TTL_MS = 60 * 60_000;
/** A new enrolment drops the oldest unconfirmed ones beyond these. */
export const MAX_PENDING_FACTORS = 5;
/** Every confirmed factor is tried at each verification, so their number is bounded. */
export const MAX_CONFIRMED_FACTORS = 10;

export const FACTOR_TYPES = ["totp", "email", "sms", "webauthn"] as const;
export type FactorType = (typeof FACTOR_TYPES)[number];

/** A factor as its owner may see it. Instants in milliseconds since the epoch. */
export interface Factor {
  id: string;
  type: FactorType;
  name: string;
  sealedSecret: string;
  createdAtMs: number;
  confirmedAtMs: number | null;
  lastUsedAtMs: number | null;
}

/** A factor in its owner's list. */
export interface ListedFactor extends Factor {
  /** Of a factor of type `webauthn` that is confirmed. */
  passkey: Pick<Passkey, "transports" | "isBackupEligible" | "isBackedUp" | "disabledAtMs"> | null;
}

/** A factor with its seed, address or phone number, which only the kms can open. */
export interface SealedFactor {
  id: string;
  type: FactorType;
  name: string;
  sealedSecret: string;
  confirmedAtMs: number | null;
}

/** A newly enrolled factor; not active before it is confirmed. */
export interface NewFactor {
  id: string;
  userId: string;
  type: FactorType;
  name: string;
  sealedSecret: string;
  /** What its address or phone number is recognised by; null: it has none. */
  destinationMac: string | null;
  createdAtMs: number;
}

/** The sort key of a factor in its owner's list. */
export const factorKey = (factor: Pick<Factor, "createdAtMs" | "id">): string =>
  `${String(factor.createdAtMs).padStart(15, "0")}:${factor.id}`;
