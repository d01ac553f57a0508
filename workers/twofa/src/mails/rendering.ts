/** Words messages in their language, and mails both as plain text and as simple HTML. */
import type { Language, MailData, MailKind, RequestOrigin } from "#shared/contracts/mails.ts";
import { knownDeviceOf } from "#shared/semantics/user-agent.ts";
import type { Message, Wording } from "../model/message.ts";
import { htmlOf } from "./html.ts";
import type { MailText, Report, Texts } from "./texts/text.ts";
import { TEXTS } from "./texts/texts.ts";

export interface WordingOptions {
  /** The name of the installation. */
  installation: string;
  publicUrl: string;
  /** Of messages that have no language of their own. */
  language: Language;
}

const textOf = <Kind extends MailKind>({ mails }: Texts, kind: Kind, data: MailData[Kind], report: Report): MailText =>
  mails[kind](data, report);

/** Of software only what is known: who uses it may have it call itself anything. */
const placeOf = ({ address, userAgent }: RequestOrigin) => ({ device: knownDeviceOf(userAgent), address });

const plainText = ({ action, link, notes = [], ifNotYou }: MailText, installation: string): string =>
  `${[action, ...(link ? [`${link.label}:\n${link.url}`] : []), ...notes, ifNotYou].join("\n\n")}\n\n-- \n${installation}\n`;

export const createWording = ({ installation, publicUrl, language: fallback }: WordingOptions): Wording => {
  const mailOf = (destination: string, words: MailText, language: Language): Message => ({
    destination,
    subject: words.subject,
    text: plainText(words, installation),
    html: htmlOf(words, { installation, language }),
  });

  return {
    mail: ({ id, kind, data, destination, createdAtMs, origin, language: own }) => {
      const language = own ?? fallback;
      const texts = TEXTS[language];
      const said = textOf(texts, kind, data, { installation, publicUrl, at: texts.instant(createdAtMs) });
      const words = origin ? { ...said, notes: [texts.origin(placeOf(origin)), ...(said.notes ?? [])] } : said;
      return { ...mailOf(destination, words, language), id };
    },
    code: ({ channel, destination, language: own, ...code }) => {
      const language = own ?? fallback;
      const { codeMail, codeText } = TEXTS[language];
      const report = { ...code, installation };
      const words = codeMail(report);
      return {
        ...(channel === "email"
          ? mailOf(destination, words, language)
          : { destination, subject: words.subject, text: codeText(report) }),
        code: code.code,
      };
    },
  };
};
