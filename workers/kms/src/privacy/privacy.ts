/** What a user can ask for as a person: to see everything that is stored about them, and to be erased. */
import { CompactSign } from "jose";
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import type { PersonalParts, SignedDocument } from "#shared/contracts/personal-data.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { AuditLog } from "../audit-log/audit-log.ts";
import type { ReadableEntry } from "../audit-log/audit-reading.ts";
import type { Consents } from "../consents/consents.ts";
import type { Origins } from "../sessions/origin.ts";
import type { Session } from "../sessions/session.ts";
import type { KeyRing } from "../tokens/key-ring.ts";

/** No access token: verifiers of tokens refuse the type (RFC 8725 §3.11). */
const PERSONAL_DATA_TYPE = "fountain-personal-data+jws";
/** The newest are in the document; a response has to end somewhere. */
const MAX_AUDIT_ENTRIES = 10_000;
/** By then every token of an erased user is refused everywhere, and nothing new can be stored about them. */
const SETTLED_AFTER_MS = 10_000;
const ERASURES_AT_A_TIME = 100;

/** That the user let an application do something. */
export interface HeldConsent {
  clientId: string;
  scopes: string[];
  grantedAt: Date;
}

export interface PrivacyStore {
  /** All of them, ended ones too. */
  sessionsOf(userId: string): Promise<Session[]>;
  /** What they let applications do. */
  applicationsOf(userId: string): Promise<HeldConsent[]>;
  countKnownDevices(userId: string): Promise<number>;
  countKnownAddresses(userId: string): Promise<number>;
  /**
   * Deletes the user, their sessions and the key of their personal data in the audit trail, and voids their tokens, all or
   * nothing; false: there is no such user, or no administrator would be left.
   */
  erase(userId: string, at: Date, entry: AuditEntry): Promise<boolean>;
  listErasures(before: Date, limit: number): Promise<string[]>;
  removeErasures(userIds: readonly string[]): Promise<void>;
}

export interface Privacy {
  /** Everything held about the user; `parts` is what the other workers hold. */
  collect(userId: string, parts: PersonalParts): Promise<Result<SignedDocument, "unknown">>;
  /** Erases the user, at their own wish, or that of the administrator who is the actor. */
  erase(userId: string, actor?: string): Promise<Result<undefined, "unknown" | "last-administrator">>;
  /** Users who were erased, whom the other workers have to forget. */
  pendingErasures(): Promise<string[]>;
  confirmErasures(userIds: readonly string[]): Promise<void>;
}

export interface PrivacyOptions {
  store: PrivacyStore;
  users: Pick<UserStore, "findById">;
  origins: Pick<Origins, "openAll">;
  consents: Pick<Consents, "list">;
  auditLog: Pick<AuditLog, "about">;
  keyRing: Pick<KeyRing, "signer">;
  recorder: AuditRecorder;
  issuer: string;
  now: () => number;
}

const showUser = ({ createdAt, lockedAt, emailVerifiedAt, ...user }: Profile) => ({
  ...user,
  emailVerifiedAt: emailVerifiedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
  lockedAt: lockedAt?.toISOString() ?? null,
});

const showSession = ({ origin, ...session }: Session & { origin: RequestOrigin }) => {
  const { id, createdAt, usedAt, endedAt, acr, amr, authenticatedAt, clientId } = session;
  return {
    id,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    acr,
    amr,
    authenticatedAt: authenticatedAt.toISOString(),
    clientId,
    address: origin.address ?? null,
    userAgent: origin.userAgent ?? null,
  };
};

const showApplication = ({ grantedAt, ...consent }: HeldConsent) => ({
  ...consent,
  grantedAt: grantedAt.toISOString(),
});

const showEntry = (entry: ReadableEntry) => {
  const { id, at, action, outcome, actor, actingService, target, reason, count, address, personal } = entry;
  const shown = { action, outcome, actor, actingService, target, reason, count, address, personal };
  return { id, at: at.toISOString(), ...shown };
};

/** So many are read at a time. */
const CONSENTS_AT_A_TIME = 200;

const allConsents = async ({ list }: Pick<Consents, "list">, userId: string) => {
  const shown = [];
  let rows = await list(userId, CONSENTS_AT_A_TIME, undefined);
  while (rows.length > 0) {
    for (const { document, version, way, givenAt, withdrawnAt } of rows)
      shown.push({
        ...{ document, version, way },
        givenAt: givenAt.toISOString(),
        withdrawnAt: withdrawnAt?.toISOString() ?? null,
      });
    const last = rows.at(-1);
    rows = last ? await list(userId, CONSENTS_AT_A_TIME, { id: last.id, createdAt: last.givenAt }) : [];
  }
  return shown;
};

const newest = async (entries: AsyncGenerator<ReadableEntry>) => {
  const kept = [];
  let isComplete = true;
  for await (const entry of entries) {
    kept.push(showEntry(entry));
    if (kept.length <= MAX_AUDIT_ENTRIES) continue;
    kept.shift();
    isComplete = false;
  }
  return { entries: kept, isComplete };
};

export const createPrivacy = (options: PrivacyOptions): Privacy => {
  const { store, users, origins, consents, auditLog, keyRing, recorder, issuer, now } = options;

  const sign = async (text: string): Promise<string> => {
    const { kid, algorithm, privateKey } = await keyRing.signer();
    return new CompactSign(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: algorithm, kid, typ: PERSONAL_DATA_TYPE })
      .sign(privateKey);
  };

  return {
    collect: async (userId, parts) => {
      await recorder.record({
        action: "personal-data.export",
        outcome: "success",
        actor: userId,
        target: userId,
      });
      const user = await users.findById(userId);
      if (!user) return failure("unknown");
      const document = {
        issuer,
        exportedAt: new Date(now()).toISOString(),
        account: showUser(user),
        sessions: (await origins.openAll(await store.sessionsOf(userId))).map(showSession),
        applications: (await store.applicationsOf(userId)).map(showApplication),
        consents: await allConsents(consents, userId),
        knownDevices: await store.countKnownDevices(userId),
        knownAddresses: await store.countKnownAddresses(userId),
        audit: await newest(auditLog.about(userId)),
        ...parts,
      };
      return success({ document, signature: await sign(JSON.stringify(document)) });
    },
    erase: async (userId, actor = userId) => {
      const event = { action: "user.erase", actor, target: userId } as const;
      const isErased = await recorder.change({ ...event, outcome: "success" }, (entry) =>
        store.erase(userId, new Date(now()), entry),
      );
      if (isErased) return success(undefined);
      const reason = (await users.findById(userId)) ? "last-administrator" : "unknown";
      await recorder.record({ ...event, outcome: "failure", reason });
      return failure(reason);
    },
    pendingErasures: () => store.listErasures(new Date(now() - SETTLED_AFTER_MS), ERASURES_AT_A_TIME),
    confirmErasures: store.removeErasures,
  };
};
