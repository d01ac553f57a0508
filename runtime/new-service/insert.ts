/** Adds to a list or a table in the text of a file, at a place that must be there. */

export interface Place {
  /** What the list begins with. */
  opening: string;
  /** What follows its last entry. */
  closing: string;
  /** How many such lists there are, if more than one. */
  times?: number;
}

const assertCount = (found: number, wanted: number, text: string): void => {
  if (found !== wanted) throw new Error(`has ${JSON.stringify(text)} ${found} times and not ${wanted}`);
};

/** The text with the entry at the end of each such list. Throws an error if there are more or fewer than expected. */
export const appendEntry = (text: string, { opening, closing, times = 1 }: Place, entry: string): string => {
  const [before = "", ...parts] = text.split(opening);
  assertCount(parts.length, times, opening);
  return [
    before,
    ...parts.map((part) => {
      const end = part.indexOf(closing);
      if (end === -1) throw new Error(`has no ${JSON.stringify(closing)} after ${JSON.stringify(opening)}`);
      const entries = part.slice(0, end).trimEnd();
      const comma = entries === "" || entries.endsWith(",") ? "" : ",";
      return `${entries}${comma}${entry}${part.slice(end)}`;
    }),
  ].join(opening);
};

/** The text with the line after each such line. Throws an error if there are more or fewer than expected. */
export const insertAfter = (text: string, line: string, inserted: string, times = 1): string => {
  const parts = text.split(`\n${line}\n`);
  assertCount(parts.length - 1, times, line);
  return parts.join(`\n${line}\n${inserted}\n`);
};
