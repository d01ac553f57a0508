/** What the texts of a language are. A text that is missing does not compile. */
import type { MailData, MailKind } from "#shared/contracts/mails.ts";
import type { CodeAction } from "../../model/message.ts";

/** What a mail says. Every one names what happened, and what to do if it was not its reader. */
export interface MailText {
  subject: string;
  /** What happened, and when. */
  action: string;
  /** Where to continue. */
  link?: { label: string; url: string };
  notes?: readonly string[];
  /** What is to do, if it was not the reader. */
  ifNotYou: string;
}

/** What a mail reports. */
export interface Report {
  /** The name of the installation. */
  installation: string;
  /** When it happened, as the language writes it. */
  at: string;
  /** The address of the installation, which links begin with. */
  publicUrl: string;
}

/** A code to send. */
export interface CodeReport {
  installation: string;
  code: string;
  action: CodeAction;
  validMinutes: number;
}

export interface Texts {
  /** An instant as the language writes it, with its time zone. */
  instant(atMs: number): string;
  mails: { [Kind in MailKind]: (data: MailData[Kind], report: Report) => MailText };
  codeMail(report: CodeReport): MailText;
  /** A text message: 160 characters of GSM 03.38 at most, with a short name and action. */
  codeText(report: CodeReport): string;
  /** Where it came from, as far as that is known. */
  origin(from: { device: string | undefined; address: string | undefined }): string;
}
