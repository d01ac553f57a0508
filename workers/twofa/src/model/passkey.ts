/** Credentials of authenticators: passkeys and hardware keys (WebAuthn Level 3). */

import type { Assertion } from "#shared/contracts/webauthn.ts";
import type { Result } from "#shared/lang/result.ts";

/** For whom credentials are made: the domain that they are bound to, and the origins whose pages may ask for them. */
export interface RelyingParty {
  id: string;
  name: string;
  origins: readonly string[];
}

/** A credential as its registration describes it. */
export interface NewPasskey {
  credentialId: string;
  /** COSE key: base64url as registered, sealed for its factor as stored. */
  publicKey: string;
  counter: number;
  transports: readonly string[];
  aaguid: string;
  /** Whether it may be copied to other devices of its owner, and whether it has been. */
  isBackupEligible: boolean;
  isBackedUp: boolean;
}

/** The credential of an active factor. */
export interface Passkey extends NewPasskey {
  factorId: string;
  userId: string;
  disabledAtMs: number | null;
}

/** An assertion whose signature is right. */
export interface VerifiedAssertion {
  counter: number;
  isBackedUp: boolean;
  /** Whether the authenticator recognised its owner, by PIN or by body, and did not only feel a touch. */
  isUserVerified: boolean;
}

/** The challenge that an assertion responds to. */
export interface CompletedCeremony {
  challengeId: string;
  /** When it was issued. */
  challengedAtMs: number;
}

export interface PasskeyUse extends CompletedCeremony {
  factorId: string;
  userId: string;
  counter: number;
  isBackedUp: boolean;
  nowMs: number;
}

/**
 * `out-of-order`: a later response arrived first, nothing is wrong. `cloned`: the counter has not increased since the
 * challenge was issued, and the passkey is now disabled. `disabled`: it was disabled before.
 */
export type PasskeyUsed = Result<undefined, "out-of-order" | "cloned" | "disabled">;

/** A challenge of a login, which is stored only when the response arrives. */
export interface SpentChallenge {
  id: string;
  userId: string;
  factorId: string;
  challengeMac: string;
  nowMs: number;
  expiresAtMs: number;
}

export interface PasskeyStore {
  /** The active factor with this credential, of any user. */
  find(credentialId: string): Promise<Passkey | undefined>;
  /** The credentials of the user's active factors, disabled ones too. */
  ofUser(userId: string): Promise<Passkey[]>;
  /** Stores the counter of an assertion if it is beyond the last one; concurrent uses are serialised. */
  use(use: PasskeyUse): Promise<PasskeyUsed>;
  /** Consumes the challenge of a login; false if it was consumed before. */
  spend(challenge: SpentChallenge): Promise<boolean>;
}

/**
 * How possession was shown, in the words of RFC 8176 §2. A key that may be copied between devices is not secured by one
 * piece of hardware; the authenticator is trusted about it, as no attestation is requested.
 */
export type PasskeyMethod = "hwk" | "swk";

export const methodOf = ({ isBackupEligible }: Pick<NewPasskey, "isBackupEligible">): PasskeyMethod =>
  isBackupEligible ? "swk" : "hwk";

/** What an authenticator stores to identify the user at a login without a user name (WebAuthn §5.4.3). */
export const userHandleOf = (userId: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(userId));

/** Whether the response names this user, or none. */
export const namesUser = ({ response }: Assertion, userId: string): boolean =>
  !response.userHandle || response.userHandle === Buffer.from(userHandleOf(userId)).toString("base64url");
