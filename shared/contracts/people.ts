/** What the other workers may call at the kms about its users: their consents, their second factors, the mails to them. */
import type { Result } from "../lang/result.ts";
import type { Blocked } from "./blocked.ts";
import type { ClaimedMail, FactorNotice } from "./mails.ts";
import type { Scope } from "./rights.ts";

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

/**
 * On a response of the kms: second factors are to go with an account's recovery, and the gateway has twofa remove them before it
 * responds; callers never see it.
 */
export const FACTORS_HEADER = "x-fountain-factors";

/** All factors of a user that were enrolled by this instant are to be removed. */
export interface FactorRemoval {
  userId: string;
  beforeMs: number;
}

/** Whose second factors are to be removed, by whom. */
export interface FactorReset {
  userId: string;
  actor: string;
  /** Of the actor's token: it is refused for a user who may do more. */
  scopes: Scope[];
  /** Where to notify the user, if the account has no address of mail. */
  destination?: string;
}

export interface PeopleRpc {
  /** The documents whose version in force the user has not agreed to, or no longer does. */
  dueConsents(userId: string): Promise<Result<LegalDocument[]>>;
  /** The name a user logs in with. */
  usernameOf(userId: string): Promise<Result<string, "unknown">>;
  /** Whether the actor may administer this user, who has no second factor to remove. */
  mayResetFactors(reset: FactorReset): Promise<Result<true, "unknown" | "not-held">>;
  /** Ends the user's sessions, records the removal that follows, and stores a mail that notifies the user. */
  announceFactorReset(reset: FactorReset): Promise<Result<true, "unknown" | "not-held" | Blocked>>;
  /** Removals of factors that the caller has not confirmed yet, the oldest first. */
  pendingFactorRemovals(): Promise<Result<FactorRemoval[]>>;
  /** The caller has removed these. */
  confirmFactorRemovals(done: FactorRemoval[]): Promise<Result<true>>;
  /** Ends all sessions of a user. */
  endSessionsOf(userId: string, actor: string): Promise<Result<true>>;
  /** The username of the administrator whose first login this token is for. Nothing is used up by that. */
  firstLoginAs(token: string): Promise<Result<string, "refused">>;
  /** The username that the invitation of this token comes with; `null`: none. Nothing is used up by that. */
  invitedAs(token: string): Promise<Result<string | null, "refused">>;
  /**
   * Stores a notice to the user's verified address, and to these, which are known to be theirs too. Call it before what it reports:
   * nothing of it happens in silence then.
   */
  notifyUser(userId: string, notice: FactorNotice, addresses: string[]): Promise<Result<true>>;
  /** At most so many mails whose turn it is. Each is due again a minute later, and later each time, until it is settled. */
  claimMails(limit: number): Promise<Result<ClaimedMail[]>>;
  /** These mails are sent, or never will be: what they say is forgotten. */
  settleMails(ids: string[]): Promise<Result<true>>;
}
