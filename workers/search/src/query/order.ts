/** The order of hits, whole. */
import type { Sort } from "./engine.ts";

/**
 * What the caller asks to sort by; without any, how well a document matches. Then `sequence_number`, so that both
 * engines order alike. At most three, as Typesense takes.
 */
export const orderOf = (sort: readonly Sort[]): Sort[] => {
  const asked: Sort[] = sort.length > 0 ? [...sort] : [{ field: "_text_match", descending: true }];
  if (asked.length === 3 || asked.some(({ field }) => field === "sequence_number")) return asked;
  return [...asked, { field: "sequence_number", descending: false }];
};
