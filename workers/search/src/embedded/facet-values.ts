/** Finds the values of a facet that a `facet_query` is about: those with its words, or with words like them. */
import { z } from "zod";
import { eachInSteps, type Steps } from "#shared/lang/steps.ts";
import type { FacetRequest, SearchQuery } from "../query/engine.ts";
import { suspectsIn, withNeighbours } from "../query/interpretations.ts";
import { markMatches, type TermGroups } from "../text/highlight.ts";
import { indexTerms } from "../text/matches.ts";
import { parseTerms, type Term, termOfWords } from "../text/terms.ts";
import { tokensOf } from "../text/tokens.ts";

export interface FacetValue {
  value: string | number;
  count: number;
}

export interface FoundValue extends FacetValue {
  highlighted: string;
}

const listSchema = z.array(z.tuple([z.union([z.string(), z.number()]), z.number()]));

/** The values in a row of the database. */
export const valuesIn = (list: string): FacetValue[] =>
  listSchema.parse(JSON.parse(list)).map(([value, count]) => ({ value, count }));

/** Typesense's lengths for values; those for documents are others. */
const TYPO_LENGTHS = { minLengthForOneTypo: 3, minLengthForTwoTypos: 7 };

/** The different words of all values. */
function* wordsOf(values: readonly FacetValue[]): Steps<Set<string>> {
  const words = new Set<string>();
  yield* eachInSteps(
    values,
    ({ value }) => {
      for (const { kind, folded } of tokensOf(String(value))) if (kind === "word") words.add(folded);
    },
    ({ value }) => String(value).length,
  );
  return words;
}

/** About what comparing two words letter by letter costs, in characters. */
const COMPARISON = 64;

/** Each term with the words that it may be a misspelling of, with so many errors. */
function* withErrors(
  terms: readonly Term[],
  words: ReadonlySet<string>,
  typos: number,
  { typoTolerance }: SearchQuery,
): Steps<TermGroups> {
  const suspects = new Map(
    suspectsIn(terms, { ...typoTolerance, ...TYPO_LENGTHS }, typos).map((suspect) => [suspect.term, suspect]),
  );
  const groups: Term[][] = [];
  for (const term of terms) {
    const suspect = suspects.get(term);
    const near: Term[] = [];
    const compare = (word: string): void => {
      if (suspect && withNeighbours(suspect, [word]).neighbours.length > 0) near.push(termOfWords(word));
    };
    if (suspect) yield* eachInSteps(words, compare, () => COMPARISON);
    groups.push([term, ...near]);
  }
  return { groups, index: indexTerms(groups.flat()) };
}

function* matching(values: readonly FacetValue[], wanted: TermGroups, query: SearchQuery): Steps<FoundValue[]> {
  const found: FoundValue[] = [];
  for (const { value, count } of values) {
    const highlighted = yield* markMatches(String(value), wanted, query.highlight);
    if (highlighted !== undefined) found.push({ value, count, highlighted });
  }
  return found;
}

const compareValues = (a: FacetValue["value"], b: FacetValue["value"]): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const ORDERS: Record<FacetRequest["order"], (a: FacetValue, b: FacetValue) => number> = {
  count: (a, b) => b.count - a.count || compareValues(a.value, b.value),
  "value-ascending": (a, b) => compareValues(a.value, b.value),
  "value-descending": (a, b) => compareValues(b.value, a.value),
};

/** The values with all words of the query; with errors in them, only if there are none without. */
export function* findValues(
  { order }: FacetRequest,
  values: readonly FacetValue[],
  query: SearchQuery,
): Steps<FoundValue[]> {
  const { words = "", maxTypos = 0 } = query.facetQuery ?? {};
  const terms = parseTerms(words).include;
  const groups = terms.map((term) => [term]);
  let found = yield* matching(values, { groups, index: indexTerms(terms) }, query);
  if (found.length === 0 && maxTypos > 0 && terms.length > 0) {
    const known = yield* wordsOf(values);
    for (let typos = 1; typos <= maxTypos && found.length === 0; typos += 1)
      found = yield* matching(values, yield* withErrors(terms, known, typos, query), query);
  }
  return found.toSorted(ORDERS[order]);
}
