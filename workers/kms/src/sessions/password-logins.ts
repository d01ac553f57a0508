/** Logins with a username and a password. */
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import type { Accounts, PasswordLogin } from "../accounts/accounts.ts";
import type { Guarded } from "../accounts/password-guard.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { Sessions, SessionTokens } from "./sessions.ts";

export interface PasswordLogins {
  /** Opens a session. The reasons for a failure are for the log alone: callers must not distinguish them. */
  open(
    login: Omit<PasswordLogin, "address">,
    origin: RequestOrigin,
  ): Promise<Guarded<SessionTokens, "unknown-user" | "wrong-password" | "locked" | "superseded">>;
}

export interface PasswordLoginsOptions {
  accounts: Pick<Accounts, "authenticate">;
  sessions: Pick<Sessions, "begin" | "issue">;
  recorder: AuditRecorder;
}

export const createPasswordLogins = ({ accounts, sessions, recorder }: PasswordLoginsOptions): PasswordLogins => ({
  open: async (login, origin) => {
    const attempt = { ...login, address: origin.address };
    const { userId, ...begun } = await accounts.authenticate(attempt, (credentials, admission) =>
      sessions.begin(credentials, { action: "login", acr: "aal1", amr: ["pwd"], admission, origin }),
    );
    if (begun.ok) return { ...begun, value: await sessions.issue(begun.value) };
    // Whose account it was, and not what was typed: that may have been a password.
    const { kind: reason } = begun.error;
    await recorder.record({ action: "login", outcome: "failure", reason, target: userId, concerns: userId });
    return begun;
  },
});
