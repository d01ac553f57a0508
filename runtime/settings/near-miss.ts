/** Variables whose names are almost those of settings: they would be ignored without a word. */

const MAX_EDITS = 2;
/** Shorter names are close to too many others. */
const MIN_CHARACTERS = 7;

/** How many characters to insert, delete, replace or exchange with the next (optimal string alignment). */
const editsBetween = (one: string, other: string): number => {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const edits = [
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      ];
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        edits.push((before[column - 2] ?? 0) + 1);
      current.push(Math.min(...edits));
    }
    [before, last] = [last, current];
  }
  return last[other.length] ?? 0;
};

const withoutSeparators = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

const isNear = (name: string, known: string): boolean => {
  if (Math.min(name.length, known.length) < MIN_CHARACTERS) return false;
  const [one, other] = [withoutSeparators(name), withoutSeparators(known)];
  return one.startsWith(other) || other.startsWith(one) || editsBetween(one, other) <= MAX_EDITS;
};

/** The known name that this one was probably meant to be. */
const nearestOf = (name: string, known: readonly string[]): string | undefined =>
  known
    .filter((candidate) => isNear(name, candidate))
    .toSorted((one, other) => editsBetween(name, one) - editsBetween(name, other))[0];

/** One line for each variable that is set, is no setting, and is almost one. */
export const nearMisses = (names: readonly string[], known: readonly string[]): string[] =>
  names
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const nearest = nearestOf(name, known);
      return nearest === undefined ? [] : [`${name} is not a setting and has no effect: did you mean ${nearest}?`];
    });
