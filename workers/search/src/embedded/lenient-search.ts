/** Decides how a query is read when too little is found as it was typed: by asking how much each other way would find. */
import type { SearchQuery } from "../query/engine.ts";
import {
  droppedReadings,
  exactReading,
  MAX_LENIENT_TERMS,
  misspeltReadings,
  type Reading,
  type Suspect,
  type Suspected,
  suspectsIn,
  withNeighbours,
} from "../query/readings.ts";
import type { Term } from "../text/terms.ts";

/** What the database is asked; each is one round trip. */
export interface Lookups {
  /** How many documents each reading matches. */
  countsOf(readings: readonly Reading[]): Promise<number[]>;
  /** Words of the documents that are like each suspect. */
  candidatesFor(suspects: readonly Suspect[]): Promise<string[][]>;
}

interface Found {
  readings: Reading[];
  found: number;
}

/** Adds readings until enough is found; those that find nothing more are passed over. */
const extend = async (
  { readings, found }: Found,
  more: readonly Reading[],
  threshold: number,
  lookups: Lookups,
): Promise<Found> => {
  if (found >= threshold || more.length === 0) return { readings, found };
  const counts = await lookups.countsOf(more);
  const added: Reading[] = [];
  let most = found;
  for (const [at, reading] of more.entries()) {
    const count = counts[at] ?? 0;
    if (most >= threshold || count <= most) continue;
    added.push(reading);
    most = count;
  }
  return { readings: [...readings, ...added], found: most };
};

const lookUp = async (suspects: readonly Suspect[], lookups: Lookups): Promise<Suspected[]> => {
  if (suspects.length === 0) return [];
  const candidates = await lookups.candidatesFor(suspects);
  return suspects.map((suspect, at) => withNeighbours(suspect, candidates[at] ?? []));
};

/** The readings to search by; only the exact one when nothing else finds more. `found` is what that one finds. */
export const lenientReadings = async (
  { queryBy, leniency }: SearchQuery,
  terms: readonly Term[],
  found: number,
  lookups: Lookups,
): Promise<Reading[]> => {
  const exact: Found = { readings: [exactReading(terms)], found };
  const { typoTokensThreshold, dropTokensThreshold, dropTokensFrom } = leniency;
  const isEnough = found >= Math.max(typoTokensThreshold, dropTokensThreshold);
  if (isEnough || terms.length > MAX_LENIENT_TERMS) return exact.readings;
  const mostTypos = found < typoTokensThreshold ? Math.max(...queryBy.map(({ maxTypos }) => maxTypos)) : 0;
  const suspected = await lookUp(suspectsIn(terms, leniency, mostTypos), lookups);
  const misspelt = await extend(exact, misspeltReadings(terms, suspected), typoTokensThreshold, lookups);
  const dropped = droppedReadings(terms, suspected, dropTokensFrom);
  return (await extend(misspelt, dropped, dropTokensThreshold, lookups)).readings;
};
