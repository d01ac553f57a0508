/**
 * What kind of element one line is (https://fountain.io/syntax): one recogniser for each kind, which looks at a fixed
 * number of characters or passes over the line once. Lines come from strangers and are as long as a body may be, so
 * nothing here may backtrack.
 */
import type { Markup } from "./element.ts";

/** Takes a line without space at either end, and not empty. */
type Recogniser = (line: string) => boolean;

const isSpace = (character: string): boolean => character.trim() === "";

/** "INT", "EXT", "EST", "INT./EXT", "INT/EXT" or "I/E", then a period or a space, in any case; emphasis may precede. */
const SCENE_HEADING = /^\*{0,3}_?(?:(?:int|i)\.?\/(?:ext|e)|int|ext|est)[.\s]./is;

/** "You can force a Scene Heading by starting the line with a single period." Two are an ellipsis. */
const FORCED_SCENE_HEADING = /^\.[^.\s]/;

const isSceneHeading: Recogniser = (line) => SCENE_HEADING.test(line) || FORCED_SCENE_HEADING.test(line);

/** "Centered text constitutes an Action element, and is bracketed with greater/less-than." */
const isCentered: Recogniser = (line) => line.length > 1 && line.startsWith(">") && line.endsWith("<");

const FADE = /^(?:FADE\s+(?:TO\s+BLACK|OUT)|CUT\s+TO\s+BLACK)\.$/;

/** Marks that say what a line is, whatever it ends in. */
const MARK = /^[!@~#=[]/;

const LOWER_CASE = /\p{Ll}/u;

/**
 * "The requirements for Transition elements are: uppercase, preceded by and followed by an empty line, ending in TO:.
 * You can force any line to be a transition by beginning it with a greater-than symbol." As other readers do, it takes
 * the three usual fades too.
 */
const isTransition: Recogniser = (line) =>
  (line.startsWith(">") && line.length > 1) ||
  FADE.test(line) ||
  (line.length > 4 &&
    line.endsWith("TO:") &&
    isSpace(line.charAt(line.length - 4)) &&
    !MARK.test(line) &&
    !LOWER_CASE.test(line));

/** "Create a Section by preceding a line with one or more pound-sign # characters." */
const isSection: Recogniser = (line) => line.startsWith("#");

/** "Synopses are single lines prefixed by an equals sign." */
const isSynopsis: Recogniser = (line) => line.startsWith("=") && line.charAt(1) !== "=";

/** "Notes are created by enclosing some text with double brackets." The one recogniser that may see several lines. */
export const isNote: Recogniser = (line) =>
  line.length > 4 && line.startsWith("[[") && line.charAt(2) !== "[" && line.endsWith("]]");

/** "You create a Lyric by starting with a line with a tilde." One with nothing after it is a blank line of a song at most. */
const isLyrics: Recogniser = (line) => line.startsWith("~") && line.length > 1;

/** A line between two others of a song. */
export const isEmptyLyric = (line: string): boolean => line.trim() === "~";

/** "Page Breaks are indicated by a line containing three or more consecutive equals signs, and nothing more." */
const isPageBreak: Recogniser = (line) => /^={3,}$/.test(line);

const SECTIONS = ["section-1", "section-2", "section-3", "section-4", "section-5", "section-6"] as const;

/** The depth is the number of marks, and six at most. */
const sectionOf = (line: string): Markup =>
  SECTIONS.findLast((_, depth) => line.startsWith("#".repeat(depth + 1))) ?? "section-1";

/** The first recogniser that takes a line says what it is; one that none takes is action. */
const KINDS: readonly (readonly [Recogniser, (line: string) => Markup])[] = [
  [isSceneHeading, () => "scene-heading"],
  [isCentered, () => "centered"],
  [isTransition, () => "transition"],
  [isSection, sectionOf],
  [isSynopsis, () => "synopsis"],
  [isNote, () => "note"],
  [isLyrics, () => "lyrics"],
  [isPageBreak, () => "page-break"],
];

/** The kind of a line that stands by itself: never a cue or dialogue, which take two lines. */
export const markupOfLine = (line: string): Markup => {
  const trimmed = line.trim();
  if (trimmed === "") return "action";
  return KINDS.find(([recognises]) => recognises(trimmed))?.[1](trimmed) ?? "action";
};
