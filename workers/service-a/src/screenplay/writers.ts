/**
 * The ways to write a text as each kind of element: with the mark that its author used before, the plain way where every
 * reader takes it for the same, and with the mark that forces it.
 */
import type { Steps } from "#shared/lang/steps.ts";
import type { Markup } from "./element.ts";
import { mapped } from "./lines.ts";
import { noteReach, notesIn } from "./paragraph.ts";
import { isPlainHeading, isPlainName, isPlainTransition, looksLikeCue, needsForce } from "./plain.ts";

export type Lines = readonly string[];

/** A text to be written, line by line: as it is, and as it is seen without its boneyard. */
export interface Draft {
  readonly lines: Lines;
  readonly seen: Lines;
  /** The mark that the author used for the text before. */
  readonly mark: string | undefined;
}

/** Makes the lines of one way to write a text. */
export type Way = () => Steps<Lines>;

const prefixed =
  ({ lines }: Draft, mark: string, end = ""): Way =>
  () =>
    mapped(lines, (line) => `${mark}${line}${end}`.trimEnd());

/** With the author's mark, or plainly where that is plain to every reader; and else, which is always right, with `mark`. */
const writeMarked =
  (mark: string, isPlain: (seen: string) => boolean = () => false, end = "") =>
  (draft: Draft): readonly Way[] => {
    const forced = prefixed(draft, mark, end);
    if (draft.mark !== undefined) return [prefixed(draft, draft.mark, end), forced];
    return isPlain(draft.seen[0] ?? "") ? [prefixed(draft, "", end), forced] : [forced];
  };

const force = (line: string): string => line.replace(/^\s*/, "$&!");

/** Blank lines and others that need it are forced, but for those inside a note. */
function* actionLines({ lines, seen }: Draft, isForced: boolean): Steps<Lines> {
  const isNoted = noteReach(yield* notesIn(seen), 0);
  return yield* mapped(lines, (line, at) => {
    return !isNoted(at) && ((at === 0 && isForced) || needsForce(seen[at] ?? "")) ? force(line) : line;
  });
}

const writeAction = (draft: Draft): readonly Way[] => {
  const forced: Way = () => actionLines(draft, true);
  const isForced = draft.mark !== undefined || looksLikeCue(draft.seen[0] ?? "", draft.seen.length === 1);
  return isForced ? [forced] : [() => actionLines(draft, false), forced];
};

const writeNote = ({ lines }: Draft): readonly Way[] => {
  const start = lines[0]?.startsWith("[") ? "[[ " : "[[";
  const end = lines.at(-1)?.endsWith("]") ? " ]]" : "]]";
  return [() => mapped(lines, (line, at) => (at === 0 ? start : "") + line + (at === lines.length - 1 ? end : ""))];
};

/** The ways to write a text as this kind of element, plainest first; the last is always right. */
export const WRITERS = {
  "section-1": writeMarked("# "),
  "section-2": writeMarked("## "),
  "section-3": writeMarked("### "),
  "section-4": writeMarked("#### "),
  "section-5": writeMarked("##### "),
  "section-6": writeMarked("###### "),
  "scene-heading": writeMarked(".", isPlainHeading),
  character: writeMarked("@", isPlainName),
  "dual-character": writeMarked("@", isPlainName, " ^"),
  dialogue: (draft) => [prefixed(draft, "")],
  action: writeAction,
  centered: ({ lines }) => [() => mapped(lines, (line) => (line === "" ? "> <" : `> ${line} <`))],
  transition: writeMarked("> ", isPlainTransition),
  lyrics: writeMarked("~"),
  synopsis: writeMarked("= "),
  note: writeNote,
  "page-break": ({ lines, mark }) => [() => mapped(lines, (line) => mark ?? line)],
} as const satisfies Record<Markup, (draft: Draft) => readonly Way[]>;
