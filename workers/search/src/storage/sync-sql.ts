/** The statements that apply operations: a handful for thousands of them, by way of `json_each`. */
import type { InStatement } from "@libsql/client";
import type { Steps } from "#shared/lang/steps.ts";
import { type DocumentOperation, type DocumentPatch, isWhole } from "../model/document.ts";
import { FIELDS } from "../model/fields.ts";
import { type IndexedDocument, indexStored, tokensOfDocument } from "./text-index.ts";
import { addWords } from "./words.ts";

const COLUMNS = Object.keys(FIELDS);
const CHANGEABLE = COLUMNS.filter((column) => column !== "id");

/** What was sent, else what is stored; only `script_id` can be sent as nothing. */
const MERGED = COLUMNS.map((column) =>
  column === "script_id"
    ? "CASE WHEN json_type(sent.value, '$.script_id') IS NULL THEN stored.script_id ELSE sent.value ->> 'script_id' END"
    : `coalesce(sent.value ->> '${column}', stored.${column})`,
);

const list = (columns: readonly string[], prefix = ""): string => columns.map((name) => prefix + name).join(", ");

/** Stores the sent documents, merged with the stored ones; a row that would stay as it is is not written. */
const STORE = `
INSERT INTO documents (${list(COLUMNS)})
SELECT ${MERGED.join(",\n  ")}
FROM json_each(?) AS sent LEFT JOIN documents AS stored ON stored.id = sent.value ->> 'id'
WHERE stored.id IS NOT NULL OR sent.value ->> 'whole'
ON CONFLICT (id) DO UPDATE SET ${CHANGEABLE.map((column) => `${column} = excluded.${column}`).join(", ")}
WHERE (${list(CHANGEABLE, "documents.")}) IS NOT (${list(CHANGEABLE, "excluded.")})`;

const REMOVE = "DELETE FROM documents WHERE id IN (SELECT value FROM json_each(?))";

const EXISTING = "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))";

/** A statement, and the operations (by index) that succeed only if it gives a row with their id. */
export interface SyncStatement {
  statement: InStatement;
  dependents: number[];
}

/** What several operations on one document come to. */
type Effect =
  /** Without `whole` it needs a stored document, and the operations in `dependents` fail where there is none. */
  { kind: "store"; patch: DocumentPatch; whole: boolean; dependents: number[] } | { kind: "remove" };

const effectOf = (index: number, { operation, document }: DocumentOperation): Effect => {
  if (operation === "delete") return { kind: "remove" };
  const whole = isWhole(document);
  return { kind: "store", patch: document, whole, dependents: whole ? [] : [index] };
};

/** Both effects as one; `undefined` when the second has to wait for the outcome of the first. */
const combine = (first: Effect, second: Effect, replaces: boolean): Effect | undefined => {
  if (replaces) return first.kind === "store" && first.dependents.length > 0 ? undefined : second;
  if (first.kind === "remove" || second.kind === "remove") return undefined;
  if (second.whole && !first.whole) return undefined;
  return {
    kind: "store",
    patch: { ...first.patch, ...second.patch },
    whole: first.whole,
    dependents: first.whole ? [] : [...first.dependents, ...second.dependents],
  };
};

/** One effect per id in a wave; waves follow each other, and so keep the order of the operations. */
const inWaves = (operations: readonly DocumentOperation[]): Map<string, Effect>[] => {
  const waves: Map<string, Effect>[] = [];
  const turns = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const { id } = operation.document;
    const effect = effectOf(index, operation);
    const turn = turns.get(id) ?? 0;
    const earlier = waves[turn]?.get(id);
    const combined = earlier && combine(earlier, effect, operation.operation !== "update");
    const wave = earlier && !combined ? turn + 1 : turn;
    turns.set(id, wave);
    waves[wave] ??= new Map();
    waves[wave].set(id, combined ?? effect);
  }
  return waves;
};

const statement = (sql: string, rows: readonly unknown[], dependents: number[] = []): SyncStatement[] =>
  rows.length === 0 ? [] : [{ statement: { sql, args: [JSON.stringify(rows)] }, dependents }];

type Store = Extract<Effect, { kind: "store" }>;

/** Makes documents searchable, and their words known; those without both of their texts are left to be indexed. */
function* indexing(stores: readonly Store[]): Steps<SyncStatement[]> {
  const words = new Set<string>();
  const indexed: IndexedDocument[] = [];
  for (const { id, comment, text } of stores.map(({ patch }) => patch)) {
    if (comment === undefined || text === undefined) continue;
    indexed.push({ id, ...(yield* tokensOfDocument({ comment, text }, words)) });
  }
  const statements = [...indexStored(indexed), ...addWords(words)];
  return statements.map((each) => ({ statement: each, dependents: [] }));
}

function* statementsOfWave(wave: ReadonlyMap<string, Effect>): Steps<SyncStatement[]> {
  const stores = [...wave.values()].filter((effect) => effect.kind === "store");
  const partial = stores.filter(({ whole }) => !whole);
  const removed = [...wave].filter(([, { kind }]) => kind === "remove");
  return [
    ...statement(
      EXISTING,
      partial.map(({ patch }) => patch.id),
      partial.flatMap(({ dependents }) => dependents),
    ),
    ...statement(
      STORE,
      stores.map(({ patch, whole }) => ({ ...patch, whole })),
    ),
    ...(yield* indexing(stores)),
    ...statement(
      REMOVE,
      removed.map(([id]) => id),
    ),
  ];
}

/** The statements to run in one transaction. */
export function* syncStatements(operations: readonly DocumentOperation[]): Steps<SyncStatement[]> {
  const statements: SyncStatement[] = [];
  for (const wave of inWaves(operations)) statements.push(...(yield* statementsOfWave(wave)));
  return statements;
}

/** The documents that a transaction may leave unindexed: it has only one of their texts. */
export const partlySent = (operations: readonly DocumentOperation[]): string[] =>
  operations
    .flatMap(({ operation, document }) => (operation === "update" ? document : []))
    .filter(({ comment, text }) => (comment === undefined) !== (text === undefined))
    .map(({ id }) => id);
