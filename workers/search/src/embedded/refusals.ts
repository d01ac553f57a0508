/** What the embedded engine leaves to a Typesense cluster, by the name of the parameter. */
import type { FacetRequest, ParameterFault, SearchQuery, Sort } from "../query/engine.ts";
import { isExtraName, isIdleWhenEmbedded } from "../query/extras.ts";

const refusal = (parameter: string, what: string, asked: string): ParameterFault => ({
  parameter,
  status: 400,
  message: `${what} is not supported by the embedded search engine.`,
  detail: `${asked} requires a Typesense cluster; the embedded search engine does not support it.`,
});

const ofSort = ({ field, buckets }: Sort): ParameterFault[] => {
  if (buckets === undefined) return [];
  const sort = `Sorting by \`${field}(${buckets})\``;
  return [refusal("sort_by", sort, sort)];
};

const ofFacet = ({ field, sortField }: FacetRequest): ParameterFault[] => {
  if (sortField === undefined) return [];
  const sort = `Sorting the values of \`${field}\` by another field (\`sort_by:${sortField.field}\`)`;
  return [refusal("facet_by", sort, sort)];
};

export const refusalsOf = ({ extras, sort, facets }: SearchQuery): ParameterFault[] => [
  ...Object.entries(extras)
    .filter(([name, value]) => isExtraName(name) && !isIdleWhenEmbedded(name, value))
    .map(([name]) => refusal(name, `Parameter \`${name}\``, `This value of \`${name}\``)),
  ...sort.flatMap(ofSort),
  ...facets.flatMap(ofFacet),
];
