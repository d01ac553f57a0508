/** What a search engine does for Fountain. libSQL's full-text index is one; a Typesense cluster can be another. */
import type { ElementDocument, SyncResult } from "#shared/contracts/search.ts";
import type { DocumentOperation } from "../model/document.ts";
import type { FieldName, Omittable, TextField, ValueField } from "../model/fields.ts";
import type { Highlight, HighlightStyle } from "../text/highlight.ts";
import type { Extras } from "./extras.ts";
import type { Filter } from "./filter.ts";

/** A field that is searched, and how. */
export interface SearchedField {
  field: TextField;
  /** A match in a field of greater weight is worth more. */
  weight: number;
  /** Whether the last word is a prefix: `foun` finds `fountain`. */
  prefix: boolean;
  /** How many letters of a word may be wrong, missing, surplus, or changed with their neighbour. */
  maxTypos: number;
}

/** What is tried if the query as typed finds too little. */
export interface TypoTolerance {
  /** Words with typing errors are looked for when fewer documents than this were found. */
  typoTokensThreshold: number;
  /** Words are left out when fewer documents than this were found; 0 never leaves out any. */
  dropTokensThreshold: number;
  /** From which end of the query words are left out; from both of a query with few words, each way in any case. */
  dropTokensMode: "right_to_left" | "left_to_right" | "both_sides";
  /** In a query of more words, `both_sides` leaves them out from the right. */
  bothSidesLimit: number;
  /** Whether a space is a typing error: never, when nothing else is found, or always. */
  splitJoinTokens: "off" | "fallback" | "always";
  /** Everything is tried, whatever the thresholds. */
  exhaustive: boolean;
  /** Shorter words are taken as they are; from the second length on two letters may be wrong. */
  minLengthForOneTypo: number;
  minLengthForTwoTypos: number;
  /** Whether words of digits, and words that have digits among letters, may have typing errors. */
  typosInNumbers: boolean;
  typosInAlphanumerics: boolean;
}

export interface Sort {
  field: ValueField | "_text_match";
  descending: boolean;
  /** Where documents without the field go; last by default. */
  missing?: "first" | "last";
  /** How coarsely Typesense ranks matches, as it writes that. */
  buckets?: string;
}

export interface FacetRequest {
  field: ValueField;
  order: "count" | "value-ascending" | "value-descending";
  /** The values are ordered by another field of their documents instead. */
  sortField?: { field: ValueField; descending: boolean };
  /** Named ranges of numbers to count in, in the place of values; the end does not belong to it. */
  ranges?: { label: string; from: number; to: number }[];
}

/** A search with its parameters read. The user's words stay as they were typed: each engine reads them its own way. */
export interface SearchQuery {
  q: string;
  /** May be empty when everything is asked for. */
  queryBy: SearchedField[];
  typoTolerance: TypoTolerance;
  /** What the caller asks for. */
  filter?: Filter;
  /**
   * What the caller may see. Never written by the caller, and applies to everything that a response shows or counts:
   * hits, `found`, facets, and documents that are pinned.
   */
  embeddedFilter?: Filter;
  /** Whether the caller has a scoped key. */
  isScoped: boolean;
  /** The ids of documents that are left out. */
  hidden: string[];
  /** At most three. */
  sort: Sort[];
  facets: FacetRequest[];
  maxFacetValues: number;
  /** Only values of this field with words that begin so are counted; with typing errors, if there are none otherwise. */
  facetQuery?: { field: ValueField; words: string; maxTypos: number };
  /** Hits to pass over, and hits to show. */
  offset: number;
  limit: number;
  /** Hits beyond so many are never shown, on any page. */
  maxHits: number;
  /** The fields that hits show. */
  shownFields: FieldName[];
  /** What the response leaves out. */
  omitted: Omittable[];
  highlight: HighlightStyle;
  /** Parameters of Typesense that Fountain only passes on; an engine lists by `refusalsOf` those it does not support. */
  extras: Extras;
}

/** Names from here on are Typesense's. */
export interface Hit {
  /** The fields that were to be shown. */
  document: Partial<ElementDocument>;
  highlights: Highlight[];
  /** A whole number as text, because Typesense's exceed 2^53; higher is better. Missing when nothing was searched for. */
  text_match?: string;
  text_match_info?: TextMatchInfo;
  /** Set on a hit that is pinned to its place. */
  curated?: true;
}

export interface TextMatchInfo {
  best_field_score: string;
  best_field_weight: number;
  fields_matched: number;
  num_tokens_dropped: number;
  score: string;
  tokens_matched: number;
  typo_prefix_score: number;
}

export interface FacetCounts {
  field_name: string;
  counts: { value: string; highlighted: string; count: number }[];
  sampled: boolean;
  stats: { total_values: number; min?: number; max?: number; sum?: number; avg?: number };
}

export interface GroupedHits {
  found?: number;
  group_key: (string | number | boolean)[];
  hits: Hit[];
}

export interface SearchResult {
  /** How many documents match; of groups, how many groups. */
  found: number;
  /** How many documents the caller could find at all. */
  out_of: number;
  /** Empty when `grouped_hits` is there. */
  hits: Hit[];
  facet_counts: FacetCounts[];
  /** Only where an engine groups. */
  grouped_hits?: GroupedHits[];
  found_docs?: number;
  /** Whether the engine stopped before it had looked everywhere. */
  search_cutoff?: boolean;
}

export interface EngineStatus {
  healthy: boolean;
  nodes: { url: string; healthy: boolean }[];
  documents: number;
  /** Age of the oldest change that was accepted and cannot be found yet. */
  lagSeconds: number;
}

/** What is wrong with a parameter. */
export interface ParameterFault {
  /** As Typesense calls it. */
  parameter: string;
  /** The status that Typesense returns for it. */
  status: 400 | 404 | 422;
  message: string;
  /** For a person, where more can be said than in `message`. */
  detail?: string;
}

/** An engine did not take a query that it seemed to take; thrown by `search`. */
export class SearchRefused extends Error {
  override readonly name = "SearchRefused";
  readonly fault: ParameterFault;

  constructor(fault: ParameterFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Its methods fail with an error for which `isUnavailable` holds when the engine cannot be asked. */
export interface SearchEngine {
  readonly name: "libsql" | "typesense";
  /** Applies the operations in their order, all in one; one result each. */
  sync(operations: readonly DocumentOperation[]): Promise<SyncResult[]>;
  /** What it cannot do of this query; only a query without refusals may be searched. */
  refusalsOf(query: SearchQuery): ParameterFault[];
  search(query: SearchQuery): Promise<SearchResult>;
  status(): Promise<EngineStatus>;
  /** Periodic upkeep of the index; harmless when run twice at once. */
  maintain(): Promise<void>;
}
