/** The messages that users get. Their texts are in `mails/texts`. */
import type { ClaimedMail, Language } from "#shared/contracts/mails.ts";
import type { SendingChannel } from "./challenge.ts";

export interface Message {
  destination: string;
  subject: string;
  text: string;
  /** The same for mail readers that show it. */
  html?: string;
  /** The code in it, for messengers that show it apart. */
  code?: string;
  /** The same at every attempt, so that a mail server or reader recognizes what it has had. */
  id?: string;
}

/** What a code does. */
export type CodeAction =
  | { kind: "confirm-identity" }
  /** `request`: method and path. */
  | { kind: "confirm-request"; request: string }
  | { kind: "add-address" }
  | { kind: "add-phone" };

export interface CodeMessage {
  channel: SendingChannel;
  destination: string;
  /** By default that of the installation. */
  language: Language | undefined;
  code: string;
  action: CodeAction;
  validMinutes: number;
}

/** Words messages, each in its language. */
export interface Wording {
  mail(mail: ClaimedMail): Message;
  /** Names what the code does, and warns against sharing it. The subject has no code, because locked screens show it. */
  code(message: CodeMessage): Message;
}
