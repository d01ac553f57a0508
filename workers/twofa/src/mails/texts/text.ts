/** The texts of mails, one file per language. A text that is missing does not compile. */
import type { MailData, MailKind } from "#shared/contracts/mails.ts";

/** What a mail says. Every one names what happened and when, and what to do if it was not its reader. */
export interface MailText {
  subject: string;
  /** What happened, and when. */
  action: string;
  /** What is to do, if it was not the reader. */
  ifNotYou: string;
}

export interface Occasion {
  /** The name of the installation. */
  installation: string;
  /** When it happened, as the language writes it. */
  at: string;
}

export interface Texts {
  /** An instant as the language writes it, with its time zone. */
  instant(atMs: number): string;
  mails: { [Kind in MailKind]: (data: MailData[Kind], occasion: Occasion) => MailText };
}
