/** Logins without a password: twofa verifies passkeys, and here callers are counted and sessions opened. */
import type { Blocked } from "#shared/contracts/blocked.ts";
import type { PasskeySession } from "#shared/contracts/kms.ts";
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { PasswordGuard } from "../accounts/password-guard.ts";
import type { UserStore } from "../accounts/user.ts";
import { usernameKey } from "../accounts/username.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { Sessions, SessionTokens } from "./sessions.ts";

export type LoginRefusal = "unknown-user" | "locked" | "superseded" | "not-offered";

export interface PasskeyLogins {
  /** Counts a login from this address as failed, before it is looked at. */
  admit(address: string | undefined): Promise<Result<undefined, Blocked>>;
  /** Opens a session for a user whose passkey was verified, and takes back what `admit` counted. */
  open(session: PasskeySession, origin: RequestOrigin): Promise<Result<SessionTokens, LoginRefusal>>;
  /** Records that twofa refused a passkey: why, and whose it was if that is known. */
  refuse(reason: string, userId: string | undefined): Promise<void>;
}

export interface PasskeyLoginsOptions {
  guard: Pick<PasswordGuard, "passkey" | "passkeyAdmission" | "admit">;
  users: Pick<UserStore, "findCredentialsById">;
  sessions: Pick<Sessions, "begin" | "issue">;
  recorder: AuditRecorder;
  /** Whether this installation lets people log in by a passkey. */
  isOffered: boolean;
}

export const createPasskeyLogins = (options: PasskeyLoginsOptions): PasskeyLogins => {
  const { guard, users, sessions, recorder, isOffered } = options;

  const refuse = (reason: string, userId?: string): Promise<void> =>
    recorder.record({ action: "login.passkey", outcome: "failure", reason, target: userId, concerns: userId });

  const open: PasskeyLogins["open"] = async ({ userId, method }, origin) => {
    if (!isOffered) return failure("not-offered");
    const credentials = await users.findCredentialsById(userId);
    if (!credentials) return failure("unknown-user");
    if (credentials.user.lockedAt !== null) return failure("locked");
    // RFC 8176 §2: a key, a user present at it and, since it verified them, several factors.
    const opened = await sessions.begin(credentials, {
      action: "login.passkey",
      acr: "aal2",
      amr: [method, "user", "mfa"],
      admission: guard.passkeyAdmission(usernameKey(credentials.user.username), origin.address),
      origin,
    });
    return opened.ok ? success(await sessions.issue(opened.value)) : opened;
  };

  return {
    admit: async (address) => {
      const { remaining, waitSeconds } = await guard.admit(guard.passkey(address));
      if (remaining > 0) return success(undefined);
      await refuse("blocked");
      return failure("blocked", { retryAfterSeconds: waitSeconds });
    },
    open: async (session, origin) => {
      const opened = await open(session, origin);
      if (!opened.ok) await refuse(opened.error.kind, session.userId);
      return opened;
    },
    refuse,
  };
};
