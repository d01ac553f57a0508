/** The search of a stand-in Typesense: words, filters, sorting, counts and pages, in Typesense's shapes; no typing errors. */
import type { Filter, Operand } from "../../workers/search/src/query/filter.ts";
import { parseFilter } from "../../workers/search/src/query/filter-parser.ts";
import { type Collection, type Document, Refusal } from "./stand-in-state.ts";

export type SearchParameters = Readonly<Record<string, string>>;

const MAX_PER_PAGE = 250;

const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase();
const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const listOf = (text: string | undefined): string[] => (text ?? "").split(",").flatMap((name) => name.trim() || []);

const holds = (value: unknown, operator: string, operand: Operand): boolean => {
  if (operand.kind === "range") return Number(value) >= operand.from && Number(value) <= operand.to;
  if (typeof value === "number") return operand.kind === "value" && value === Number(operand.value);
  const text = fold(String(value ?? ""));
  const wanted = fold(String(operand.value));
  if (operand.kind === "prefix") return text.startsWith(wanted);
  return operator === ":" || operator === ":!"
    ? wordsOf(text).join(" ").includes(wordsOf(wanted).join(" "))
    : text === wanted;
};

const COMPARISONS: Record<string, (value: number, limit: number) => boolean> = {
  ":>": (value, limit) => value > limit,
  ":>=": (value, limit) => value >= limit,
  ":<": (value, limit) => value < limit,
  ":<=": (value, limit) => value <= limit,
};

/** Whether the document fits the filter. */
const fits = (document: Document, filter: Filter): boolean => {
  if ("items" in filter) {
    const fitsItem = (item: Filter) => fits(document, item);
    return filter.kind === "and" ? filter.items.every(fitsItem) : filter.items.some(fitsItem);
  }
  const value = document[filter.field];
  if (filter.kind === "compare")
    return value !== undefined && (COMPARISONS[filter.operator]?.(Number(value), filter.value) ?? false);
  const isNegated = filter.operator.startsWith(":!");
  const isHeld = value !== undefined && filter.operands.some((operand) => holds(value, filter.operator, operand));
  return isNegated !== isHeld;
};

const filterOf = (source: string | undefined): Filter | undefined => {
  if (!source?.trim()) return undefined;
  const parsed = parseFilter(source);
  if (!parsed.ok) throw new Refusal(400, `Could not parse the filter query: ${parsed.error.detail}`);
  return parsed.value;
};

/** How often each field holds the words of the query, all of which must occur; `undefined` when they don't. */
const matchOf = (document: Document, query: readonly string[], fields: readonly string[], prefix: boolean) => {
  const found = fields.map((field) => ({ field, words: wordsOf(String(document[field] ?? "")) }));
  const isMatch = (word: string, at: number) => (candidate: string) =>
    candidate === word || (prefix && at === query.length - 1 && candidate.startsWith(word));
  const fieldsOf = (word: string, at: number) =>
    found.filter(({ words }) => words.some(isMatch(word, at))).map(({ field }) => field);
  const matched = query.map(fieldsOf);
  return matched.every((names) => names.length > 0) ? [...new Set(matched.flat())] : undefined;
};

const mark = (text: string, query: readonly string[]): string =>
  text.replaceAll(/[\p{L}\p{N}]+/gu, (word) =>
    query.some((wanted) => fold(word).startsWith(wanted)) ? `<mark>${word}</mark>` : word,
  );

const hitOf = (document: Document, query: readonly string[], fields: readonly string[]) => {
  const highlights = fields.map((field) => {
    const snippet = mark(String(document[field]), query);
    return { field, matched_tokens: [...snippet.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word]) => word), snippet };
  });
  const score = String(578_730_123_365_187_712n + BigInt(fields.length));
  return {
    document,
    highlight: Object.fromEntries(highlights.map(({ field, ...rest }) => [field, rest])),
    highlights,
    ...(query.length > 0 && {
      text_match: Number(score),
      text_match_info: {
        best_field_score: "1108091338752",
        best_field_weight: 15,
        fields_matched: fields.length,
        num_tokens_dropped: 0,
        score,
        tokens_matched: query.length,
        typo_prefix_score: 0,
      },
    }),
  };
};

type Hit = ReturnType<typeof hitOf>;

const compare = (a: unknown, b: unknown): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return typeof a === "number" ? a - Number(b) : String(a).localeCompare(String(b));
};

const sortHits = (hits: Hit[], { schema }: Collection, sortBy: string | undefined): Hit[] => {
  const names = listOf(sortBy || `_text_match:desc,${schema.default_sorting_field ?? ""}:desc`);
  if (names.length > 3) throw new Refusal(400, "Only upto 3 sort fields are allowed.");
  const sorts = names.map((name) => name.split(":"));
  return hits.toSorted((a, b) => {
    for (const [field = "", order] of sorts) {
      const name = field.replace(/\(.*\)$/, "");
      const difference =
        name === "_text_match"
          ? (a.text_match ?? 0) - (b.text_match ?? 0)
          : compare(a.document[name], b.document[name]);
      if (difference !== 0) return order?.toLowerCase() === "desc" ? -difference : difference;
    }
    return 0;
  });
};

const facetOf = (field: string, documents: readonly Document[], { schema }: Collection, limit: number) => {
  const known = schema.fields.find(({ name }) => name === field);
  if (!known?.facet) throw new Refusal(404, `Could not find a facet field named \`${field}\` in the schema.`);
  const values = documents.flatMap((document) => document[field] ?? []);
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  const isNumeric = known.type.startsWith("int") && numbers.length > 0;
  return {
    field_name: field,
    counts: [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, limit)
      .map(([value, count]) => ({ count, highlighted: value, value })),
    sampled: false,
    stats: {
      ...(isNumeric && { min: Math.min(...numbers), max: Math.max(...numbers), sum, avg: sum / numbers.length }),
      total_values: counts.size,
    },
  };
};

const unsigned = (parameters: SearchParameters, name: string): number | undefined => {
  const text = parameters[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Refusal(400, `Parameter \`${name}\` must be an unsigned integer.`);
  return Number(text);
};

const pick = (document: Document, include: readonly string[], exclude: readonly string[]) =>
  Object.fromEntries(
    Object.entries(document).filter(
      ([name]) => (include.length === 0 || include.includes(name)) && !exclude.includes(name),
    ),
  );

/** Answers one search. Throws {@link Refusal}. */
export const search = (collection: Collection, parameters: SearchParameters) => {
  const fields = listOf(parameters["query_by"]);
  const unknown = fields.find((field) => !collection.schema.fields.some(({ name }) => name === field));
  if (unknown) throw new Refusal(404, `Could not find a field named \`${unknown}\` in the schema.`);
  const perPage = unsigned(parameters, "limit") ?? unsigned(parameters, "per_page") ?? 10;
  if (perPage > MAX_PER_PAGE) throw new Refusal(422, `Only upto ${MAX_PER_PAGE} hits can be fetched per page.`);
  const page = Math.max(1, unsigned(parameters, "page") ?? 1);
  const offset = unsigned(parameters, "offset") ?? (page - 1) * perPage;
  const q = parameters["q"] ?? "*";
  const query = q === "*" ? [] : wordsOf(q);
  const filter = filterOf(parameters["filter_by"]);
  const hidden = new Set(listOf(parameters["hidden_hits"]));
  const hits = [...collection.documents.values()].flatMap((document) => {
    if (hidden.has(document.id) || (filter && !fits(document, filter))) return [];
    const matched = matchOf(document, query, fields, parameters["prefix"] !== "false");
    return matched ? [hitOf(document, query, matched)] : [];
  });
  const sorted = sortHits(hits.toReversed(), collection, parameters["sort_by"]);
  const shown = sorted.slice(0, unsigned(parameters, "limit_hits") ?? sorted.length).slice(offset, offset + perPage);
  const facetLimit = unsigned(parameters, "max_facet_values") ?? 10;
  const documents = hits.map(({ document }) => document);
  return {
    facet_counts: listOf(parameters["facet_by"]).map((field) => facetOf(field, documents, collection, facetLimit)),
    found: hits.length,
    hits: shown.map(({ document, ...rest }) => ({
      document: pick(document, listOf(parameters["include_fields"]), listOf(parameters["exclude_fields"])),
      ...rest,
    })),
    out_of: collection.documents.size,
    page,
    request_params: { collection_name: collection.schema.name, first_q: q, per_page: perPage, q },
    search_cutoff: false,
    search_time_ms: 0,
  };
};
