/** The languages of the pages, and which of them a visitor gets. */
import type { Language } from "#shared/contracts/mails.ts";
import { DE } from "./de.ts";
import { EN, type Texts } from "./en.ts";

export const LANGUAGES: Readonly<Record<Language, Texts>> = { en: EN, de: DE };

export const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && Object.hasOwn(LANGUAGES, text);

/** More ranges than any browser sends. */
const MAX_RANGES = 20;

/** The language of ours that `Accept-Language` prefers, where it names one (RFC 9110 §12.5.4). */
export const preferredLanguage = (header: string | null, fallback: Language): Language => {
  const ranges = (header ?? "")
    .toLowerCase()
    .split(",", MAX_RANGES)
    .map((range) => {
      const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
      return { language: tag.split("-")[0], quality: Number(quality) || 0 };
    });
  const ranked = ranges.filter(({ quality }) => quality > 0).sort((one, other) => other.quality - one.quality);
  return ranked.map(({ language }) => language).find(isLanguage) ?? fallback;
};
