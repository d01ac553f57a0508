/** Reads the facets of a search, those narrowed by a `facet_query` with all of their values. */
import type { SQL } from "drizzle-orm";
import { inSlices } from "#shared/lang/steps.ts";
import { type FacetCounts, type FacetRequest, type SearchQuery, SearchRefused } from "../query/engine.ts";
import {
  type FacetRow,
  type FacetValuesRow,
  facetStatement,
  facetValuesStatement,
  toFacetCounts,
  toFoundCounts,
} from "./facet-sql.ts";
import { type FacetValue, findValues, valuesIn } from "./facet-values.ts";
import type { Selection } from "./search-sql.ts";

/** As many as there should be documents. */
const MAX_COMPARED_VALUES = 100_000;

export type AnyFacetRow = FacetRow | FacetValuesRow;

const isNarrowed = ({ field }: FacetRequest, { facetQuery }: SearchQuery): boolean => facetQuery?.field === field;

/** For each facet, the statement whose rows {@link readFacets} takes. */
export const facetStatements = (query: SearchQuery, selection: Selection): SQL[] =>
  query.facets.map((facet) =>
    isNarrowed(facet, query)
      ? facetValuesStatement(facet, selection)
      : facetStatement(facet, selection, query.maxFacetValues),
  );

type ReadValues = (statement: SQL) => Promise<FacetValuesRow[]>;

/** All values of a facet, of which the first are read already. Throws {@link SearchRefused} if they are too many. */
const allValues = async (
  facet: FacetRequest,
  { list, total_values }: FacetValuesRow,
  selection: Selection,
  read: ReadValues,
): Promise<FacetValue[]> => {
  if (total_values > MAX_COMPARED_VALUES)
    throw new SearchRefused({
      parameter: "facet_query",
      status: 422,
      message: `Parameter \`facet_query\` compares at most ${MAX_COMPARED_VALUES} values, and \`${facet.field}\` has ${total_values}. Narrow the search, for example by \`filter_by\`.`,
    });
  const values = valuesIn(list);
  for (let last = values.at(-1); last && values.length < total_values; ) {
    const [page] = await read(facetValuesStatement(facet, selection, last.value));
    const more = page ? valuesIn(page.list) : [];
    values.push(...more);
    last = more.at(-1);
  }
  return values;
};

const NOTHING: FacetValuesRow = { list: "[]", total_values: 0, documents: 0 };

/** The facets as in the response, from the rows of their statements. */
export const readFacets = async (
  query: SearchQuery,
  selection: Selection,
  rows: readonly AnyFacetRow[][],
  read: ReadValues,
): Promise<FacetCounts[]> => {
  const counts: FacetCounts[] = [];
  for (const [at, facet] of query.facets.entries()) {
    const ofFacet = rows[at] ?? [];
    if (!isNarrowed(facet, query)) {
      counts.push(
        toFacetCounts(
          facet,
          ofFacet.filter((row) => "value" in row),
        ),
      );
      continue;
    }
    const first = ofFacet.find((row) => "list" in row) ?? NOTHING;
    const values = await allValues(facet, first, selection, read);
    counts.push(toFoundCounts(facet, await inSlices(findValues(facet, values, query)), first, query));
  }
  return counts;
};
