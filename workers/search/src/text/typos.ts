/** How far a word is from what was typed: letters wrong, missing, surplus, or changed with their neighbour. */

/** What was typed may be the whole word, or only how it begins. */
export interface Typed {
  word: string;
  prefix: boolean;
}

/** One row of the table of distances, from the two rows above it. */
const nextRow = (
  typed: readonly string[],
  word: readonly string[],
  at: number,
  above: readonly number[],
  twoAbove: readonly number[],
): number[] => {
  const row = [at];
  const letter = typed[at - 1];
  for (let column = 1; column <= word.length; column += 1) {
    const isSame = letter === word[column - 1];
    const isSwapped = at > 1 && letter === word[column - 2] && typed[at - 2] === word[column - 1];
    row.push(
      Math.min(
        (above[column] ?? 0) + 1,
        (row[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (twoAbove[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      ),
    );
  }
  return row;
};

/**
 * The number of single errors between what was typed and a word (optimal string alignment); of a prefix, between it and
 * the beginning of the word that is closest. `undefined` when there are more than `most`.
 */
export const typosBetween = ({ word: typedWord, prefix }: Typed, word: string, most: number): number | undefined => {
  const typed = [...typedWord];
  const letters = [...word];
  if (letters.length < typed.length - most || (!prefix && letters.length > typed.length + most)) return undefined;
  let twoAbove: number[] = [];
  let above = Array.from({ length: letters.length + 1 }, (_, column) => column);
  for (let at = 1; at <= typed.length; at += 1) {
    const row = nextRow(typed, letters, at, above, twoAbove);
    if (Math.min(...row) > most) return undefined;
    twoAbove = above;
    above = row;
  }
  const distance = prefix ? Math.min(...above) : (above.at(-1) ?? 0);
  return distance <= most ? distance : undefined;
};

/** All runs of three letters in a word that has two spaces before and one behind, so that its ends count as letters. */
export const trigramsOf = (word: string): string[] => {
  const letters = [..."  ", ...word, " "];
  return [...new Set(letters.slice(2).map((_, at) => letters.slice(at, at + 3).join("")))];
};
