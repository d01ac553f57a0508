/** Applies a batch of operations: a bad document is refused by itself, and the others go to the engine together. */
import type { SyncResult } from "#shared/contracts/search.ts";
import {
  type DocumentDefaults,
  type DocumentOperation,
  parseOperation,
  type UncheckedOperation,
} from "../model/document.ts";
import type { SearchEngine } from "../query/engine.ts";

/** One result per operation, in the same order. */
export const syncDocuments = async (
  engine: Pick<SearchEngine, "sync">,
  operations: readonly UncheckedOperation[],
  defaults: DocumentDefaults,
): Promise<SyncResult[]> => {
  const accepted: DocumentOperation[] = [];
  const acceptedAt: number[] = [];
  const results: SyncResult[] = operations.map((unchecked, index) => {
    const { id } = unchecked.document;
    const parsed = parseOperation(unchecked, defaults);
    if (!parsed.ok) return { id, success: false, error: parsed.error.detail };
    accepted.push(parsed.value);
    acceptedAt.push(index);
    return { id, success: true };
  });
  const outcomes = accepted.length === 0 ? [] : await engine.sync(accepted);
  for (const [position, outcome] of outcomes.entries()) {
    const index = acceptedAt[position];
    if (index !== undefined) results[index] = outcome;
  }
  return results;
};
