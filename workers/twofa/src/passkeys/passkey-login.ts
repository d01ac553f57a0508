/** Login by passkey alone: possession, with a PIN or biometrics, is two factors at once. */

import type { OpenedSession } from "#shared/contracts/kms.ts";
import type { LockedOut } from "#shared/contracts/twofa.ts";
import type { ChallengedOptions, PasskeyLogin } from "#shared/contracts/webauthn.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { attempt } from "../attempts/attempt.ts";
import { methodOf, namesUser, type Passkey } from "../model/passkey.ts";
import type { Ports } from "../model/ports.ts";
import { openPasskey, usePasskey } from "./passkey-use.ts";
import { requestOptions, verifyAssertion } from "./webauthn.ts";
import { CEREMONY_TTL_MS, challengeOf } from "./webauthn-challenge.ts";

const CHALLENGE_ID = /^(\d{13})\.[\w-]{36}$/;

/** When the challenge of this id expires; `undefined` if it is no id. */
const expiryOf = (challengeId: string): number | undefined => {
  const [, expiresAtMs] = CHALLENGE_ID.exec(challengeId) ?? [];
  return expiresAtMs === undefined ? undefined : Number(expiresAtMs);
};

/** Requests any passkey. Nothing is stored: the challenge is a keyed hash of its id, which says when it expires. */
export const challengeAnyPasskey = async (ports: Ports): Promise<ChallengedOptions> => {
  const expiresAtMs = ports.now() + CEREMONY_TTL_MS;
  const challengeId = `${expiresAtMs}.${ports.createId()}`;
  const challenge = await ports.vault.loginChallenge(challengeId);
  const options = requestOptions(ports.relyingParty, "required", challenge, []);
  return { ...options, challengeId, expiresAt: new Date(expiresAtMs).toISOString() };
};

export type LoggedIn = Result<OpenedSession, "refused" | LockedOut>;

/** A right response that is not consumed yet. */
interface Recognised {
  passkey: Passkey;
  use: () => Promise<boolean>;
}

type RecognitionFailure =
  | "expired-challenge"
  | "another-challenge"
  | "unknown-passkey"
  | { readonly kind: "another-user" | "wrong-signature" | "user-not-verified"; readonly userId: string };

const recognise = async (
  ports: Ports,
  { challengeId, response: assertion }: PasskeyLogin,
): Promise<Result<Recognised, RecognitionFailure>> => {
  const nowMs = ports.now();
  const expiresAtMs = expiryOf(challengeId);
  if (expiresAtMs === undefined || expiresAtMs <= nowMs) return failure("expired-challenge");
  const challenge = await ports.vault.loginChallenge(challengeId);
  if (challengeOf(assertion.response.clientDataJSON) !== challenge) return failure("another-challenge");
  const passkey = await openPasskey(ports, assertion.id);
  if (!passkey) return failure("unknown-passkey");
  const { userId, factorId } = passkey;
  if (!assertion.response.userHandle || !namesUser(assertion, userId)) return failure("another-user", { userId });
  const verified = await verifyAssertion(ports.relyingParty, passkey, assertion, challenge);
  if (!verified.ok) {
    ports.log("warn", "passkey.refused", { subject: userId, target: factorId, error: verified.error.reason });
    return failure("wrong-signature", { userId });
  }
  if (!verified.value.isUserVerified) return failure("user-not-verified", { userId });
  const use = async (): Promise<boolean> => {
    const spent = { id: challengeId, userId, factorId, challengeMac: challenge, nowMs, expiresAtMs };
    if (!(await ports.passkeys.spend(spent))) return false;
    const ceremony = { challengeId, challengedAtMs: expiresAtMs - CEREMONY_TTL_MS };
    return (await usePasskey(ports, passkey, verified.value, ceremony)).ok;
  };
  return success({ passkey, use });
};

/**
 * Opens a session for the owner of the passkey. Callers are counted by their address before anything is checked; the user's
 * own lockout counts only responses with a valid signature, so that no stranger can lock them.
 */
export const logInByPasskey = async (ports: Ports, login: PasskeyLogin): Promise<LoggedIn> => {
  const admission = await ports.passkeyLogins.admit();
  if (!admission.ok) return failure("locked", { retryAfterSeconds: admission.error.retryAfterSeconds });

  const refuse = async (reason: string, userId?: string): Promise<LoggedIn> => {
    await ports.passkeyLogins.refuse(reason, userId);
    return failure("refused");
  };
  const recognition = await recognise(ports, login);
  if (!recognition.ok) {
    const { error } = recognition;
    return refuse(error.kind, "userId" in error ? error.userId : undefined);
  }
  const { passkey, use } = recognition.value;
  const { userId } = passkey;
  const checked = await attempt(ports, { userId, method: "passkey" }, async () =>
    (await use()) ? success(undefined) : failure("used"),
  );
  if (!checked.ok) {
    if (checked.error.kind === "wrong-code") return refuse("replayed", userId);
    await ports.passkeyLogins.refuse("locked", userId);
    return failure("locked", { retryAfterSeconds: checked.error.retryAfterSeconds });
  }
  const session = await ports.passkeyLogins.open(userId, methodOf(passkey));
  return session ? success(session) : failure("refused");
};
