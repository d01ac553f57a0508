/**
 * Ranks without looking at each match: an interpretation of the query becomes a few FTS5 expressions, best first, that
 * share no document. Within one of them all documents match equally well, so that a page is read from the first few only.
 */
import type { SearchedField } from "../query/engine.ts";
import type { Alternative, Interpretation } from "../query/interpretations.ts";
import type { Term } from "../text/terms.ts";
import { all, any, inColumns, phrase, sequence, without } from "./match.ts";

export interface RankingTier {
  expression: string;
  /** What `text_match` says of its documents: a safe integer. */
  score: number;
}

/** What an interpretation matches, in all and ranked. */
export interface Ranking {
  total: string;
  tiers: RankingTier[];
}

/** More words are matched, but not ranked. */
const MAX_RANKED_TERMS = 10;

/** As in Typesense: more words, then fewer errors, whole words, words next to each other, the field, how many fields. */
const SCORES = { word: 100_000_000, typo: 20_000_000, whole: 10_000_000, adjacent: 1_000_000, weight: 1_000, field: 1 };

interface Half {
  isWhole: boolean;
  fields: readonly SearchedField[];
  tokens: readonly (readonly Alternative[])[];
}

/** As it is looked for in a field: prefixes may be turned off there. */
const within = (field: SearchedField, term: Alternative): Alternative => ({
  ...term,
  prefix: term.prefix && field.prefix,
});

const tokenIn = (field: SearchedField, alternatives: readonly Alternative[]): string => {
  const usable = alternatives.filter(({ typos }) => typos <= field.maxTypos);
  return inColumns([field.field], any(usable.map((term) => phrase(within(field, term)))));
};

/** Every token, in whatever field. */
const anywhere = ({ fields, tokens }: Half): string =>
  all(tokens.map((alternatives) => any(fields.map((field) => tokenIn(field, alternatives)))));

const allIn = (field: SearchedField, { tokens }: Half): string =>
  all(tokens.map((alternatives) => tokenIn(field, alternatives)));

const adjacentIn = (field: SearchedField, { tokens }: Half): string => {
  const typed = tokens.flatMap((alternatives) => alternatives.slice(0, 1));
  return inColumns([field.field], sequence(typed.map((term) => within(field, term))));
};

interface InField {
  field: SearchedField;
  expression: string;
}

/** All choices of some of the items; those left out come second. */
const choices = <Item>(items: readonly Item[]): [Item[], Item[]][] =>
  items
    .reduce<[Item[], Item[]][]>(
      (chosen, item) =>
        chosen.flatMap(([taken, left]): [Item[], Item[]][] => [
          [[...taken, item], left],
          [taken, [...left, item]],
        ]),
      [[[], []]],
    )
    .filter(([taken]) => taken.length > 0);

/** Which of the fields match: the weightiest counts, then how many they are. */
const byField = (inFields: readonly InField[], minus: readonly string[], base: number): RankingTier[] =>
  choices(inFields).map(([matching, others]) => ({
    expression: without(all(matching.map(({ expression }) => expression)), [
      ...others.map(({ expression }) => expression),
      ...minus,
    ]),
    score:
      base + Math.max(...matching.map(({ field }) => field.weight)) * SCORES.weight + matching.length * SCORES.field,
  }));

const tiersOfHalf = (half: Half, base: number, minus: readonly string[]): RankingTier[] => {
  const { fields, tokens, isWhole } = half;
  const start = base + (isWhole ? SCORES.whole : 0);
  const whole = fields.map((field) => ({ field, expression: allIn(field, half) }));
  const canBeAdjacent = tokens.length > 1 && tokens.every((alternatives) => alternatives.length === 1);
  const adjacent = canBeAdjacent ? fields.map((field) => ({ field, expression: adjacentIn(field, half) })) : [];
  const expressionsOf = (inFields: readonly InField[]): string[] => inFields.map(({ expression }) => expression);
  const isSpread = fields.length > 1 && tokens.length > 1;
  return [
    ...byField(adjacent, minus, start + SCORES.adjacent),
    ...byField(whole, [...expressionsOf(adjacent), ...minus], start),
    ...(isSpread ? [{ expression: without(anywhere(half), [...expressionsOf(whole), ...minus]), score: start }] : []),
  ];
};

/** Tiers of one score are one. */
const merged = (tiers: readonly RankingTier[]): RankingTier[] =>
  [...Map.groupBy(tiers, ({ score }) => score)]
    .map(([score, equal]) => ({ score, expression: any(equal.map(({ expression }) => expression)) }))
    .toSorted((a, b) => b.score - a.score);

const asWhole = (fields: readonly SearchedField[]): SearchedField[] =>
  fields.map((field) => ({ ...field, prefix: false }));

/** What an interpretation matches besides `earlier`, and without documents that have an excluded term. */
export const rank = (
  fields: readonly SearchedField[],
  { tokens, typos }: Interpretation,
  exclude: readonly Term[],
  earlier: readonly string[] = [],
): Ranking => {
  const columns = fields.map(({ field }) => field);
  const minus = [...exclude.map((term) => inColumns(columns, phrase(term))), ...earlier];
  const open: Half = { isWhole: false, fields, tokens };
  const whole: Half = { isWhole: true, fields: asWhole(fields), tokens };
  const isOpen = fields.some(({ prefix }) => prefix) && tokens.some((token) => token.some(({ prefix }) => prefix));
  const total = without(anywhere(open), minus);
  const base = tokens.length * SCORES.word - typos * SCORES.typo;
  if (tokens.length > MAX_RANKED_TERMS) return { total, tiers: [{ expression: total, score: base }] };
  return {
    total,
    tiers: merged([
      ...tiersOfHalf(whole, base, minus),
      ...(isOpen ? tiersOfHalf(open, base, [anywhere(whole), ...minus]) : []),
    ]),
  };
};
