/** Which of our languages a caller prefers, as `Accept-Language` asks (RFC 9110 §12.5.4). */
import { LANGUAGES, type Language } from "../contracts/mails.ts";

/** More than any browser sends. */
const MAX_RANGES = 20;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

const languageOf = (tag: string): Language | undefined => LANGUAGES.find((language) => language === tag.split("-")[0]);

/** The language; `undefined` where the field is missing or asks for none of ours. */
export const preferredLanguage = (field: string | null | undefined): Language | undefined =>
  (field ?? "")
    .toLowerCase()
    .split(",", MAX_RANGES)
    .map((range) => {
      const [tag = "", weight = "q=1"] = range.split(";").map((part) => part.trim());
      return { language: languageOf(tag), weight: Number(WEIGHT.exec(weight)?.[1] ?? 0) };
    })
    .filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((one, other) => other.weight - one.weight)[0]?.language;
