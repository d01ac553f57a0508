/** One line for a setting that is not usable: its name, its value unless that is secret, and what it may be. */
import { holdsCredential } from "../contracts/credential-shape.ts";
import type { SettingFault } from "./settings.ts";

const MAX_SHOWN_CHARACTERS = 80;
/** What stands in an URL before the host, and behind the path. */
const PRIVATE_PARTS_OF_URLS = /(?<=:\/\/)[^/?#,@]*@|[?#][^,]*/g;
/** What a terminal would act on, or show as something else, and JSON leaves as it is. */
const UNPRINTABLE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A value in quotes, in one line, without credentials that stand in it. */
export const showValue = (value: string): string => {
  if (holdsCredential(value)) return "a credential";
  const shown = value.includes("://") ? value.replace(PRIVATE_PARTS_OF_URLS, "…") : value;
  const cut = shown.length > MAX_SHOWN_CHARACTERS ? `${shown.slice(0, MAX_SHOWN_CHARACTERS)}…` : shown;
  return JSON.stringify(cut).replace(UNPRINTABLE, escapeCharacter);
};

/** The line; `value` as it is set, `name` as the operator knows the setting. */
export const describeFault = (
  { setting, isSecret, allowed = "another value", conflict }: SettingFault,
  value: string | undefined,
  name = setting,
): string => {
  if (conflict !== undefined) return `${name} ${conflict}`;
  if (value === undefined || value === "") return `${name} is missing: set it to ${allowed}`;
  return `${name} is ${isSecret ? "not usable (its value is not shown)" : showValue(value)}: set it to ${allowed}`;
};
