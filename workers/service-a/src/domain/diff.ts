/** What differs between two texts, line by line. */
import { diffArrays } from "diff";

/** Beyond so many lines added and removed the shortest way is not looked for: it would take seconds. */
export const MAX_DIFFERENCES = 1_000;

/** Consecutive lines with the same fate, without their line feeds. */
export interface LineChange {
  kind: "unchanged" | "added" | "removed";
  lines: string[];
}

/** A text without a character has no line. */
const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));

/** The shortest way from one text to the other; `undefined` when they differ in more than 1,000 lines. */
export const diffLines = (from: string, to: string): LineChange[] | undefined =>
  diffArrays(linesOf(from), linesOf(to), { maxEditLength: MAX_DIFFERENCES })?.map(({ added, removed, value }) => ({
    kind: added ? "added" : removed ? "removed" : "unchanged",
    lines: value,
  }));
