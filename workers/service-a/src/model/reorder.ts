/** The rules of a new order: the same elements as before, each once. */

/** What is wrong with one field; `pointer` as in a problem (RFC 6901 §6). */
export interface Fault {
  pointer: string;
  detail: string;
}

export const MAX_REORDERED = 10_000;
/** A caller who got thousands wrong is served by the first few. */
const MAX_FAULTS = 20;

const repeated = (field: string, ids: readonly number[]): Fault[] => {
  const seen = new Set<number>();
  return ids.flatMap((id, at) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ pointer: `#/${field}/${at}`, detail: `${id} is repeated` }];
  });
};

/** Every repeated, foreign or missing id, up to twenty; none when `newOrder` is a permutation of `elementIds`. */
export const faultsOfOrder = (elementIds: readonly number[], newOrder: readonly number[]): Fault[] => {
  const known = new Set(elementIds);
  const ordered = new Set(newOrder);
  return [
    ...repeated("elementIds", elementIds),
    ...repeated("newOrder", newOrder),
    ...newOrder.flatMap((id, at) =>
      known.has(id) ? [] : [{ pointer: `#/newOrder/${at}`, detail: `${id} is not among elementIds` }],
    ),
    ...elementIds.flatMap((id) => (ordered.has(id) ? [] : [{ pointer: "#/newOrder", detail: `${id} is missing` }])),
  ].slice(0, MAX_FAULTS);
};

/** The faults of ids that no element has, given by their places in `newOrder`. */
export const faultsOfUnknown = (newOrder: readonly number[], places: readonly number[]): Fault[] =>
  places
    .slice(0, MAX_FAULTS)
    .map((at) => ({ pointer: `#/newOrder/${at}`, detail: `no element of this type has the id ${newOrder[at]}` }));

/** One element's move. */
export interface Move {
  elementId: number;
  oldSequenceNumber: number;
  newSequenceNumber: number;
}
