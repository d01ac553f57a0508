/** Login by passkey alone: possession, and its owner recognised by PIN or body, are two factors at once. */

import type { OpenedSession } from "#shared/contracts/kms.ts";
import type { ChallengedOptions, PasskeyLogin } from "#shared/contracts/webauthn.ts";
import { attempt } from "../attempts/attempt.ts";
import { methodOf, namesUser, type Passkey } from "../model/passkey.ts";
import type { Ports } from "../model/ports.ts";
import { openPasskey, usePasskey } from "./passkey-use.ts";
import { requestOptions, verifyAssertion } from "./webauthn.ts";
import { answeredChallenge, CEREMONY_TTL_MS } from "./webauthn-challenge.ts";

const CHALLENGE_ID = /^(\d{13})\.[\w-]{36}$/;

/** When the challenge of this id expires; `undefined` for what is no id. */
const expiryOf = (challengeId: string): number | undefined => {
  const [, expiresAtMs] = CHALLENGE_ID.exec(challengeId) ?? [];
  return expiresAtMs === undefined ? undefined : Number(expiresAtMs);
};

/** Asks for any passkey. Nothing is stored: the challenge is a keyed hash of its id, which says when it expires. */
export const challengeAnyPasskey = async (ports: Ports): Promise<ChallengedOptions> => {
  const expiresAtMs = ports.now() + CEREMONY_TTL_MS;
  const challengeId = `${expiresAtMs}.${ports.newId()}`;
  const challenge = await ports.vault.loginChallenge(challengeId);
  const options = requestOptions(ports.relyingParty, "required", challenge, []);
  return { ...options, challengeId, expiresAt: new Date(expiresAtMs).toISOString() };
};

export type LoggedIn =
  | { outcome: "logged-in"; session: OpenedSession }
  | { outcome: "refused" }
  | { outcome: "locked"; retryAfterSeconds: number };

/** An answer that is right, but has not been used up. */
interface Recognised {
  passkey: Passkey;
  use: () => Promise<boolean>;
}

type Recognition = { ok: true; value: Recognised } | { ok: false; error: string; userId?: string };

const recognise = async (ports: Ports, { challengeId, response: assertion }: PasskeyLogin): Promise<Recognition> => {
  const nowMs = ports.now();
  const expiresAtMs = expiryOf(challengeId);
  if (expiresAtMs === undefined || expiresAtMs <= nowMs) return { ok: false, error: "expired-challenge" };
  const challenge = await ports.vault.loginChallenge(challengeId);
  if (answeredChallenge(assertion.response.clientDataJSON) !== challenge)
    return { ok: false, error: "another-challenge" };
  const passkey = await openPasskey(ports, assertion.id);
  if (!passkey) return { ok: false, error: "unknown-passkey" };
  const { userId, factorId } = passkey;
  if (!assertion.response.userHandle || !namesUser(assertion, userId))
    return { ok: false, error: "another-user", userId };
  const verified = await verifyAssertion(ports.relyingParty, passkey, assertion, challenge);
  if (!verified.ok) {
    await ports.record({ event: "passkey.refused", subject: userId, factorId, error: verified.error });
    return { ok: false, error: "wrong-signature", userId };
  }
  if (!verified.value.isUserVerified) return { ok: false, error: "user-not-verified", userId };
  const use = async (): Promise<boolean> => {
    const spent = { id: challengeId, userId, factorId, challengeMac: challenge, nowMs, expiresAtMs };
    if (!(await ports.passkeys.spend(spent))) return false;
    const ceremony = { challengeId, challengedAtMs: expiresAtMs - CEREMONY_TTL_MS };
    return (await usePasskey(ports, passkey, verified.value, ceremony)) === "accepted";
  };
  return { ok: true, value: { passkey, use } };
};

/**
 * Opens a session for whoever's passkey has answered. Callers are counted by their address before anything is looked at;
 * the user's own lockout hears only of answers with a right signature, so that no stranger can lock him.
 */
export const logInByPasskey = async (ports: Ports, login: PasskeyLogin): Promise<LoggedIn> => {
  const admission = await ports.passkeyLogins.admit();
  if (!admission.admitted) return { outcome: "locked", retryAfterSeconds: admission.retryAfterSeconds };

  const refuse = async (reason: string, userId?: string): Promise<LoggedIn> => {
    await ports.passkeyLogins.refuse(reason, userId);
    return { outcome: "refused" };
  };
  const recognition = await recognise(ports, login);
  if (!recognition.ok) return refuse(recognition.error, recognition.userId);
  const { passkey, use } = recognition.value;
  const { userId } = passkey;
  const checked = await attempt(ports, { userId, with: "passkey" }, async () =>
    (await use()) ? { found: "right", value: undefined } : { found: "used" },
  );
  if (checked.outcome === "locked") {
    await ports.passkeyLogins.refuse("locked", userId);
    return checked;
  }
  if (checked.outcome !== "passed") return refuse("replayed", userId);
  const session = await ports.passkeyLogins.open(userId, methodOf(passkey));
  return session ? { outcome: "logged-in", session } : { outcome: "refused" };
};
