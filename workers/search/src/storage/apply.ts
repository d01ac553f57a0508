/** Applies operations to the documents, together with whatever else belongs to the same transaction. */
import type { InStatement, ResultSet } from "@libsql/client";
import type { SyncResult } from "#shared/contracts/search.ts";
import type { Database } from "#shared/db/database.ts";
import { inSlices } from "#shared/lang/steps.ts";
import type { DocumentOperation } from "../model/document.ts";
import type * as schema from "./schema.ts";
import { partlySent, syncStatements } from "./sync-sql.ts";
import { indexDocuments } from "./text-index.ts";

export interface Applied {
  /** One for each operation, in their order. */
  results: SyncResult[];
  /** The results of the accompanying statements. */
  along: ResultSet[];
}

/**
 * Applies the operations in their order, and then the statements, all in one transaction and one round trip. Documents that
 * are sent with only one of their texts are indexed by a second transaction.
 */
export const applyOperations = async (
  client: Pick<Database<typeof schema>["client"], "batch" | "execute">,
  operations: readonly DocumentOperation[],
  along: readonly InStatement[] = [],
): Promise<Applied> => {
  const statements = await inSlices(syncStatements(operations));
  const answers = await client.batch([...statements.map(({ statement }) => statement), ...along], "write");
  const missing = new Set<number>();
  for (const [at, { dependents }] of statements.entries()) {
    const existing = new Set(answers[at]?.rows.map((row) => row["id"]));
    for (const index of dependents) if (!existing.has(operations[index]?.document.id ?? "")) missing.add(index);
  }
  const incomplete = partlySent(operations);
  if (incomplete.length > 0) await indexDocuments(client, incomplete);
  const results = operations.map(({ document: { id } }, index) =>
    missing.has(index)
      ? { id, success: false, error: `Could not find a document with id: ${id}` }
      : { id, success: true },
  );
  return { results, along: answers.slice(statements.length) };
};
