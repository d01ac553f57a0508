/** Mails to users: the kms stores them with what they report, twofa words and sends them. */

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each kind of mail says besides its time. It is sealed until the mail is sent. */
export interface MailData {
  /** To the owner of an account whose password was replaced. */
  "password-changed": { username: string };
  /** To a user whose second factors an administrator has removed. */
  "factors-removed": { username: string };
  /** To the verified address of a user who wants a new password. */
  "password-reset": { username: string; token: string; code: string };
  /** To a person who is to have an account. */
  invitation: { invitedBy: string; token: string };
  /** To a person who wants an account. */
  "sign-up": { token: string };
  /** To a person who wants an account and has one: to its verified address. */
  "account-exists": { username: string };
  /** To a user whose password an administrator lets them replace by a link that the administrator hands over. */
  "reset-link-created": { username: string };
  /** To an administrator whose account can be recovered by a link that the operator of the machine has. */
  "recovery-link-created": { username: string };
  /** To an administrator whose password was replaced, and whose second factors were removed, by such a link. */
  "account-recovered": { username: string };
  /** To an address that a user, or an administrator for them, says is theirs. */
  "email-verification": { username: string; token: string; code: string };
  /** To the address that a user had until then. */
  "email-changed": { username: string };
  /** To a user who has added a second factor, or someone who acts for them. */
  "factor-added": { username: string; factor: NoticedFactor };
  "factor-removed": { username: string; factor: NoticedFactor };
  "recovery-codes-replaced": { username: string };
  "recovery-code-used": { username: string };
  /** To a user who has logged in with software, or from a network, that they were not seen with before. */
  "new-device": { username: string };
}

/** A second factor, as its owner knows it. */
export interface NoticedFactor {
  type: "totp" | "email" | "sms" | "webauthn";
  name: string;
}

/** What twofa has the kms notify a user of. */
export type FactorNotice =
  | { kind: "factor-added" | "factor-removed"; factor: NoticedFactor }
  | { kind: "recovery-codes-replaced" | "recovery-code-used" };

/** Where a request came from, for whom it is about to recognise. */
export interface RequestOrigin {
  /** The network address, if it is known for certain. */
  address?: string | undefined;
  /** What the software called itself, which may be anything. */
  userAgent?: string | undefined;
}

export type MailKind = keyof MailData;

/** A kind of mail with its data. */
export type MailContent = { [Kind in MailKind]: { kind: Kind; data: MailData[Kind] } }[MailKind];

/** A mail to send. Another run may get it again, unless it is settled within a minute. */
export type ClaimedMail = MailContent & {
  /** The same at every attempt. */
  id: string;
  /** Counts from 1. */
  attempt: number;
  isLastAttempt: boolean;
  /** Whom it is about; `null`: no user. */
  userId: string | null;
  destination: string;
  /** `null`: that of the installation. */
  language: Language | null;
  /** When what it reports happened. */
  createdAtMs: number;
  /** Where the user, or who acted in their place, was then; absent where it was someone else. */
  origin?: RequestOrigin | undefined;
};

const SUBADDRESS = /^([^@+]+)\+[^@]*@/;

/**
 * The mailbox that a message arrives in, to count messages by: `Ann+shop@example.org` is `ann@example.org` (RFC 5233). Dots are
 * left alone: hardly any provider ignores them, and elsewhere they distinguish people.
 */
export const mailboxOf = (destination: string): string => destination.toLowerCase().replace(SUBADDRESS, "$1@");

/**
 * On a response of the kms: a mail may be waiting, and the gateway has twofa deliver it. Set whether there is one or not, so that
 * it reveals nothing; callers never see it.
 */
export const MAIL_HEADER = "x-fountain-mail";
