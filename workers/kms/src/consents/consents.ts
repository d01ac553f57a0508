/**
 * Consents to the operator's conditions: which version, when, by which way, and until when. What it means that one is withdrawn is
 * the operator's business.
 */
import { type ConsentWay, LEGAL_DOCUMENTS, type LegalDocument, type LegalDocuments } from "#shared/contracts/people.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";

/** What a person agrees to: of each document the version that they have seen. */
export type GivenVersions = { readonly [Document in LegalDocument]?: string | undefined };

/** A consent ready for storage. */
export interface GivenConsent {
  id: string;
  document: LegalDocument;
  version: string;
  way: ConsentWay;
  givenAt: Date;
}

export interface Consent extends GivenConsent {
  /** `null`: it stands. */
  withdrawnAt: Date | null;
}

/** Where a list continues: after the consent that was given then. */
export interface ConsentPosition {
  createdAt: Date;
  id: string;
}

export interface ConsentStore {
  /** Stores the consent, unless one of that version stands already; gives the one that stands, and whether it is new. */
  give(
    userId: string,
    consent: GivenConsent,
    entry: AuditEntry,
  ): Promise<{ standing: Consent | undefined; isNew: boolean }>;
  /** false: none stands of this document. */
  withdraw(userId: string, document: LegalDocument, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Those that stand. */
  standing(userId: string): Promise<Consent[]>;
  /** All that there ever were, the latest first. */
  list(userId: string, limit: number, after: ConsentPosition | undefined): Promise<Consent[]>;
}

/** `unknown`: no one is asked for consent to this document. */
export type ConsentFailure = "unknown" | { kind: "other-version"; version: string };

export interface Consents extends Pick<ConsentStore, "list" | "standing"> {
  /** What people are asked to agree to. */
  documents: LegalDocuments;
  /** The documents whose version in force the user has not agreed to, or no longer does. */
  due(userId: string): Promise<LegalDocument[]>;
  /** The versions as consents, to be stored with an account that is made; refuses what is not in force. */
  prepare(
    versions: GivenVersions,
    way: ConsentWay,
  ): Result<GivenConsent[], { kind: "other-versions"; documents: LegalDocument[] }>;
  give(
    userId: string,
    given: { document: string; version: string; way: ConsentWay },
  ): Promise<Result<Consent, ConsentFailure>>;
  /** false: the user has none that stands. */
  withdraw(userId: string, document: string): Promise<boolean>;
}

export interface ConsentsOptions {
  store: ConsentStore;
  documents: LegalDocuments;
  recorder: AuditRecorder;
  now: () => number;
  createId: () => string;
}

export const createConsents = ({ store, documents, recorder, now, createId }: ConsentsOptions): Consents => {
  const inForce = (name: string) => documents.find(({ document }) => document === name);

  const consentTo = (document: LegalDocument, version: string, way: ConsentWay): GivenConsent => ({
    ...{ id: createId(), document, version, way },
    givenAt: new Date(now()),
  });

  return {
    documents,
    list: store.list,
    standing: store.standing,
    due: async (userId) => {
      if (documents.length === 0) return [];
      const standing = await store.standing(userId);
      const isGiven = (document: LegalDocument, version: string): boolean =>
        standing.some((consent) => consent.document === document && consent.version === version);
      return documents.flatMap(({ document, version }) => (isGiven(document, version) ? [] : [document]));
    },
    prepare: (versions, way) => {
      const given = LEGAL_DOCUMENTS.flatMap((document) => {
        const version = versions[document];
        return version === undefined ? [] : [{ document, version }];
      });
      const others = given.filter(({ document, version }) => inForce(document)?.version !== version);
      if (others.length > 0) return failure("other-versions", { documents: others.map(({ document }) => document) });
      return success(given.map(({ document, version }) => consentTo(document, version, way)));
    },
    give: async (userId, { document: name, version, way }) => {
      const asked = inForce(name);
      if (!asked) return failure("unknown");
      if (asked.version !== version) return failure("other-version", { version: asked.version });
      const { document } = asked;
      const event = {
        action: "consent.give",
        outcome: "success",
        reason: document,
        actor: userId,
        target: userId,
      } as const;
      const { standing } = await recorder.change(
        event,
        (entry) => store.give(userId, consentTo(document, version, way), entry),
        ({ isNew }) => isNew,
      );
      // The account was erased meanwhile.
      return standing ? success(standing) : failure("unknown");
    },
    withdraw: async (userId, name) => {
      const document = LEGAL_DOCUMENTS.find((known) => known === name);
      if (document === undefined) return false;
      const event = {
        action: "consent.withdraw",
        outcome: "success",
        reason: document,
        actor: userId,
        target: userId,
      } as const;
      return recorder.change(event, (entry) => store.withdraw(userId, document, new Date(now()), entry));
    },
  };
};
