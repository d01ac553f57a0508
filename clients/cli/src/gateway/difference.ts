/** What a file would change of an object as it is stored. */

/** What the gateway says of an object, and no file does. */
const OF_THE_GATEWAY = new Set(["name", "source", "createdAt", "updatedAt", "warnings", "state"]);

/** What the gateway fills in where a file leaves it out. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["intervalSeconds", "10"],
  ["when", "{}"],
]);

type Leaves = Map<string, string>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Every value that has none inside, by its place, such as `routes.0.match`. */
const leavesOf = (value: unknown, place: string[] = [], into: Leaves = new Map()): Leaves => {
  const inner = isObject(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : [];
  for (const [name, member] of inner) leavesOf(member, [...place, name], into);
  if (inner.length === 0) into.set(place.join("."), JSON.stringify(value) ?? "null");
  return into;
};

export interface Difference {
  place: string;
  from: string | undefined;
  to: string | undefined;
}

const isFilledIn = ({ place, from, to }: Difference): boolean =>
  to === undefined && DEFAULTS.get(place.split(".").at(-1) ?? "") === from;

/** The values that differ; `stored` is undefined where there is no such object yet. */
export const differencesOf = (stored: Record<string, unknown> | undefined, wanted: unknown): Difference[] => {
  const own = Object.entries(stored ?? {}).filter(([name]) => !OF_THE_GATEWAY.has(name));
  const [before, after] = [leavesOf(stored && Object.fromEntries(own)), leavesOf(wanted)];
  if (stored === undefined) before.clear();
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((place) => ({ place, from: before.get(place), to: after.get(place) }))
    .filter((difference) => difference.from !== difference.to && !isFilledIn(difference));
};
