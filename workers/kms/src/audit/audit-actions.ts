/** What kind of thing the target of each audited action is. */
import type { AuditAction, KmsAction, ReportedAction } from "#shared/contracts/audit.ts";

/** `name`: chosen by a caller, who may choose it to look like anything, a user's id among others. */
type TargetKind = "user" | "id" | "service" | "name" | "none";

const TARGETS = {
  "user.create": "user",
  "user.roles": "user",
  "user.lock": "user",
  "user.unlock": "user",
  "user.password": "user",
  "user.erase": "user",
  "personal-data.export": "user",
  "role.change": "name",
  // A session, or the user of the login that failed.
  login: "user",
  "login.passkey": "user",
  "token.refresh": "id",
  "token.client-credentials": "id",
  "token.exchange": "user",
  "token.introspect": "none",
  "token.revoke": "id",
  "token.elevate": "id",
  "session.end": "id",
  "key.exchange": "id",
  "key.create": "id",
  "key.rotate": "id",
  "key.revoke": "id",
  "key.verify": "id",
  "key.disable": "id",
  "key.enable": "id",
  "key.confine": "id",
  "key.leaked": "id",
  "search-key.issue": "id",
  "secret.read": "name",
  "secret.write": "name",
  "secret.delete": "name",
  "secret.undelete": "name",
  "secret.destroy": "name",
  "secret.wrap": "id",
  "secret.unwrap": "id",
  "transit.create": "name",
  "transit.configure": "name",
  "transit.rotate": "name",
  "transit.encrypt": "name",
  "transit.decrypt": "name",
  "transit.rewrap": "name",
  "root-key.rotate": "id",
  "root-key.retire": "id",
  "service.create": "service",
  "service.delete": "service",
  "service.webhook": "service",
  "signing-key.create": "id",
  "signing-key.rotate": "id",
  "signing-key.revoke": "id",
  "audit.prune": "id",
  "audit.export": "none",
  "audit.verify": "none",
} as const satisfies Record<KmsAction, TargetKind>;

/** A factor, or the user whom all of it is about. */
const REPORTED_TARGETS = {
  "factor.enrol": "user",
  "factor.confirm": "user",
  "factor.remove": "user",
  "factor.verify": "user",
  "factor.lock": "user",
  "factor.disable": "user",
  "recovery-codes.replace": "user",
  "challenge.send": "user",
  "announcement.send": "user",
  "search-credentials.rotate": "none",
  "reindex.start": "name",
  "search-rule.change": "name",
  "dead-letters.redrive": "none",
  "sequence.reorder": "name",
  "upstream.put": "name",
  "upstream.delete": "name",
  "limit.put": "name",
  "limit.delete": "name",
  "policy.put": "name",
  "policy.delete": "name",
  "access.refuse": "none",
} as const satisfies Record<ReportedAction, TargetKind>;

/** Actions of everyday use, which change no one's rights. */
const USES: ReadonlySet<string> = new Set<AuditAction>([
  "login",
  "login.passkey",
  "token.refresh",
  "token.client-credentials",
  "token.exchange",
  "token.introspect",
  "token.elevate",
  "session.end",
  "key.exchange",
  "key.verify",
  "search-key.issue",
  "secret.read",
  "secret.write",
  "secret.delete",
  "secret.undelete",
  "secret.wrap",
  "secret.unwrap",
  "transit.create",
  "transit.encrypt",
  "transit.decrypt",
  "transit.rewrap",
  "personal-data.export",
  "audit.export",
  "audit.verify",
  "factor.verify",
  "challenge.send",
  "announcement.send",
  "reindex.start",
  "search-rule.change",
  "sequence.reorder",
  "dead-letters.redrive",
]);

/** Whether it may have changed who may do what: a checkpoint is due at once. So is one after what is new here. */
export const changesRights = ({ action, outcome }: { action: AuditAction; outcome: string }): boolean =>
  outcome === "success" && !USES.has(action);

/** The actions whose target is, or may be, a user: what is about a person is found by these only. */
export const ACTIONS_ON_USERS: readonly string[] = Object.entries({ ...TARGETS, ...REPORTED_TARGETS }).flatMap(
  ([action, target]) => (target === "user" ? [action] : []),
);
