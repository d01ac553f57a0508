/** Words a mail in its language, as plain text and as simple HTML. */
import type { ClaimedMail, Language, MailData, MailKind } from "#shared/contracts/mails.ts";
import type { Message } from "../model/message.ts";
import { htmlOf } from "./html.ts";
import type { MailText, Occasion, Texts } from "./texts/text.ts";
import { TEXTS } from "./texts/texts.ts";

export interface Rendering {
  /** The name of the installation. */
  installation: string;
  /** Of mails that have no language of their own. */
  language: Language;
}

const wordsOf = <Kind extends MailKind>(
  { mails }: Texts,
  kind: Kind,
  data: MailData[Kind],
  occasion: Occasion,
): MailText => mails[kind](data, occasion);

const textOf = ({ action, ifNotYou }: MailText, installation: string): string =>
  `${[action, ifNotYou].join("\n\n")}\n\n-- \n${installation}\n`;

/** The message to send. */
export const createMailRenderer =
  ({ installation, language: fallback }: Rendering) =>
  (mail: ClaimedMail): Message => {
    const { id, kind, data, destination, createdAtMs } = mail;
    const language = mail.language ?? fallback;
    const texts = TEXTS[language];
    const words = wordsOf(texts, kind, data, { installation, at: texts.instant(createdAtMs) });
    return {
      id,
      destination,
      subject: words.subject,
      text: textOf(words, installation),
      html: htmlOf(words, { installation, language }),
    };
  };
