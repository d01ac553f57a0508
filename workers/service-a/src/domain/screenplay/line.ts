/**
 * What kind of element one line is, by fountain-js. Its rules see the line through a probe, a short stand-in that keeps
 * what they decide by: they are polynomial in the length of a line, and a few of them misjudge marked lines.
 */
import { Lexer } from "fountain-js";
import { MARKUPS, type Markup } from "./element.ts";

/** No rule for a single line looks further into it, from either end. */
const PROBE_EDGE_LENGTH = 120;
/** A longer line is nobody's name. */
const MAX_CUE_LENGTH = 120;

const MARKUP_BY_TOKEN: ReadonlyMap<string, Markup> = new Map([
  ["scene_heading", "scene-heading"],
  ["transition", "transition"],
  ["centered", "centered"],
  ["synopsis", "synopsis"],
  ["note", "note"],
  ["lyrics", "lyrics"],
  ["page_break", "page-break"],
]);

const SECTIONS = MARKUPS.filter((markup) => markup.startsWith("section-"));

const shorten = (line: string): string =>
  line.length <= 2 * PROBE_EDGE_LENGTH ? line : `${line.slice(0, PROBE_EDGE_LENGTH)}x${line.slice(-PROBE_EDGE_LENGTH)}`;

const probeOf = (line: string): string =>
  shorten(line.trim())
    .replace(/\s+/g, " ")
    // fountain-js takes any line that ends in "TO:" for a transition, even `!CUT TO:`, `# GETTING TO:` and `[[TO:`.
    .replace(/^([!@~#=[].*)TO:$/, "$1to")
    // and the empty centered line for a transition to "<".
    .replace(/^><$/, "> <");

/**
 * The kind of a line that stands by itself: never a cue or dialogue, which take two lines. The line may hold line breaks,
 * which count as spaces, so that a note over several lines is seen as one.
 */
export const markupOfLine = (line: string): Markup => {
  const [token] = Lexer.tokenizeScript(probeOf(line));
  if (token === undefined) return "action";
  if (token.type === "section") return SECTIONS[Math.min(token.depth ?? 1, SECTIONS.length) - 1] ?? "action";
  return MARKUP_BY_TOKEN.get(token.type) ?? "action";
};

/** True for `@Name`, the cue whatever its letters: fountain-js would refuse some, such as `@Bob (x) y`. */
export const isForcedCue = (line: string): boolean => /^\s*@[\s^]*[^\s^]/.test(line);

/**
 * True for a line in capitals that names a speaker, if dialogue follows. fountain-js sees neither lower case outside of
 * ASCII nor that `---` has no letter, and takes the inline note after a name for lower case.
 */
export const isPlainCue = (line: string): boolean => {
  const trimmed = line.trim();
  if (trimmed.length > MAX_CUE_LENGTH) return false;
  const name = trimmed
    .replace(/\[\[.*?\]\]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (!/^[^(]*\p{L}/u.test(name)) return false;
  // A capital sharp s is rare: GROßVATER is in capitals.
  const probe = name.replace(/(?!ß)\p{Ll}/gu, "x");
  return Lexer.tokenizeScript(`${probe}\nx`).some(({ type }) => type === "character");
};

export const isDualCue = (line: string): boolean => line.trimEnd().endsWith("^");
