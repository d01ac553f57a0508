/** The vocabulary of security events: of audit entries, log lines and metrics alike, in every worker. */
import { z } from "zod";
import { unicodeText } from "./input.ts";

/** What happens in the kms. */
export const KMS_ACTIONS = [
  "user.create",
  "user.change",
  "user.roles",
  "user.lock",
  "user.unlock",
  "user.password",
  "user.erase",
  "user.log-out",
  "user.reset-factors",
  "user.recover",
  "email.request",
  "email.verify",
  "consent.give",
  "consent.withdraw",
  "password.forgot",
  "reset-link.create",
  "recovery-link.create",
  "first-login-link.create",
  "invitation.create",
  "invitation.revoke",
  "sign-up.request",
  "personal-data.export",
  "role.change",
  "role.delete",
  "login",
  "login.passkey",
  "token.refresh",
  "token.client-credentials",
  "token.exchange",
  "token.introspect",
  "token.revoke",
  "token.elevate",
  "session.end",
  "key.exchange",
  "key.create",
  "key.rotate",
  "key.revoke",
  "key.verify",
  "key.disable",
  "key.enable",
  "key.confine",
  "key.leaked",
  "search-key.issue",
  "secret.read",
  "secret.write",
  "secret.delete",
  "secret.undelete",
  "secret.destroy",
  "secret.wrap",
  "secret.unwrap",
  "transit.create",
  "transit.configure",
  "transit.rotate",
  "transit.delete",
  "transit.encrypt",
  "transit.decrypt",
  "transit.rewrap",
  "root-key.rotate",
  "root-key.retire",
  "service.create",
  "service.change",
  "service.delete",
  "service.webhook",
  "authorization.grant",
  "authorization.revoke",
  "token.authorization-code",
  "token.device-code",
  "client.create",
  "client.change",
  "client.delete",
  "client.describe",
  "signing-key.create",
  "signing-key.rotate",
  "signing-key.revoke",
  "audit.prune",
  "audit.export",
  "audit.verify",
] as const;

/** What happens in the other workers, which report it to the kms's audit trail. */
export const REPORTED_ACTIONS = [
  "factor.enrol",
  "factor.confirm",
  "factor.remove",
  "factor.verify",
  "factor.lock",
  "factor.disable",
  "recovery-codes.replace",
  "challenge.send",
  "mail.send",
  "search-credentials.rotate",
  "reindex.start",
  "search-rule.change",
  "dead-letters.redrive",
  "sequence.reorder",
  "upstream.put",
  "upstream.delete",
  "limit.put",
  "limit.delete",
  "policy.put",
  "policy.delete",
  "access.refuse",
] as const;

export type KmsAction = (typeof KMS_ACTIONS)[number];
export type ReportedAction = (typeof REPORTED_ACTIONS)[number];
export type AuditAction = KmsAction | ReportedAction;

/** Messages to users. */
export const isMessageAction = (action: AuditAction): action is "challenge.send" | "mail.send" =>
  action === "challenge.send" || action === "mail.send";

export const OUTCOMES = ["success", "failure", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A search rule's kind, and its id of at most 255 characters. */
const MAX_CHARACTERS = 300;
/** Codes, ids and names; free text does not fit. */
const word = unicodeText({ min: 1, max: MAX_CHARACTERS });

/** Never a password, a key, a token or a code in it. */
export const reportedEvent = z.strictObject({
  action: z.enum(REPORTED_ACTIONS),
  outcome: z.enum(OUTCOMES),
  /** A user's id or a service's name, as in the token's `sub`. */
  actor: word.optional(),
  target: word.optional(),
  /** A code. */
  reason: word.optional(),
});

export type ReportedEvent = z.infer<typeof reportedEvent>;
