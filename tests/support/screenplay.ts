/** What reads and writes screenplays in steps, all at once, which only tests may do. */
import { atOnce, type Steps } from "#shared/lang/steps.ts";
import type { Markup, Screenplay, ScreenplayElement } from "../../workers/service-a/src/screenplay/element.ts";
import { parseInSteps } from "../../workers/service-a/src/screenplay/parse.ts";
import { type Manuscript, renderInSteps } from "../../workers/service-a/src/screenplay/render.ts";
import * as text from "../../workers/service-a/src/screenplay/text.ts";
import * as titlePage from "../../workers/service-a/src/screenplay/title-page.ts";

const allAtOnce =
  <Given extends unknown[], Value>(work: (...given: Given) => Steps<Value>) =>
  (...given: Given): Value =>
    atOnce(work(...given));

export const parseScreenplay = allAtOnce(parseInSteps);
export const normaliseText = allAtOnce(text.normaliseText);
export const cleanText = allAtOnce(text.cleanText);
export const titlePageEnd = allAtOnce(titlePage.titlePageEnd);
export const titleOf = allAtOnce(titlePage.titleOf);
export const replaceTitle = allAtOnce(titlePage.replaceTitle);
const render = allAtOnce(renderInSteps);

/** The screenplay of a text that has one. */
export const readScreenplay = (source: string): Screenplay => {
  const result = parseScreenplay(source);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

/** Kind and text of each element. */
export const kindsOf = (source: string): [Markup, string][] =>
  readScreenplay(source).elements.map((element) => [element.markup, element.text]);

/** What a screenplay says, without how it was written. */
export const contentOf = ({ title, elements }: Pick<Screenplay, "title" | "elements">) => ({
  title,
  elements: elements.map(({ elementType, markup, text: said }) => ({ elementType, markup, text: said })),
});

/** What a manuscript of elements is of which no one knows how they were written. */
export const unwritten = ({
  titlePage: page,
  elements,
}: {
  titlePage: string;
  elements: readonly ScreenplayElement[];
}): Manuscript => ({
  titlePage: page,
  firstTitlePage: page,
  parts: elements.map(({ markup, text: said }, at) => ({
    markup,
    text: said,
    lead: at === 0 && page === "" ? "" : null,
    source: null,
    isInPlace: true,
  })),
  tail: "\n",
  isTailInPlace: true,
});

/** Elements written by rule, as if no one knew how they were written. */
export const renderScreenplay = (screenplay: Parameters<typeof unwritten>[0]): string => render(unwritten(screenplay));

/** The screenplay exported, some of its elements with another text, `order` being their new order. */
export const exportScreenplay = (
  { titlePage: firstTitlePage, elements, tail }: Screenplay,
  {
    texts = {},
    order = elements.map((_, at) => at),
    page = firstTitlePage,
  }: { texts?: Readonly<Record<number, string>>; order?: readonly number[]; page?: string } = {},
): string =>
  render({
    titlePage: page,
    firstTitlePage,
    parts: order.flatMap((at, place) => {
      const element = elements[at];
      if (element === undefined) return [];
      const { markup, lead, source } = element;
      return [{ markup, lead, source, text: texts[at], isInPlace: at === (order[place - 1] ?? -1) + 1 }];
    }),
    tail,
    isTailInPlace: order.at(-1) === elements.length - 1,
  });
