/** What the rules of the second factor depend on: storage, the kms, time, randomness and the recorder. */
import type { Blocked } from "#shared/contracts/blocked.ts";
import type { Elevation, Factorless, IssuedToken, OpenedSession } from "#shared/contracts/kms.ts";
import type { FactorNotice } from "#shared/contracts/mails.ts";
import type { FactorReset } from "#shared/contracts/people.ts";
import type { Result } from "#shared/lang/result.ts";
import type { Log } from "#shared/observability/log.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { ChallengeStore } from "./challenge.ts";
import type { Messengers, SendStore } from "./delivery.ts";
import type { FactorType, ListedFactor, NewFactor, SealedFactor } from "./factor.ts";
import type { Locked, ReservedAttempt } from "./lockout.ts";
import type { Wording } from "./message.ts";
import type { NewPasskey, PasskeyMethod, PasskeyStore, RelyingParty } from "./passkey.ts";

export interface FactorUse {
  userId: string;
  factorId: string;
  nowMs: number;
}

/** A time step of a factor, about to be used up. */
export interface TimeStepUse extends FactorUse {
  timeStep: number;
}

/** A credential, with the name to give its factor in place of the one that it was enrolled with. */
export interface NamedPasskey extends NewPasskey {
  name: string | null;
}

export interface Confirmation extends FactorUse {
  /** The time step to use up; null: the factor knows none. */
  timeStep: number | null;
  /** Refused when the user has a confirmed factor by now. */
  asFirst: boolean;
  /** Stored with the confirmation. */
  recoveryCodeMacs: readonly string[];
  /** The credential of a factor of type `webauthn`. */
  passkey?: NamedPasskey | undefined;
}

export interface FactorStore {
  /** The user's factors, oldest first, or the one with this id; `after` is the sort key of the last one known. */
  list(query: {
    userId: string;
    nowMs: number;
    limit: number;
    after?: string | undefined;
    factorId?: string;
  }): Promise<ListedFactor[]>;
  hasConfirmed(userId: string): Promise<boolean>;
  /** The user's active factors of this type, oldest first. */
  confirmed(userId: string, type: FactorType): Promise<SealedFactor[]>;
  /** One factor of this user, unless its enrolment has expired. */
  find(userId: string, factorId: string, nowMs: number): Promise<SealedFactor | undefined>;
  /** Adds an unconfirmed factor and drops the user's oldest surplus ones; false when the user has too many confirmed. */
  enrol(factor: NewFactor): Promise<boolean>;
  /**
   * Uses up the time step, or stores the passkey, and makes the factor active, or does nothing: all or nothing, once. A
   * credential belongs to one factor only.
   */
  confirm(confirmation: Confirmation): Promise<boolean>;
  /** Uses up the time step; false when it, or a later one, was used before. */
  consumeTimeStep(use: TimeStepUse): Promise<boolean>;
  /** Whether the user has a factor with this address or phone number. */
  hasDestination(userId: string, destinationMac: string): Promise<boolean>;
  /** Notes that the factor was used. */
  touch(use: FactorUse): Promise<void>;
  /** Removes a factor of this user, and with the last confirmed one the recovery codes; false when there is none. */
  remove(userId: string, factorId: string): Promise<boolean>;
  /** Whether the user has anything that {@link removeAll} removes. */
  hasAny(userId: string): Promise<boolean>;
  /** Removes the user's factors, confirmed or not, with their passkeys, challenges and recovery codes. */
  removeAll(userId: string): Promise<void>;
  /** Forgets every enrolment that expired unconfirmed. */
  purgeExpired(nowMs: number): Promise<void>;
}

export interface RecoveryCodeStore {
  has(userId: string, mac: string): Promise<boolean>;
  /** Uses up a code; false when the user has no such code. */
  consume(userId: string, mac: string): Promise<boolean>;
  /** Replaces all codes; false if the user has no confirmed factor, and then none are left. */
  replace(userId: string, macs: readonly string[]): Promise<boolean>;
}

export interface AttemptStore {
  /** Counts an attempt as failed before anything is checked, unless the user is locked. */
  reserve(userId: string, nowMs: number): Promise<Result<ReservedAttempt, Locked>>;
  /** Undoes one reservation: the attempt was no guess. */
  release(userId: string): Promise<void>;
  /** Forgets the user's failures. */
  reset(userId: string): Promise<void>;
}

/** The kms as twofa uses it; each method throws `Unavailable` if the kms does not respond. */
export interface Vault {
  /** The name the user logs in with, for their authenticator app to show; the id of a deleted user. */
  usernameOf(userId: string): Promise<string>;
  sealSecret(userId: string, factorId: string, secret: string): Promise<string>;
  openSecret(userId: string, factorId: string, sealedSecret: string): Promise<string>;
  /** The keyed hash an address or phone number is recognised by. */
  macDestination(destination: string): Promise<string>;
  /** The keyed hash that messages to its mailbox, or to the phone number, are counted by. */
  macMailbox(destination: string): Promise<string>;
  /** The keyed hash that the code of a challenge is stored and checked by. */
  macCode(challengeId: string, code: string): Promise<string>;
  /** The keyed hash a recovery code is stored and found by. */
  macRecoveryCode(userId: string, code: string): Promise<string>;
  /** The challenge of a login by passkey. */
  loginChallenge(challengeId: string): Promise<string>;
  /** Raises the session, or one request of it; `undefined` when the session has ended. */
  elevate(elevation: Elevation): Promise<IssuedToken | undefined>;
  /** A token for one request that says that the user has no second factor; `undefined` when the session has ended. */
  attestFactorless(factorless: Factorless): Promise<IssuedToken | undefined>;
}

/** Logins by passkey at the kms; each method throws `Unavailable` if the kms does not respond. */
export interface PasskeyLogins {
  /** Counts a login against the caller's address before it is checked. */
  admit(): Promise<Result<undefined, Blocked>>;
  /** Reports a failed login; `reason` is a code. */
  refuse(reason: string, userId?: string): Promise<void>;
  /** `undefined`: the user is locked or deleted. */
  open(userId: string, method: PasskeyMethod): Promise<OpenedSession | undefined>;
}

/** Users as the kms administers them; each method throws `Unavailable` if the kms does not respond. */
export interface Administration {
  /** Whether the actor may administer the user. */
  mayReset(reset: FactorReset): Promise<Result<undefined, "unknown" | "not-held">>;
  /** Ends the user's sessions, records that their factors are removed, and notifies them by mail. */
  announceReset(reset: FactorReset): Promise<Result<undefined, "unknown" | "not-held">>;
  endSessions(userId: string, actor: string): Promise<void>;
  /** Stores a notice to the user's verified address and these, and has it delivered. */
  notify(userId: string, notice: FactorNotice, addresses: string[]): Promise<void>;
}

export interface Ports {
  factors: FactorStore;
  recoveryCodes: RecoveryCodeStore;
  attempts: AttemptStore;
  challenges: ChallengeStore;
  sends: SendStore;
  messengers: Messengers;
  wording: Wording;
  /** What the installation calls itself. */
  installation: string;
  passkeys: PasskeyStore;
  relyingParty: RelyingParty;
  passkeyLogins: PasskeyLogins;
  administration: Administration;
  /** How long a code that was sent is valid. */
  codeTtlMs: number;
  vault: Vault;
  /** Milliseconds since the epoch. */
  now: () => number;
  randomBytes: (count: number) => Uint8Array;
  createId: () => string;
  /** Reports to the kms's audit trail. A change that cannot be recorded there is not made: it throws `Unavailable`. */
  recorder: ReportingRecorder;
  /** For what helps an operator and is no security event. */
  log: Log;
}
