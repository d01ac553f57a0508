/**
 * The embedded filter of a scoped key: a filter beside the caller's own, joined to it as a tree, so that nothing a caller
 * writes can reach around it.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { both, type Filter, printFilter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";

export const MAX_EMBEDDED_FILTER_LENGTH = 2_000;
/** A scoped key is a token, which holds the filter as JSON in UTF-8, and that in base64: it must fit into a header. */
export const MAX_EMBEDDED_FILTER_BYTES = 4_000;

const fitsKey = (text: string): boolean =>
  text.length <= MAX_EMBEDDED_FILTER_LENGTH && Buffer.byteLength(JSON.stringify(text)) <= MAX_EMBEDDED_FILTER_BYTES;

/** The embedded filter of a verified scoped key. Throws if it is invalid: better no search than an unrestricted one. */
export const embeddedFilterOf = ({ searchFilter }: { searchFilter?: string }): Filter | undefined => {
  if (searchFilter === undefined) return undefined;
  const parsed = parseFilter(searchFilter);
  if (!parsed.ok) throw new Error("the filter of a scoped key is invalid");
  return parsed.value;
};

/** The text of a filter, combined with the embedded filter of its author. */
export const printEmbeddedFilter = (wanted: Filter, within: Filter | undefined): Result<string, "too-large"> => {
  const text = printFilter(both(within, wanted) ?? wanted);
  const isUsable = fitsKey(text) && parseFilter(text).ok;
  return isUsable ? success(text) : failure("too-large");
};
