/** Names of services and roles, in lower-case ASCII, that could be taken for each other. */

/** What looks the same in common typefaces, and the form to compare. */
const LOOK_ALIKES = [
  ["1", "l"],
  ["i", "l"],
  ["0", "o"],
  ["rn", "m"],
  ["vv", "w"],
] as const;

const skeletonOf = (name: string): string =>
  LOOK_ALIKES.reduce((text, [one, other]) => text.replaceAll(one, other), name);

/** Why a new name is refused. */
export interface LooksLike {
  readonly kind: "looks-like";
  /** The existing name that it could be taken for. */
  readonly other: string;
}

/** The first of the other names that looks like this one; `undefined` when none does. */
export const findLookAlike = (name: string, others: readonly string[]): string | undefined => {
  const skeleton = skeletonOf(name);
  return others.find((other) => other !== name && skeletonOf(other) === skeleton);
};

/** What is said of a name that looks like that one. */
export const looksTaken = (other: string): string => `This name looks like ${other}, which exists. Choose another one.`;
