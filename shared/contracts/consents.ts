/** Consents of people to the operator's conditions: the kms keeps them, and the gateway's pages ask for them. */
import type { Result } from "../lang/result.ts";

export const LEGAL_DOCUMENTS = ["terms", "privacy"] as const;
export type LegalDocument = (typeof LEGAL_DOCUMENTS)[number];

/** The documents that people are asked to agree to, in the version in force. */
export type LegalDocuments = readonly { document: LegalDocument; version: string; url: string }[];

/** By which way a consent was given. */
export const CONSENT_WAYS = ["sign-up-page", "invitation-page", "account-page", "api"] as const;
export type ConsentWay = (typeof CONSENT_WAYS)[number];

/**
 * On a request of a page to the kms. It proves nothing: who wants to be recorded as someone on a page can as well send the page's
 * form.
 */
export const PAGE_HEADER = "x-fountain-page";

export interface ConsentRpc {
  /** The documents whose version in force the user has not agreed to, or no longer does. */
  dueConsents(userId: string): Promise<Result<LegalDocument[]>>;
}
