/** What differs between two texts, line by line. */
import { diffArrays } from "diff";
import { inSlices } from "#shared/lang/steps.ts";
import { linesIn } from "../screenplay/lines.ts";

/** Beyond so many lines added and removed the shortest way is not looked for: it would take seconds. */
export const MAX_DIFFERENCES = 1_000;

/** Consecutive lines with the same fate, without their line feeds. */
export interface LineChange {
  kind: "unchanged" | "added" | "removed";
  lines: string[];
}

/** A text without a character has no line. */
const linesOf = async (text: string): Promise<string[]> => (text === "" ? [] : inSlices(linesIn(text)));

/**
 * The shortest edit script from one text to the other, computed in slices; `undefined` if they differ in more than
 * 1,000 lines.
 */
export const diffLines = async (from: string, to: string): Promise<LineChange[] | undefined> => {
  const [before, after] = [await linesOf(from), await linesOf(to)];
  const found = await new Promise<ReturnType<typeof diffArrays<string>> | undefined>((resolve) => {
    diffArrays(before, after, { maxEditLength: MAX_DIFFERENCES, callback: resolve });
  });
  return found?.map(({ added, removed, value }) => ({
    kind: added ? "added" : removed ? "removed" : "unchanged",
    lines: value,
  }));
};
