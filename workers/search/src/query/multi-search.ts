/** Reads a request of several searches, as Typesense's `multi_search` takes it. */
import { z } from "zod";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type SearchParameters, textOf } from "./parameters.ts";

/** Typesense's default for `limit_multi_searches`. */
export const MAX_SEARCHES = 50;
/** Enough for as many values as a filter may have. */
export const MAX_PARAMETER_LENGTH = 16_000;
const KEY_PARAMETER = "x-typesense-api-key";

/** More than all parameters that Typesense has. */
const MAX_PARAMETERS = 200;

const bodySchema = z.object({ union: z.unknown().optional(), searches: z.unknown() });
const searchSchema = z.looseObject({});
const valueSchema = z.union([z.string(), z.number(), z.boolean()]);

/** `detail`: the sentence that says what is wrong with the whole request. */
interface Malformed {
  readonly kind: "malformed";
  readonly detail: string;
}

const malformed = (detail: string): Result<never, Malformed> => failure("malformed", { detail });

const parseJson = (text: string): Result<unknown, Malformed> => {
  try {
    return success(JSON.parse(text));
  } catch {
    return malformed("Bad JSON.");
  }
};

/** What stands beside all searches wins over what stands in one of them, but for filters, of which both hold. */
const merge = (common: SearchParameters, own: SearchParameters): SearchParameters => {
  const [outer, inner] = [textOf(common, "filter_by").trim(), textOf(own, "filter_by").trim()];
  const filter = outer !== "" && inner !== "" ? `(${outer}) && (${inner})` : outer || inner;
  return { ...own, ...common, ...(filter !== "" && { filter_by: filter }) };
};

const parametersOf = (given: unknown): Result<SearchParameters, Malformed> => {
  const search = searchSchema.safeParse(given).data;
  if (search === undefined) return malformed("One or more searches are malformed.");
  if (Object.keys(search).length > MAX_PARAMETERS)
    return malformed(`A search can have at most ${MAX_PARAMETERS} parameters.`);
  if (KEY_PARAMETER in search) return malformed(`A search cannot have its own key. Send one key as a header.`);
  const parameters: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(search)) {
    if (value === null) continue;
    const parsed = valueSchema.safeParse(value);
    if (!parsed.success) return malformed("One or more search parameters are malformed.");
    if (String(parsed.data).length > MAX_PARAMETER_LENGTH)
      return malformed(`A search parameter can have at most ${MAX_PARAMETER_LENGTH} characters.`);
    parameters[name] = parsed.data;
  }
  return success(parameters);
};

const limitOf = (common: SearchParameters): number => {
  const limit = Number(textOf(common, "limit_multi_searches") || MAX_SEARCHES);
  return Number.isInteger(limit) && limit >= 0 ? Math.min(limit, MAX_SEARCHES) : MAX_SEARCHES;
};

/** The parameters of each search, those in the query of the address included; or what is wrong, in a sentence. */
export const readMultiSearch = (text: string, common: SearchParameters): Result<SearchParameters[], Malformed> => {
  const json = parseJson(text);
  if (!json.ok) return json;
  const { union, searches } = bodySchema.safeParse(json.value).data ?? {};
  // Counted before any of them is looked at.
  if (!Array.isArray(searches) || searches.length === 0) return malformed("Missing `searches` array.");
  if (union === true || union === "true") return malformed("Parameter `union` is not supported.");
  if (searches.length > limitOf(common))
    return malformed("Number of multi searches exceeds `limit_multi_searches` parameter.");
  const read: SearchParameters[] = [];
  for (const search of searches) {
    const parameters = parametersOf(search);
    if (!parameters.ok) return parameters;
    read.push(merge(common, parameters.value));
  }
  return success(read);
};
