/** Logins without a password: twofa verifies passkeys, and here callers are counted and sessions opened. */
import type { Blocked, PasskeySession } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { PasswordGuard } from "../accounts/password-guard.ts";
import type { UserRepository } from "../accounts/user.ts";
import { usernameKey } from "../accounts/username.ts";
import type { Sessions, SessionTokens } from "./sessions.ts";

export type LoginRefusal = "unknown-user" | "locked" | "superseded";

export interface PasskeyLogins {
  /** Counts a login from this address as failed, before it is looked at. */
  admit(address: string | undefined): Promise<Result<undefined, Blocked>>;
  /** Opens a session for somebody whose passkey was verified, and takes back what `admit` counted. */
  open(session: PasskeySession, address: string | undefined): Promise<Result<SessionTokens, LoginRefusal>>;
}

export interface PasskeyLoginsOptions {
  guard: Pick<PasswordGuard, "passkey" | "login" | "admit" | "release" | "remember">;
  users: Pick<UserRepository, "findCredentialsById">;
  sessions: Pick<Sessions, "open">;
}

export const createPasskeyLogins = ({ guard, users, sessions }: PasskeyLoginsOptions): PasskeyLogins => ({
  admit: async (address) => {
    const { remaining, waitSeconds } = await guard.admit(guard.passkey(address));
    return remaining > 0 ? success(undefined) : failure("blocked", { retryAfterSeconds: waitSeconds });
  },
  open: async ({ userId, method }, address) => {
    const credentials = await users.findCredentialsById(userId);
    if (!credentials) return failure("unknown-user");
    if (credentials.user.lockedAt !== null) return failure("locked");
    // RFC 8176 §2: a key, somebody present at it and, as it recognised him, several factors.
    const opened = await sessions.open(credentials, {
      action: "login.passkey",
      acr: "aal2",
      amr: [method, "user", "mfa"],
    });
    if (!opened.ok) return opened;
    await guard.release(guard.passkey(address));
    await guard.remember(await guard.login(usernameKey(credentials.user.username), address), userId);
    return opened;
  },
});
