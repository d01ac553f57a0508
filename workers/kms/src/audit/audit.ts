/**
 * The audit trail: an entry for every authentication, change, use of a secret and refusal. An entry is authenticated by
 * itself when it is prepared; its place among the others is sealed afterwards, see `audit-chain.ts`.
 */

import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { AuditBudget } from "./audit-budget.ts";
import type { AuditEntry, AuditEvent } from "./audit-entry.ts";
import type { AuditRecord } from "./audit-record.ts";
import { canonicalText } from "./canonical-text.ts";
import type { RefusalLimit } from "./refusal-limit.ts";
import type { SubjectKeys } from "./subject-keys.ts";

export interface AuditTrail {
  /** Makes an entry ready for storage in the transaction of a change. Throws `BudgetExhausted`: then it must not be made. */
  prepare(event: AuditEvent): Promise<AuditEntry>;
  /**
   * Stores an entry by itself: authentications, reads, refusals. Failures and refusals that come too fast are stored
   * together, a minute later. Throws `BudgetExhausted`: then a success must not be acknowledged.
   */
  write(event: AuditEvent): Promise<void>;
  /** Stores what was held back in minutes that are over. */
  writeSummaries(): Promise<void>;
}

export interface AuditStore {
  insert(entry: AuditEntry): Promise<void>;
}

/** The request that an event belongs to. */
export interface AuditedRequest {
  requestId?: string | undefined;
  clientAddress?: string | undefined;
  actingService?: string | undefined;
}

export interface AuditTrailOptions {
  store: AuditStore;
  subjectKeys: SubjectKeys;
  refusalLimit: RefusalLimit;
  budget: AuditBudget;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  currentRequest: () => AuditedRequest | undefined;
  /** Fails when nothing may be recorded, and so nothing done, because of what became of the trail. */
  assertWritable: () => void;
  /** Called when there will be an entry to link, and once more when it is stored. */
  onEntry: (event: AuditEvent) => void;
  now: () => number;
  createId: () => string;
}

/** Whose key seals the address of an unknown caller. Stored entries depend on it. */
const UNKNOWN_SUBJECT = "nobody";

/** Under whose key the address of an entry is sealed: who did it, else whom it concerns. */
export const addressOwner = ({ actor, personalOf }: Pick<AuditRecord, "actor" | "personalOf">): string =>
  actor ?? personalOf ?? UNKNOWN_SUBJECT;

const ENTRY_CONTEXT = "audit/entry";

/** The HMAC that authenticates an entry by itself. */
export const macOfRecord = (macKey: Uint8Array, record: Omit<AuditRecord, "mac">): string =>
  macInContext(macKey, ENTRY_CONTEXT, canonicalText(record));

/** The AAD context of a sealed field. */
export const fieldContext = (uid: string, field: "address" | "personal"): string => `audit_entries/${uid}/${field}`;

export const createAuditTrail = (options: AuditTrailOptions): AuditTrail => {
  const {
    store,
    subjectKeys,
    refusalLimit,
    budget,
    macKey,
    randomBytes,
    currentRequest,
    assertWritable,
    onEntry,
    now,
    createId,
  } = options;

  /** `null` for an erased subject, of whom nothing more is kept. */
  const sealUnder = async (key: Promise<Uint8Array | undefined>, context: string, text: string) => {
    const opened = await key;
    return opened === undefined ? null : createSealer(opened, randomBytes).seal(context, text);
  };

  /** Without an actor it may be a failed login, whose time must not reveal whether there is such a user. */
  const keyOf = (owner: Pick<AuditRecord, "actor" | "personalOf">): Promise<Uint8Array | undefined> =>
    owner.actor === null ? subjectKeys.getStored(addressOwner(owner)) : subjectKeys.get(owner.actor);

  const prepare = async (
    event: AuditEvent,
    { requestId, clientAddress, actingService }: AuditedRequest = {},
    count = 1,
  ): Promise<AuditEntry> => {
    assertWritable();
    const { action, outcome, target, reason, personal } = event;
    const uid = createId();
    const owner = { actor: event.actor ?? null, personalOf: personal?.userId ?? event.concerns ?? null };
    const [address, sealedFields] = await Promise.all([
      clientAddress === undefined ? null : sealUnder(keyOf(owner), fieldContext(uid, "address"), clientAddress),
      personal === undefined
        ? null
        : sealUnder(subjectKeys.get(personal.userId), fieldContext(uid, "personal"), JSON.stringify(personal.fields)),
    ]);
    const content = {
      uid,
      at: new Date(now()),
      action,
      outcome,
      ...owner,
      actingService: actingService ?? null,
      target: target ?? null,
      reason: reason ?? null,
      count,
      requestId: requestId ?? null,
      address,
      personal: sealedFields,
    };
    onEntry(event);
    return { event, record: { ...content, mac: macOfRecord(macKey, content) } };
  };

  const writeSummaries = async (): Promise<void> => {
    // They stand for many callers: the one that happens to be here now is none of them.
    for (const { event, count } of refusalLimit.takeSummaries()) await store.insert(await prepare(event, {}, count));
  };

  const write = async (event: AuditEvent): Promise<void> => {
    const request = currentRequest();
    if (!refusalLimit.admits(event, request?.clientAddress)) return;
    budget.spend(event);
    await store.insert(await prepare(event, request));
    onEntry(event);
    await writeSummaries();
  };

  return {
    prepare: async (event) => {
      budget.spend(event);
      return prepare(event, currentRequest());
    },
    write,
    writeSummaries,
  };
};
