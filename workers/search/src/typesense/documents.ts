/** Upserts documents into a collection: JSON Lines in small batches, with a result per line; deletes one by one. */

import { z } from "zod";
import type { ElementDocument } from "#shared/contracts/search.ts";
import { type Result, success } from "#shared/lang/result.ts";
import type { RefusedDocument } from "../model/document-log.ts";
import { deleteDocument, importLines } from "./collection.ts";
import type { Keyring } from "./keyring.ts";
import { type ReplyFailure, unreachable } from "./reply.ts";

/** Few enough that a batch is soon done, and that a node that dies takes little with it. */
const BATCH_SIZE = 40;
const BATCH_LENGTH = 1_000_000;
const BATCHES_AT_ONCE = 4;
/** How many documents are upserted at a time. */
export const PAGE_SIZE = BATCH_SIZE * BATCHES_AT_ONCE;
const DELETIONS_AT_ONCE = 8;

/** The desired state of a document; without a document, a deletion. */
export interface Wanted {
  id: string;
  document: ElementDocument | undefined;
}

/** The outcome for documents: Typesense has all of them but the refused ones; or it is unknown. */
export type UpsertResult = Result<RefusedDocument[], ReplyFailure>;

const lineSchema = z.object({ success: z.boolean(), error: z.string().optional(), code: z.int().optional() });

const parseLine = (line: string): z.infer<typeof lineSchema> | undefined => {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    // Its words are not always escaped.
    return line.includes('"success":false') ? { success: false, error: line } : undefined;
  }
};

/** Small batches of the lines, by their number and by their length. */
const batchesOf = (documents: readonly ElementDocument[]): { ids: string[]; lines: string }[] => {
  const batches: { ids: string[]; lines: string }[] = [];
  for (const document of documents) {
    const line = JSON.stringify(document);
    const batch = batches.at(-1);
    const hasRoom = batch && batch.ids.length < BATCH_SIZE && batch.lines.length + line.length <= BATCH_LENGTH;
    if (hasRoom) {
      batch.ids.push(document.id);
      batch.lines += `\n${line}`;
    } else batches.push({ ids: [document.id], lines: line });
  }
  return batches;
};

const chunksOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Reads the results of an import, one line for each document and in their order. */
export const readResults = (ids: readonly string[], body: unknown): UpsertResult => {
  const lines = String(body)
    .split("\n")
    .filter((line) => line !== "");
  if (lines.length !== ids.length) return unreachable(`${lines.length} results for ${ids.length} documents`);
  const results = lines.map(parseLine);
  if (results.includes(undefined)) return unreachable("the result of a document is malformed");
  const broken = results.find((result) => (result?.code ?? 0) >= 500);
  if (broken) return unreachable(broken.error ?? "a document could not be stored");
  const refused = ids.flatMap((id, index): RefusedDocument[] => {
    const result = results[index];
    return result && !result.success ? [{ id, refusal: result.error ?? "refused without a reason" }] : [];
  });
  return success(refused);
};

type Call = Keyring["call"];

const importBatch = async (
  call: Call,
  collection: string,
  { ids, lines }: ReturnType<typeof batchesOf>[number],
  withinMs: number,
): Promise<UpsertResult> => {
  const reply = await call(importLines(collection, lines), withinMs);
  return reply.ok ? readResults(ids, reply.value) : reply;
};

const remove = async (call: Call, collection: string, id: string, withinMs: number): Promise<UpsertResult> => {
  const reply = await call(deleteDocument(collection, id), withinMs);
  if (reply.ok) return success([]);
  // A document that is not there needs no deleting; a collection that is not there is another matter.
  const isDeleted = reply.error.kind === "missing" && reply.error.message.includes("document");
  return isDeleted ? success([]) : reply;
};

/** All outcomes as one; the first failure, if there is any. */
const joined = (outcomes: readonly UpsertResult[]): UpsertResult => {
  const refused: RefusedDocument[] = [];
  for (const outcome of outcomes) {
    if (!outcome.ok) return outcome;
    refused.push(...outcome.value);
  }
  return success(refused);
};

/** Upserts or deletes documents of different ids in a collection; idempotent. */
export const upsert = async (
  call: Call,
  collection: string,
  wanted: readonly Wanted[],
  withinMs: number,
): Promise<UpsertResult> => {
  const outcomes: UpsertResult[] = [];
  for (const batches of chunksOf(batchesOf(wanted.flatMap(({ document }) => document ?? [])), BATCHES_AT_ONCE))
    outcomes.push(...(await Promise.all(batches.map((batch) => importBatch(call, collection, batch, withinMs)))));
  const deleted = wanted.filter(({ document }) => !document);
  for (const some of chunksOf(deleted, DELETIONS_AT_ONCE))
    outcomes.push(...(await Promise.all(some.map(({ id }) => remove(call, collection, id, withinMs)))));
  return joined(outcomes);
};
