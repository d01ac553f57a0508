/** Time-based one-time passwords (RFC 6238) as every authenticator app supports them: SHA-1, 6 digits, 30 seconds. */
import { generateURI, ScureBase32Plugin, verifySync } from "otplib";
import { normalizeTypedCode } from "../model/typed-code.ts";

/** RFC 6238 §5.2 recommends 30 seconds. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226 §4 R6 recommends 160 bits. */
const SECRET_BYTES = 20;
/** RFC 6238 §5.2: one step before and one after, for clock drift and typing time. */
const WINDOW_STEPS = 1;

const CODE = /^\d{6}$/;

const base32 = new ScureBase32Plugin();

/** A code as typed or pasted; `undefined` when it cannot be one. */
export const parseTotpCode = (typed: string): string | undefined => {
  const code = normalizeTypedCode(typed);
  return CODE.test(code) ? code : undefined;
};

/** A new shared secret, in Base32, as authenticator apps expect it. */
export const createTotpSecret = (randomBytes: (count: number) => Uint8Array): string =>
  base32.encode(randomBytes(SECRET_BYTES));

/** The `otpauth://` URI that a QR code carries to the authenticator app, which shows both names. */
export const totpUri = (secret: string, issuer: string, accountName: string): string =>
  generateURI({ issuer, label: accountName, secret, digits: DIGITS, period: PERIOD_SECONDS });

/**
 * The time step whose code this is, within the window around `nowMs`, or `undefined`. Whether the step may still be
 * used is not decided here: only the store sees all concurrent uses.
 */
export const matchingTimeStep = (secret: string, code: string, nowMs: number): number | undefined => {
  if (!CODE.test(code)) return undefined;
  const result = verifySync({
    secret,
    token: code,
    digits: DIGITS,
    period: PERIOD_SECONDS,
    epoch: Math.floor(nowMs / 1000),
    epochTolerance: WINDOW_STEPS * PERIOD_SECONDS,
  });
  return result.valid && "timeStep" in result ? result.timeStep : undefined;
};
