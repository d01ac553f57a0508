/** Decides how a query is read when too little is found as it was typed: by asking how much each other way would find. */
import type { SearchQuery } from "../query/engine.ts";
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

/** The readings to search by; only the exact one when nothing else finds more. `found` is what that one finds. */
export const tolerantInterpretations = async (
  { queryBy, typoTolerance }: SearchQuery,
  terms: readonly Term[],
  found: number,
  lookups: Lookups,
): Promise<Interpretation[]> => {
  const exact: Found = { interpretations: [exactInterpretation(terms)], found };
  const { typoTokensThreshold, dropTokensThreshold, dropTokensFrom } = typoTolerance;
  const isEnough = found >= Math.max(typoTokensThreshold, dropTokensThreshold);
  if (isEnough || terms.length > MAX_TOLERANT_TERMS) return exact.interpretations;
  const mostTypos = found < typoTokensThreshold ? Math.max(...queryBy.map(({ maxTypos }) => maxTypos)) : 0;
  const suspected = await lookUp(suspectsIn(terms, typoTolerance, mostTypos), lookups);
  const misspelt = await extend(exact, misspeltInterpretations(terms, suspected), typoTokensThreshold, lookups);
  const dropped = droppedInterpretations(terms, suspected, dropTokensFrom);
  return (await extend(misspelt, dropped, dropTokensThreshold, lookups)).interpretations;
};
