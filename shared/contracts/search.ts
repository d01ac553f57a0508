/** What the other workers may call at search, over its private entrypoint `Rpc`, and what its scoped keys are restricted to. */
import { z } from "zod";
import type { Result } from "../lang/result.ts";

/** A document of the collection `elements`; names as in Typesense, instants in seconds since the epoch. */
export interface ElementDocument {
  id: string;
  element_type: string;
  element_id: number;
  sequence_number: number;
  version_number: number;
  comment: string;
  text: string;
  script_id?: number;
  service_name: string;
  updated_at: number;
}

export type SyncOperation =
  | { operation: "create" | "update"; document: ElementDocument }
  | { operation: "delete"; document: { id: string } };

export interface SyncResult {
  id: string;
  success: boolean;
  error?: string;
}

export interface SearchRpc {
  /** Applies the operations in their order; one result each. Applying the same ones again changes nothing. */
  sync(operations: SyncOperation[]): Promise<Result<SyncResult[]>>;
}

/** What a scoped key is restricted to besides its filter, as its claim `search_limits` says. */
export const searchLimits = z.strictObject({
  /** The only fields that searches use and show. */
  fields: z.array(z.string()).min(1).optional(),
  /** What responses leave out. */
  omitted: z.array(z.string()).min(1).optional(),
  /** How many hits all pages have together. */
  max_hits: z.int().min(0).optional(),
});

export type SearchLimits = z.infer<typeof searchLimits>;
