/** The languages of the pages. */
import type { Language } from "#shared/contracts/mails.ts";
import { DE } from "./de.ts";
import { EN, type Texts } from "./en.ts";

export const LANGUAGES: Readonly<Record<Language, Texts>> = { en: EN, de: DE };

export const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && Object.hasOwn(LANGUAGES, text);
