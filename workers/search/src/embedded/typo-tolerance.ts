/** Decides how a query is read when too little is found as it was typed: by asking how much each other way would find. */
import type { SearchQuery, TypoTolerance } from "../query/engine.ts";
import {
  droppedInterpretations,
  exactInterpretation,
  type Interpretation,
  MAX_TOLERANT_TERMS,
  misspeltInterpretations,
  type Suspect,
  type Suspected,
  suspectsIn,
  withNeighbours,
} from "../query/interpretations.ts";
import { splitJoinInterpretations } from "../query/split-join.ts";
import type { Term } from "../text/terms.ts";

/** What the database is asked; each is one round trip. */
export interface Lookups {
  /** How many documents each reading matches. */
  countsOf(interpretations: readonly Interpretation[]): Promise<number[]>;
  /** Words of the documents that are like each suspect. */
  candidatesFor(suspects: readonly Suspect[]): Promise<string[][]>;
}

interface Found {
  interpretations: Interpretation[];
  found: number;
}

/** Adds readings until enough is found; those that find nothing more are passed over. */
const extend = async (
  { interpretations, found }: Found,
  more: readonly Interpretation[],
  threshold: number,
  lookups: Lookups,
): Promise<Found> => {
  if (found >= threshold || more.length === 0) return { interpretations, found };
  const counts = await lookups.countsOf(more);
  const added: Interpretation[] = [];
  let most = found;
  for (const [at, interpretation] of more.entries()) {
    const count = counts[at] ?? 0;
    if (most >= threshold || count <= most) continue;
    added.push(interpretation);
    most = count;
  }
  return { interpretations: [...interpretations, ...added], found: most };
};

const lookUp = async (suspects: readonly Suspect[], lookups: Lookups): Promise<Suspected[]> => {
  if (suspects.length === 0) return [];
  const candidates = await lookups.candidatesFor(suspects);
  return suspects.map((suspect, at) => withNeighbours(suspect, candidates[at] ?? []));
};

/** Adds the first reading that finds anything. */
const addFirst = async (
  { interpretations, found }: Found,
  more: readonly Interpretation[],
  lookups: Lookups,
): Promise<Found> => {
  if (more.length === 0) return { interpretations, found };
  const counts = await lookups.countsOf(more);
  const at = counts.findIndex((count) => count > 0);
  return {
    interpretations: [...interpretations, ...more.slice(at, at + 1)],
    found: Math.max(found, counts[at] ?? 0),
  };
};

const EVERYTHING = Number.MAX_SAFE_INTEGER;

const withThresholds = (typoTolerance: TypoTolerance): TypoTolerance =>
  typoTolerance.exhaustive
    ? { ...typoTolerance, typoTokensThreshold: EVERYTHING, dropTokensThreshold: EVERYTHING }
    : typoTolerance;

const triesSpaces = ({ splitJoinTokens }: TypoTolerance, found: number): boolean =>
  splitJoinTokens === "always" || (splitJoinTokens === "fallback" && found === 0);

/** The ends to leave words out from, and whether to continue when enough is found. */
const sidesOf = (terms: readonly Term[], { dropTokensMode, bothSidesLimit }: TypoTolerance) => {
  if (dropTokensMode === "both_sides" && terms.length <= bothSidesLimit)
    return { sides: ["left", "right"] as const, isExhaustive: true };
  return { sides: [dropTokensMode === "left_to_right" ? "left" : "right"] as const, isExhaustive: false };
};

const dropWords = async (
  before: Found,
  terms: readonly Term[],
  suspected: readonly Suspected[],
  typoTolerance: TypoTolerance,
  lookups: Lookups,
): Promise<Found> => {
  const { dropTokensThreshold } = typoTolerance;
  if (before.found >= dropTokensThreshold) return before;
  const { sides, isExhaustive } = sidesOf(terms, typoTolerance);
  const threshold = isExhaustive ? EVERYTHING : dropTokensThreshold;
  let { interpretations, found } = before;
  for (const side of sides) {
    // Each side is tried on its own: what one finds, the other may not.
    const dropped = droppedInterpretations(terms, suspected, side);
    const more = await extend({ interpretations, found: before.found }, dropped, threshold, lookups);
    interpretations = more.interpretations;
    found = Math.max(found, more.found);
  }
  return { interpretations, found };
};

/** The readings to search by; only the exact one when nothing else finds more. `found` is what that one finds. */
export const tolerantInterpretations = async (
  { queryBy, typoTolerance: given }: SearchQuery,
  terms: readonly Term[],
  found: number,
  lookups: Lookups,
): Promise<Interpretation[]> => {
  const typoTolerance = withThresholds(given);
  const { typoTokensThreshold, dropTokensThreshold } = typoTolerance;
  const exact: Found = { interpretations: [exactInterpretation(terms)], found };
  const isEnough = found >= Math.max(typoTokensThreshold, dropTokensThreshold) && !triesSpaces(typoTolerance, found);
  if (isEnough || terms.length > MAX_TOLERANT_TERMS) return exact.interpretations;
  const mostTypos = found < typoTokensThreshold ? Math.max(...queryBy.map(({ maxTypos }) => maxTypos)) : 0;
  const allowsPrefix = queryBy.some(({ prefix }) => prefix);
  const suspected = await lookUp(suspectsIn(terms, typoTolerance, mostTypos, allowsPrefix), lookups);
  const misspelt = await extend(exact, misspeltInterpretations(terms, suspected), typoTokensThreshold, lookups);
  const spaced = triesSpaces(typoTolerance, misspelt.found)
    ? await addFirst(misspelt, splitJoinInterpretations(terms), lookups)
    : misspelt;
  return (await dropWords(spaced, terms, suspected, typoTolerance, lookups)).interpretations;
};
