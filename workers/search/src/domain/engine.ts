/** What a search engine does for Fountain. libSQL's full-text index is one; a Typesense cluster can be another. */
import type { ElementDocument, SyncResult } from "#shared/contracts/search.ts";
import type { DocumentOperation } from "./document.ts";
import type { TextField, ValueField } from "./fields.ts";
import type { Filter } from "./filter.ts";
import type { Highlight } from "./highlight.ts";

export interface Sort {
  field: ValueField | "_text_match";
  descending: boolean;
}

/** A search with its parameters read. The user's words stay as they were typed: each engine reads them its own way. */
export interface SearchQuery {
  q: string;
  queryBy: TextField[];
  filter?: Filter;
  sort: Sort[];
  facets: ValueField[];
  /** The first page is 1. */
  page: number;
  perPage: number;
  /** Hits beyond so many are never shown, on any page. */
  maxHits: number;
}

/** Names from here on are Typesense's. */
export interface Hit {
  document: ElementDocument;
  highlights: Highlight[];
  /** Higher is better; 0 when nothing was searched for. */
  text_match: number;
}

export interface FacetCounts {
  field_name: string;
  counts: { value: string; highlighted: string; count: number }[];
  sampled: boolean;
  stats: { total_values: number; min?: number; max?: number; sum?: number; avg?: number };
}

export interface SearchAnswer {
  found: number;
  page: number;
  hits: Hit[];
  facet_counts: FacetCounts[];
}

export interface EngineStatus {
  healthy: boolean;
  nodes: { url: string; healthy: boolean }[];
  documents: number;
  /** Age of the oldest change that was accepted and cannot be found yet. */
  lagSeconds: number;
}

export interface SearchEngine {
  readonly name: "libsql" | "typesense";
  /** Applies the operations in their order, all in one; one result each. Fails when the engine cannot be asked. */
  sync(operations: readonly DocumentOperation[]): Promise<SyncResult[]>;
  search(query: SearchQuery): Promise<SearchAnswer>;
  status(): Promise<EngineStatus>;
  /** Periodic upkeep of the index; harmless when run twice at once. */
  maintain(): Promise<void>;
}
