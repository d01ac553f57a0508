/** What the security log tells: who did or tried what, and how it ended. Never a password, a key, a token or a code. */

export type SecurityAction =
  | "user.create"
  | "login"
  | "token.refresh"
  | "token.client-credentials"
  | "token.elevate"
  | "key.exchange"
  | "key.create"
  | "key.rotate"
  | "key.revoke"
  | "key.verify"
  | "service.create"
  | "service.delete"
  | "session.end";

export interface SecurityEvent {
  action: SecurityAction;
  outcome: "success" | "failure";
  /** Why it failed: a code, for the log alone. */
  reason?: string | undefined;
  /** Who did it: a user's id or a service's name. */
  subject?: string | undefined;
  /** What it was done to: the id of a user, a session or a key, or the name of a service. */
  target?: string | undefined;
}

export type RecordEvent = (event: SecurityEvent) => void;
