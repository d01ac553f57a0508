/**
 * Writes a screenplay as Fountain again. Each element is written the plain way if that reads back as the same element,
 * and else with its forcing mark, so that an action "INT. HOUSE" stays an action.
 */
import type { Steps } from "#shared/lang/steps.ts";
import type { Markup, Screenplay, ScreenplayElement } from "./element.ts";
import { joined, lineEnd, linesIn, mapped } from "./lines.ts";
import { type Paragraph, readParagraph } from "./paragraph.ts";
import { escapeBoneyard } from "./source.ts";
import { normaliseText } from "./text.ts";
import { splitTitlePage } from "./title-page.ts";

type Lines = readonly string[];
/** Makes the lines of one way to write a text. */
type Way = () => Steps<Lines>;

const TWO_SPACES = "  ";

/** A text that has one line. */
const single = (line: string): Way =>
  // biome-ignore lint/correctness/useYield: there is little to do
  function* () {
    return [line];
  };

const each =
  (text: string, change?: (line: string) => string): Way =>
  () =>
    linesIn(text, change);

/** Marks that have a meaning at the start of any line of action, not just the first. */
const NEEDS_FORCE = /^\s*(?:[!#=>~]|$)/;

const force = (line: string): string => line.replace(/^\s*/, "$&!");

const forceWhereNeeded = (line: string): string => (NEEDS_FORCE.test(line) ? force(line) : line);

const writeAction = (text: string): readonly Way[] => {
  const first = text.slice(0, lineEnd(text, 0));
  const forced: Way = function* () {
    const lines = yield* linesIn(text, forceWhereNeeded);
    return [force(first), ...lines.slice(1)];
  };
  return NEEDS_FORCE.test(first) ? [forced] : [each(text, forceWhereNeeded), forced];
};

const writeNote = (text: string): readonly Way[] => {
  const start = text.startsWith("[") ? "[[ " : "[[";
  const end = text.endsWith("]") ? " ]]" : "]]";
  return [each(`${start}${text}${end}`)];
};

const writeSection =
  (marks: string) =>
  (text: string): readonly Way[] => [single(`${marks} ${text}`.trimEnd())];

/** The ways to write a text as this kind of element, plainest first; the last is always right. */
const WRITERS = {
  "section-1": writeSection("#"),
  "section-2": writeSection("##"),
  "section-3": writeSection("###"),
  "section-4": writeSection("####"),
  "section-5": writeSection("#####"),
  "section-6": writeSection("######"),
  "scene-heading": (text) => [single(text), single(`.${text}`)],
  character: (text) => [single(text), single(`@${text}`)],
  "dual-character": (text) => [single(`${text} ^`), single(`@${text} ^`)],
  dialogue: (text) => [each(text)],
  action: writeAction,
  centered: (text) => [each(text, (line) => (line === "" ? "> <" : `> ${line} <`))],
  transition: (text) => [single(text), single(`> ${text}`)],
  lyrics: (text) => [each(text, (line) => `~${line}`)],
  synopsis: (text) => [single(`= ${text}`.trimEnd())],
  note: writeNote,
  "page-break": (text) => [single(text)],
} as const satisfies Record<Markup, (text: string) => readonly Way[]>;

function* readsAs(lines: Paragraph, elements: readonly ScreenplayElement[]): Steps<boolean> {
  const read = yield* readParagraph(lines, elements.length);
  return (
    read.length === elements.length &&
    read.every(({ markup, text }, at) => elements[at]?.markup === markup && elements[at].text === text)
  );
}

function* looksLikeTitlePage(lines: Lines): Steps<boolean> {
  return (yield* splitTitlePage(yield* joined(lines, "\n"))).titlePage !== "";
}

const isCue = (element: ScreenplayElement): boolean => element.elementType === "character";

const isDialogue = (element: ScreenplayElement | undefined): boolean => element?.elementType === "spokenWord";

/** The elements that make one paragraph, from `at` on. Half a dialogue block is kept as action: its text is not lost. */
const paragraphFrom = (elements: readonly ScreenplayElement[], at: number): readonly ScreenplayElement[] => {
  const [element, next] = elements.slice(at, at + 2);
  if (element === undefined) return [];
  if (isCue(element) && next !== undefined && isDialogue(next)) return [element, next];
  return isCue(element) || isDialogue(element) ? [{ ...element, elementType: "action", markup: "action" }] : [element];
};

function* normalised(element: ScreenplayElement): Steps<ScreenplayElement> {
  return { ...element, text: yield* normaliseText(element.markup, element.text) };
}

function* linesOf(head: ScreenplayElement, dialogue: ScreenplayElement | undefined, isFirst: boolean): Steps<Lines> {
  const spoken = dialogue === undefined ? [] : yield* linesIn(dialogue.text);
  const expected = dialogue === undefined ? [head] : [head, dialogue];
  const ways = WRITERS[head.markup](head.text);
  let lines: Lines = [];
  for (const [at, way] of ways.entries()) {
    lines = (yield* way()).concat(spoken);
    const isLast = at === ways.length - 1;
    if (isLast || ((yield* readsAs(lines, expected)) && !(isFirst && (yield* looksLikeTitlePage(lines))))) break;
  }
  return lines;
}

function* writeParagraph(elements: readonly ScreenplayElement[], isFirst: boolean): Steps<string> {
  const [head, dialogue] = elements;
  if (head === undefined) return "";
  const lines = yield* linesOf(yield* normalised(head), dialogue && (yield* normalised(dialogue)), isFirst);
  return yield* joined(yield* mapped(lines, (line) => (line === "" ? TWO_SPACES : line)), "\n");
}

/**
 * The screenplay as Fountain text. Parsing it gives the same title page and elements, each with its text as
 * `normaliseText` leaves it, whatever texts the elements have been given and in whatever order the section groups stand.
 * A cue is expected to be followed by its dialogue. The time taken is linear in the length of the texts.
 */
export function* renderInSteps({ titlePage, elements }: Pick<Screenplay, "titlePage" | "elements">): Steps<string> {
  const paragraphs: string[] = titlePage === "" ? [] : [titlePage];
  for (let at = 0; at < elements.length; ) {
    const paragraph = paragraphFrom(elements, at);
    paragraphs.push(yield* writeParagraph(paragraph, paragraphs.length === 0));
    at += paragraph.length;
  }
  return yield* escapeBoneyard(`${paragraphs.join("\n\n")}\n`);
}
