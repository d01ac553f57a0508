/** Logins with a username and a password. */
import type { Accounts } from "../accounts/accounts.ts";
import type { Guarded } from "../accounts/password-guard.ts";
import type { UserStore } from "../accounts/user.ts";
import { usernameKey } from "../accounts/username.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { Sessions, SessionTokens } from "./sessions.ts";

export interface PasswordLogins {
  /** Opens a session. The reasons for a failure are for the log alone: callers must not distinguish them. */
  open(
    username: string,
    password: string,
    address: string | undefined,
  ): Promise<Guarded<SessionTokens, "unknown-user" | "wrong-password" | "locked" | "superseded">>;
}

export interface PasswordLoginsOptions {
  accounts: Pick<Accounts, "authenticate">;
  users: Pick<UserStore, "findCredentials">;
  sessions: Pick<Sessions, "open">;
  recorder: AuditRecorder;
}

export const createPasswordLogins = (options: PasswordLoginsOptions): PasswordLogins => {
  const { accounts, users, sessions, recorder } = options;
  return {
    open: async (username, password, address) => {
      const authenticated = await accounts.authenticate(username, password, address);
      const { allowance, isOverLimit } = authenticated;
      const opened = authenticated.ok ? await sessions.open(authenticated.value) : authenticated;
      if (opened.ok) return { ...opened, allowance, isOverLimit };
      // Whose account it was, and not what was typed: that may have been a password.
      const target = (await users.findCredentials(usernameKey(username)))?.user.id;
      const { kind: reason } = opened.error;
      await recorder.record({ action: "login", outcome: "failure", reason, target, concerns: target });
      return { ...opened, allowance, isOverLimit };
    },
  };
};
