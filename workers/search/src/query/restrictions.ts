/**
 * What a scoped key is restricted to. Its filter stands beside the caller's own, joined to it as a tree, so that nothing a
 * caller writes can reach around it; other fields do not exist for the caller, so that none can be guessed by filtering,
 * sorting or counting.
 */
import type { SearchLimits } from "#shared/contracts/search.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { FIELD_NAMES, type FieldName, isFieldName, isOmittable, OMITTABLE, type Omittable } from "../model/fields.ts";
import { both, type Filter, printFilter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";
import { expandName, splitList } from "./parameters.ts";

export const MAX_EMBEDDED_FILTER_LENGTH = 2_000;
/** A scoped key is a token, which holds the filter as JSON in UTF-8, and that in base64: it must fit into a header. */
export const MAX_EMBEDDED_FILTER_BYTES = 4_000;

/** What the claims of a scoped key say. */
interface ScopedKey {
  searchFilter?: string;
  searchLimits?: SearchLimits;
}

/** What a caller may see at most. */
export interface Restrictions {
  filter?: Filter;
  /** All fields that exist for the caller; by default all there are. */
  fields?: readonly FieldName[];
  omitted?: readonly Omittable[];
  maxHits?: number;
}

const fitsKey = (text: string): boolean =>
  text.length <= MAX_EMBEDDED_FILTER_LENGTH && Buffer.byteLength(JSON.stringify(text)) <= MAX_EMBEDDED_FILTER_BYTES;

/** Throws if it is invalid; a key that is limited otherwise may have none. */
const filterIn = (text: string, isLimited: boolean): Filter | undefined => {
  if (text === "" && isLimited) return undefined;
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error("the filter of a scoped key is invalid");
  return parsed.value;
};

/** The restrictions of a verified scoped key. Throws if they are invalid: better no search than an unrestricted one. */
export const restrictionsOf = ({ searchFilter, searchLimits }: ScopedKey): Restrictions | undefined => {
  if (searchFilter === undefined) return undefined;
  const filter = filterIn(searchFilter, searchLimits !== undefined);
  const { fields, omitted, max_hits } = searchLimits ?? {};
  return {
    ...(filter && { filter }),
    ...(fields && { fields: fields.filter(isFieldName) }),
    ...(omitted && { omitted: omitted.filter(isOmittable) }),
    ...(max_hits !== undefined && { maxHits: max_hits }),
  };
};

/** The text of a filter, combined with the embedded filter of its author. */
export const printEmbeddedFilter = (
  wanted: Filter | undefined,
  within: Filter | undefined,
): Result<string, "too-large"> => {
  const filter = both(within, wanted);
  if (filter === undefined) return success("");
  const text = printFilter(filter);
  const isUsable = fitsKey(text) && parseFilter(text).ok;
  return isUsable ? success(text) : failure("too-large");
};

/** The fields and other parts of a response that a list names; or the name that stands for none. */
export const namedIn = (list: string): Result<(FieldName | Omittable)[], { kind: "unknown"; name: string }> => {
  const named: (FieldName | Omittable)[] = [];
  for (const name of splitList(list)) {
    const found = [...expandName(name, FIELD_NAMES), ...OMITTABLE.filter((omittable) => omittable === name)];
    if (found.length === 0) return failure("unknown", { name });
    named.push(...found);
  }
  return success(named);
};

export interface WantedLimits {
  include: readonly (FieldName | Omittable)[];
  exclude: readonly (FieldName | Omittable)[];
  maxHits?: number | undefined;
}

/** The limits of a key as wanted, within those of its author; `no-fields`: nothing would be left to search or show. */
export const limitsWithin = (
  { include, exclude, maxHits }: WantedLimits,
  within: Restrictions = {},
): Result<SearchLimits | undefined, "no-fields"> => {
  const known = within.fields ?? FIELD_NAMES;
  const wanted = include.length === 0 ? known : known.filter((name) => include.includes(name));
  const fields = wanted.filter((name) => !exclude.includes(name));
  if (fields.length === 0) return failure("no-fields");
  const omitted = OMITTABLE.filter((name) => exclude.includes(name) || within.omitted?.includes(name));
  const most = Math.min(maxHits ?? Number.POSITIVE_INFINITY, within.maxHits ?? Number.POSITIVE_INFINITY);
  const limits: SearchLimits = {
    ...(fields.length < FIELD_NAMES.length && { fields: [...fields] }),
    ...(omitted.length > 0 && { omitted: [...omitted] }),
    ...(Number.isFinite(most) && { max_hits: most }),
  };
  return success(Object.keys(limits).length === 0 ? undefined : limits);
};
