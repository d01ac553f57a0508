/**
 * The documents as this worker keeps them, whatever engine finds them, and the order in which they changed. An engine
 * elsewhere is fed by it: what is sent is each document as it is then, so that nothing old can come after something new.
 */
import type { ElementDocument, SyncResult } from "#shared/contracts/search.ts";
import type { DocumentOperation } from "./document.ts";

/** The last change of a document; without a document, a deletion. */
export interface Change {
  seq: number;
  id: string;
  document: ElementDocument | undefined;
}

export interface StoredDocument {
  pk: number;
  document: ElementDocument;
}

/** A document that an engine does not take, and why. */
export interface RefusedDocument {
  id: string;
  refusal: string;
}

export interface DocumentLog {
  /** Applies the operations in their order, all in one; one result each, and the number of their last change. */
  apply(operations: readonly DocumentOperation[], nowMs: number): Promise<{ results: SyncResult[]; seq: number }>;
  /** The changes after a number, oldest first; fewer than the limit where their texts are long. */
  changesAfter(seq: number, limit: number): Promise<Change[]>;
  /** Documents in the order of their keys, after one; fewer than the limit where their texts are long. */
  documentsAfter(pk: number, limit: number): Promise<StoredDocument[]>;
  /** How many documents there are, and the number of the last change. */
  extent(): Promise<{ documents: number; seq: number }>;
  /** Notes refusals; a later change of the document voids them. */
  refuse(refused: readonly RefusedDocument[]): Promise<void>;
  /** Voids all refusals: everything is about to be offered again. */
  voidRefusals(): Promise<void>;
  /** Which of these documents, or of all, are refused. */
  refusals(ids?: readonly string[]): Promise<RefusedDocument[]>;
  /** When the oldest change after a number was made; refused ones do not count. */
  oldestAfter(seq: number): Promise<number | undefined>;
  /** Forgets changes up to a number that every index has. */
  forget(seq: number): Promise<void>;
}
