/** A screenplay as a script of elements, and back. */
import { type Result, success } from "#shared/lang/result.ts";
import type { Steps } from "#shared/lang/steps.ts";
import { countElements, type ElementCounts, type Markup } from "../screenplay/element.ts";
import { type ParseFailure, parseInSteps } from "../screenplay/parse.ts";
import { type Part, renderInSteps } from "../screenplay/render.ts";
import { replaceTitle } from "../screenplay/title-page.ts";
import type { ElementType } from "./element.ts";

/** An imported screenplay. */
export interface Script {
  scriptId: number;
  /** The text of its element of type script. */
  title: string;
  counts: ElementCounts;
  createdAtMs: number;
}

/** An element before it has an id: the place in its script is its place in the list. */
export interface NewElement {
  elementType: ElementType;
  /** A script has none. */
  markup: Markup | null;
  /** Its number among the new elements of its type, from 1. */
  ordinal: number;
  /** The ordinal of the section that heads it, its own for a section; null before the first one. */
  sectionOrdinal: number | null;
  text: string;
  /** As its author wrote it, and what stands before it. A script has neither. */
  lead: string | null;
  source: string | null;
}

/** All there is to store of a screenplay; the first element is the script itself. */
export interface NewScript {
  title: string;
  titlePage: string;
  /** What follows the last element. */
  tail: string;
  counts: ElementCounts;
  elements: NewElement[];
}

/** Reads a screenplay in Fountain markup. */
export function* readScript(source: string): Steps<Result<NewScript, ParseFailure>> {
  const parsed = yield* parseInSteps(source);
  if (!parsed.ok) return parsed;
  const { title, titlePage, elements, tail } = parsed.value;
  const ordinals = { section: 0, character: 0, action: 0, spokenWord: 0 };
  const placed = elements.map((element): NewElement => {
    const ordinal = ordinals[element.elementType] + 1;
    ordinals[element.elementType] = ordinal;
    return { ...element, ordinal, sectionOrdinal: ordinals.section === 0 ? null : ordinals.section };
  });
  const script: NewElement = {
    elementType: "script",
    markup: null,
    ordinal: 1,
    sectionOrdinal: null,
    text: title,
    lead: null,
    source: null,
  };
  return success({ title, titlePage, tail, counts: countElements(elements), elements: [script, ...placed] });
}

/** An element of an imported script, as it is stored. */
export interface StoredLine extends Pick<Part, "markup" | "text" | "lead" | "source"> {
  /** Its place in the screenplay as imported, from 1. */
  position: number;
}

/** A script as it is stored, its elements in their order. */
export interface StoredScript {
  /** The latest. */
  title: string;
  titlePage: string;
  tail: string;
  lines: readonly StoredLine[];
}

/** The script as Fountain markup, its title page carrying the latest title. */
export function* writeScript({ title, titlePage, tail, lines }: StoredScript): Steps<string> {
  const parts = lines.map(({ position, ...part }, at) => ({
    ...part,
    isInPlace: position === (lines[at - 1]?.position ?? 0) + 1,
  }));
  return yield* renderInSteps({
    titlePage: yield* replaceTitle(titlePage, title),
    firstTitlePage: titlePage,
    parts,
    tail,
    isTailInPlace: (lines.at(-1)?.position ?? 0) === lines.length,
  });
}
