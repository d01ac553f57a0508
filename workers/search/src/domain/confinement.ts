/**
 * What a scoped key confines its holder to: a filter beside the caller's own, joined to it as a tree, so that nothing a
 * caller writes can reach around it.
 */
import { failure, type Result, success } from "#shared/contracts/result.ts";
import { both, type Filter, printFilter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";

/** A scoped key travels in a header, and few servers take headers of more than 8 KiB. */
export const MAX_CONFINEMENT_LENGTH = 2_000;

/** The confinement that stands in a verified scoped key. Throws when it cannot be read: better no search than a free one. */
export const confinementOf = ({ searchFilter }: { searchFilter?: string }): Filter | undefined => {
  if (searchFilter === undefined) return undefined;
  const parsed = parseFilter(searchFilter);
  if (!parsed.ok) throw new Error("the filter of a scoped key cannot be read");
  return parsed.filter;
};

/** The text of a filter within the one that its author is confined to himself. */
export const printConfinement = (wanted: Filter, within: Filter | undefined): Result<string, "too-large"> => {
  const text = printFilter(both(within, wanted) ?? wanted);
  const isUsable = text.length <= MAX_CONFINEMENT_LENGTH && parseFilter(text).ok;
  return isUsable ? success(text) : failure("too-large");
};
