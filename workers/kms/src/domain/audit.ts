/**
 * The audit trail: what is told of every authentication, change, use of a secret and refusal. An entry is authenticated
 * by itself when it is prepared; where it stands among the others is sealed afterwards, see `audit-chain.ts`.
 */
import type { ReportedAction } from "#shared/contracts/audit.ts";
import { macInContext } from "./mac.ts";
import type { RandomBytes } from "./random.ts";
import type { RefusalLimit } from "./refusal-limit.ts";
import { createSealer } from "./sealing.ts";
import type { SubjectKeys } from "./subject-keys.ts";

export type AuditAction =
  | ReportedAction
  | "user.create"
  | "user.roles"
  | "user.lock"
  | "user.unlock"
  | "user.password"
  | "role.change"
  | "login"
  | "login.passkey"
  | "token.refresh"
  | "token.client-credentials"
  | "token.exchange"
  | "token.introspect"
  | "token.revoke"
  | "token.elevate"
  | "key.exchange"
  | "key.create"
  | "key.rotate"
  | "key.revoke"
  | "key.verify"
  | "key.disable"
  | "key.enable"
  | "key.confine"
  | "key.leaked"
  | "search-key.issue"
  | "secret.read"
  | "secret.write"
  | "secret.delete"
  | "secret.undelete"
  | "secret.destroy"
  | "secret.wrap"
  | "secret.unwrap"
  | "transit.create"
  | "transit.configure"
  | "transit.rotate"
  | "transit.encrypt"
  | "transit.decrypt"
  | "transit.rewrap"
  | "root-key.rotate"
  | "root-key.retire"
  | "service.create"
  | "service.delete"
  | "service.webhook"
  | "signing-key.create"
  | "signing-key.rotate"
  | "signing-key.revoke"
  | "session.end"
  | "user.erase"
  | "personal-data.export"
  | "audit.prune"
  | "audit.export"
  | "audit.verify";

/** What happened. Never a password, a key, a token, a code or a secret's value. */
export interface AuditEvent {
  action: AuditAction;
  outcome: "success" | "failure" | "refused";
  /** Who did it: a user's id or a service's name. */
  actor?: string | undefined;
  /** What it was done to: the id of a user, a session or a key, the name of a service, the path of a secret. */
  target?: string | undefined;
  /** Why: a code, never what somebody sent. */
  reason?: string | undefined;
  /** What tells of a person: readable until that user is erased. */
  personal?: { userId: string; fields: Record<string, string> } | undefined;
}

/** An entry as it is stored, without its place in the chain. */
export interface AuditRecord {
  /** Unique over all times, so that an entry cannot be told twice. */
  uid: string;
  at: Date;
  action: string;
  outcome: AuditEvent["outcome"];
  actor: string | null;
  target: string | null;
  reason: string | null;
  /** How many events it stands for: more than one when refusals came too fast to be told one by one. */
  count: number;
  requestId: string | null;
  /** The caller's network address, sealed under the actor's own key. */
  address: string | null;
  /** Whose `personal` fields these are, sealed under that user's own key. */
  personalOf: string | null;
  personal: string | null;
  /** HMAC over all of the above. */
  mac: string;
}

/** An entry ready for storage, with the event that it tells. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly record: AuditRecord;
}

export interface AuditTrail {
  /** Makes an entry ready for storage in somebody's transaction. */
  prepare(event: AuditEvent): Promise<AuditEntry>;
  /**
   * Stores an entry by itself, and tells the log: authentications, reads, refusals. Failures and refusals that come too
   * fast are told together, a minute later.
   */
  write(event: AuditEvent): Promise<void>;
  /** The same, for an event whose log line somebody else has written. */
  writeTold(event: AuditEvent): Promise<void>;
  /** Stores what was held back in minutes that are over. */
  writeSummaries(): Promise<void>;
}

export interface AuditRepository {
  insert(entry: AuditEntry): Promise<void>;
}

/** The request that an event belongs to. */
export interface Occasion {
  requestId?: string | undefined;
  clientAddress?: string | undefined;
}

export interface AuditTrailOptions {
  repository: AuditRepository;
  subjectKeys: SubjectKeys;
  refusalLimit: RefusalLimit;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  occasion: () => Occasion | undefined;
  tell: (event: AuditEvent) => void;
  /** Told whenever there will be an entry to link. */
  onPrepare: () => void;
  now: () => number;
  createId: () => string;
}

/** Whose key hides the address of a caller that nobody knows. */
export const NOBODY = "nobody";

const ENTRY_CONTEXT = "audit/entry";

/** All that is told, in one text with one reading. */
export const canonicalText = (record: Omit<AuditRecord, "mac">): string =>
  JSON.stringify([
    record.uid,
    record.at.getTime(),
    record.action,
    record.outcome,
    record.actor,
    record.target,
    record.reason,
    record.count,
    record.requestId,
    record.address,
    record.personalOf,
    record.personal,
  ]);

/** The HMAC that authenticates an entry by itself. */
export const macOfRecord = (macKey: Uint8Array, record: Omit<AuditRecord, "mac">): string =>
  macInContext(macKey, ENTRY_CONTEXT, canonicalText(record));

/** What a sealed field is bound to. */
export const fieldContext = (uid: string, field: "address" | "personal"): string => `audit_entries/${uid}/${field}`;

export const createAuditTrail = (options: AuditTrailOptions): AuditTrail => {
  const { repository, subjectKeys, refusalLimit, macKey, randomBytes, occasion, tell, onPrepare, now, createId } =
    options;

  /** `null` for an erased subject, of whom nothing more is kept. */
  const sealFor = async (subject: string, context: string, text: string): Promise<string | null> => {
    const key = await subjectKeys.get(subject);
    return key === undefined ? null : createSealer(key, randomBytes).seal(context, text);
  };

  const prepare = async (event: AuditEvent, count = 1): Promise<AuditEntry> => {
    const { action, outcome, actor, target, reason, personal } = event;
    const { requestId, clientAddress } = occasion() ?? {};
    const uid = createId();
    const [address, sealedFields] = await Promise.all([
      clientAddress === undefined ? null : sealFor(actor ?? NOBODY, fieldContext(uid, "address"), clientAddress),
      personal === undefined
        ? null
        : sealFor(personal.userId, fieldContext(uid, "personal"), JSON.stringify(personal.fields)),
    ]);
    const told = {
      uid,
      at: new Date(now()),
      action,
      outcome,
      actor: actor ?? null,
      target: target ?? null,
      reason: reason ?? null,
      count,
      requestId: requestId ?? null,
      address,
      personalOf: personal?.userId ?? null,
      personal: sealedFields,
    };
    onPrepare();
    return { event, record: { ...told, mac: macOfRecord(macKey, told) } };
  };

  const writeSummaries = async (): Promise<void> => {
    for (const { event, count } of refusalLimit.takeSummaries()) await repository.insert(await prepare(event, count));
  };

  const writeTold = async (event: AuditEvent): Promise<void> => {
    if (!refusalLimit.admits(event, occasion()?.clientAddress)) return;
    await repository.insert(await prepare(event));
    await writeSummaries();
  };

  return {
    prepare: (event) => prepare(event),
    write: async (event) => {
      // A refusal stands whether it can be stored or not; a success that cannot be stored is none.
      if (event.outcome !== "success") tell(event);
      await writeTold(event);
      if (event.outcome === "success") tell(event);
    },
    writeTold,
    writeSummaries,
  };
};
