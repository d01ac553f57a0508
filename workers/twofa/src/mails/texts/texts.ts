import type { Language } from "#shared/contracts/mails.ts";
import { DE } from "./de.ts";
import { EN } from "./en.ts";
import type { Texts } from "./text.ts";

export const TEXTS: Record<Language, Texts> = { en: EN, de: DE };
