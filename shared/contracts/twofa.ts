/** What the other workers may call at twofa, over its private entrypoint `Rpc`. */

import type { Result } from "../lang/result.ts";
import type { Factorless, IssuedToken, OpenedSession, SessionToken } from "./kms.ts";
import type { HeldFactors } from "./personal-data.ts";
import type { Purpose } from "./purpose.ts";
import type { ChallengedOptions, PasskeyLogin } from "./webauthn.ts";

/** The longest text that is read as a code, gaps included. */
export const MAX_TYPED_CODE_LENGTH = 64;

export interface OneTimeCode extends SessionToken {
  subject: string;
  /** As it was typed: at most `MAX_TYPED_CODE_LENGTH` characters. */
  code: string;
  /** The request that carries the code. */
  purpose: Purpose;
}

/** Too many codes were wrong, or used: none is taken for so many seconds. */
export interface LockedOut {
  readonly kind: "locked";
  readonly retryAfterSeconds: number;
}

export interface TwofaRpc {
  /** The user's second factors, without their secrets. */
  factorsOf(userId: string): Promise<Result<HeldFactors>>;
  /** Whether the user has a second factor that they could pass. */
  hasFactor(userId: string): Promise<Result<boolean>>;
  /** A token for one request that says that its user has no second factor. */
  confirmFactorless(
    input: Factorless & { subject: string },
  ): Promise<Result<IssuedToken, "has-factor" | "session-ended">>;
  /** What a browser is to ask of any passkey that it has, to log in with. */
  passkeyOptions(): Promise<Result<ChallengedOptions>>;
  /** Has the kms open a session for the user whose passkey is verified. */
  logInByPasskey(login: PasskeyLogin): Promise<Result<OpenedSession, "refused" | LockedOut>>;
  /** Removes the factors that are to go with an account's recovery. */
  removeFactors(): Promise<Result<true>>;
  /** Begins to deliver the mails that wait at the kms, and returns at once. */
  deliverMails(): Promise<Result<true>>;
  /** Consumes a code sent along with one request, and gives a token with `acr` = `aal2` for that request only. */
  elevateOnce(
    input: OneTimeCode,
  ): Promise<Result<IssuedToken, "wrong-code" | "no-factor" | "session-ended" | LockedOut>>;
}
