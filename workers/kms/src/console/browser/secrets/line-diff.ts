/** What two texts differ in, line by line. */

export interface Line {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Beyond so many comparisons, all lines between the first and the last difference count as replaced. */
const MOST_COMPARISONS = 4_000_000;

const as = (kind: Line["kind"], lines: readonly string[]): Line[] => lines.map((text) => ({ kind, text }));

/** The lines in the longest common subsequence stay; all others are removed or added. */
const compareMiddle = (before: readonly string[], after: readonly string[]): Line[] => {
  const width = after.length + 1;
  if (before.length * after.length > MOST_COMPARISONS) return [...as("removed", before), ...as("added", after)];
  // Of each pair of ends: how many lines the two have in common from there on.
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = after.length - 1; column >= 0; column -= 1)
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < after.length) {
    const [removed = "", added = ""] = [before[row], after[column]];
    if (removed === added) {
      lines.push({ kind: "same", text: removed });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      lines.push({ kind: "removed", text: removed });
      row += 1;
    } else {
      lines.push({ kind: "added", text: added });
      column += 1;
    }
  }
  return [...lines, ...as("removed", before.slice(row)), ...as("added", after.slice(column))];
};

export const compareLines = (before: string, after: string): Line[] => {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const shorter = Math.min(old.length, now.length);
  let begin = 0;
  while (begin < shorter && old[begin] === now[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return [
    ...as("same", old.slice(0, begin)),
    ...compareMiddle(old.slice(begin, old.length - end), now.slice(begin, now.length - end)),
    ...as("same", old.slice(old.length - end)),
  ];
};
