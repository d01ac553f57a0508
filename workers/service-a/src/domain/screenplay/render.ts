/**
 * Writes a screenplay as Fountain again. Each element is written the plain way if that reads back as the same element,
 * and else with its forcing mark, so that an action "INT. HOUSE" stays an action.
 */
import type { Markup, Screenplay, ScreenplayElement } from "./element.ts";
import { type Paragraph, readParagraph } from "./paragraph.ts";
import { escapeBoneyard } from "./source.ts";
import { normaliseText } from "./text.ts";
import { splitTitlePage } from "./title-page.ts";

type Lines = readonly string[];

const TWO_SPACES = "  ";

const linesOf = (text: string): Lines => text.split("\n");

/** Marks that have a meaning at the start of any line of action, not just the first. */
const NEEDS_FORCE = /^\s*(?:[!#=>~]|$)/;

const force = (line: string): string => line.replace(/^\s*/, "$&!");

const writeAction = (text: string): readonly Lines[] => {
  const [first = "", ...rest] = linesOf(text);
  const others = rest.map((line) => (NEEDS_FORCE.test(line) ? force(line) : line));
  const forced = [force(first), ...others];
  return NEEDS_FORCE.test(first) ? [forced] : [[first, ...others], forced];
};

const writeNote = (text: string): readonly Lines[] => {
  const start = text.startsWith("[") ? "[[ " : "[[";
  const end = text.endsWith("]") ? " ]]" : "]]";
  return [linesOf(`${start}${text}${end}`)];
};

const writeSection =
  (marks: string) =>
  (text: string): readonly Lines[] => [[`${marks} ${text}`.trimEnd()]];

/** The ways to write a text as this kind of element, plainest first; the last is always right. */
const WRITERS = {
  "section-1": writeSection("#"),
  "section-2": writeSection("##"),
  "section-3": writeSection("###"),
  "section-4": writeSection("####"),
  "section-5": writeSection("#####"),
  "section-6": writeSection("######"),
  "scene-heading": (text) => [[text], [`.${text}`]],
  character: (text) => [[text], [`@${text}`]],
  "dual-character": (text) => [[`${text} ^`], [`@${text} ^`]],
  dialogue: (text) => [linesOf(text)],
  action: writeAction,
  centered: (text) => [linesOf(text).map((line) => (line === "" ? "> <" : `> ${line} <`))],
  transition: (text) => [[text], [`> ${text}`]],
  lyrics: (text) => [linesOf(text).map((line) => `~${line}`)],
  synopsis: (text) => [[`= ${text}`.trimEnd()]],
  note: writeNote,
  "page-break": (text) => [[text]],
} as const satisfies Record<Markup, (text: string) => readonly Lines[]>;

const readsAs = (lines: Paragraph, elements: readonly ScreenplayElement[]): boolean => {
  let at = 0;
  for (const { markup, text } of readParagraph(lines)) {
    const expected = elements[at];
    if (expected?.markup !== markup || expected.text !== text) return false;
    at += 1;
  }
  return at === elements.length;
};

const looksLikeTitlePage = (lines: Lines): boolean => splitTitlePage(lines.join("\n")).titlePage !== "";

const isCue = (element: ScreenplayElement): boolean => element.elementType === "character";

const isDialogue = (element: ScreenplayElement | undefined): boolean => element?.elementType === "spokenWord";

/** The elements that make one paragraph, from `at` on. Half a dialogue block is kept as action: its text is not lost. */
const paragraphFrom = (elements: readonly ScreenplayElement[], at: number): readonly ScreenplayElement[] => {
  const [element, next] = elements.slice(at, at + 2);
  if (element === undefined) return [];
  if (isCue(element) && next !== undefined && isDialogue(next)) return [element, next];
  return isCue(element) || isDialogue(element) ? [{ ...element, elementType: "action", markup: "action" }] : [element];
};

const normalised = (element: ScreenplayElement): ScreenplayElement => ({
  ...element,
  text: normaliseText(element.markup, element.text),
});

const writeParagraph = (elements: readonly ScreenplayElement[], isFirst: boolean): string => {
  const [head, tail] = elements.map(normalised);
  if (head === undefined) return "";
  const dialogue = tail === undefined ? [] : linesOf(tail.text);
  const expected = tail === undefined ? [head] : [head, tail];
  const ways = WRITERS[head.markup](head.text).map((lines) => [...lines, ...dialogue]);
  const way = ways.find((lines) => readsAs(lines, expected) && !(isFirst && looksLikeTitlePage(lines))) ?? ways.at(-1);
  return (way ?? []).map((line) => (line === "" ? TWO_SPACES : line)).join("\n");
};

/**
 * The screenplay as Fountain text. Parsing it gives the same title page and elements, each with its text as
 * `normaliseText` leaves it, whatever texts the elements have been given and in whatever order the section groups stand.
 * A cue is expected to be followed by its dialogue. The time taken is linear in the length of the texts.
 */
export const renderScreenplay = ({ titlePage, elements }: Pick<Screenplay, "titlePage" | "elements">): string => {
  const paragraphs: string[] = titlePage === "" ? [] : [titlePage];
  for (let at = 0; at < elements.length; ) {
    const paragraph = paragraphFrom(elements, at);
    paragraphs.push(writeParagraph(paragraph, paragraphs.length === 0));
    at += paragraph.length;
  }
  return escapeBoneyard(`${paragraphs.join("\n\n")}\n`);
};
