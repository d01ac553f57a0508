/** A screenplay as a script of elements, and back. */
import { type Result, success } from "#shared/lang/result.ts";
import type { Steps } from "#shared/lang/steps.ts";
import { countElements, type ElementCounts, elementTypeOf, type Markup } from "../screenplay/element.ts";
import { type ParseFailure, parseInSteps } from "../screenplay/parse.ts";
import { renderInSteps } from "../screenplay/render.ts";
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
}

/** All there is to store of a screenplay; the first element is the script itself. */
export interface NewScript {
  title: string;
  titlePage: string;
  counts: ElementCounts;
  elements: NewElement[];
}

/** Reads a screenplay in Fountain markup. */
export function* readScript(source: string): Steps<Result<NewScript, ParseFailure>> {
  const parsed = yield* parseInSteps(source);
  if (!parsed.ok) return parsed;
  const { title, titlePage, elements } = parsed.value;
  const ordinals = { section: 0, character: 0, action: 0, spokenWord: 0 };
  const placed = elements.map(({ elementType, markup, text }): NewElement => {
    ordinals[elementType] += 1;
    const sectionOrdinal = ordinals.section === 0 ? null : ordinals.section;
    return { elementType, markup, ordinal: ordinals[elementType], sectionOrdinal, text };
  });
  const script: NewElement = { elementType: "script", markup: null, ordinal: 1, sectionOrdinal: null, text: title };
  return success({ title, titlePage, counts: countElements(elements), elements: [script, ...placed] });
}

/** The script as Fountain markup, its title page carrying the latest title. */
export function* writeScript(
  { title, titlePage }: { title: string; titlePage: string },
  lines: readonly { markup: Markup; text: string }[],
): Steps<string> {
  return yield* renderInSteps({
    titlePage: yield* replaceTitle(titlePage, title),
    elements: lines.map(({ markup, text }) => ({ elementType: elementTypeOf(markup), markup, text })),
  });
}
