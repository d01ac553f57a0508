/** What the other workers may call at search, over its private entrypoint `Rpc`. */
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
