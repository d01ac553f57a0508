/** All cases of the suite, by what they are about. */
import { ANSWERS } from "./answers.ts";
import type { Case } from "./case.ts";
import { FILTERS } from "./filters.ts";
import { REFUSALS } from "./refusals.ts";
import { SCRIPTS } from "./scripts.ts";
import { WORDS } from "./words.ts";

export const CASES: Readonly<Record<string, readonly Case[]>> = {
  "words, errors and ranking": WORDS,
  "words of all scripts": SCRIPTS,
  "a filter lets through": FILTERS,
  "the order of hits": ANSWERS.ORDERS,
  pages: ANSWERS.PAGES,
  "facets count": ANSWERS.FACETS,
  "what is shown of a hit": ANSWERS.SHOWN,
  "what is refused": REFUSALS,
};

/** What is written down of the differences, for people: one line for each reason. */
export const differencesAsMarkdown = (): string => {
  const differing = Object.values(CASES)
    .flat()
    .flatMap(({ differs }) => differs ?? []);
  return [...new Set(differing.map(({ because }) => `- ${because}`))].join("\n");
};
