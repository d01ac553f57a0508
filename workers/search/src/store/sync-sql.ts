/** The statements that apply operations: a handful for thousands of them, by way of `json_each`. */
import type { InStatement } from "@libsql/client";
import { type DocumentOperation, isWhole } from "../domain/document.ts";
import { FIELDS } from "../domain/fields.ts";

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

/** A statement; `tellsWhichExist` marks the one whose rows are ids that partial updates found. */
export interface SyncStatement {
  statement: InStatement;
  /** The operations, by index, that succeed only for ids among the statement's rows. */
  dependents: number[];
}

interface Numbered {
  index: number;
  operation: DocumentOperation;
}

/** Splits the operations so that an id occurs once in a wave, and one wave after the other keeps their order. */
const inWaves = (operations: readonly DocumentOperation[]): Numbered[][] => {
  const waves: Numbered[][] = [];
  const seen = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const { id } = operation.document;
    const turn = seen.get(id) ?? 0;
    seen.set(id, turn + 1);
    waves[turn] ??= [];
    waves[turn].push({ index, operation });
  }
  return waves;
};

const statement = (sql: string, rows: readonly unknown[], dependents: number[] = []): SyncStatement[] =>
  rows.length === 0 ? [] : [{ statement: { sql, args: [JSON.stringify(rows)] }, dependents }];

const isDependent = ({ operation }: Numbered): boolean =>
  operation.operation === "update" && !isWhole(operation.document);

const statementsOfWave = (wave: readonly Numbered[]): SyncStatement[] => {
  const dependents = wave.filter(isDependent);
  const stored = wave.filter(({ operation }) => operation.operation !== "delete");
  const removed = wave.filter(({ operation }) => operation.operation === "delete");
  const rows = stored.map((numbered) => ({ ...numbered.operation.document, whole: !isDependent(numbered) }));
  const ids = (items: readonly Numbered[]) => items.map(({ operation }) => operation.document.id);
  return [
    ...statement(
      EXISTING,
      ids(dependents),
      dependents.map(({ index }) => index),
    ),
    ...statement(STORE, rows),
    ...statement(REMOVE, ids(removed)),
  ];
};

/** The statements to run in one transaction. */
export const syncStatements = (operations: readonly DocumentOperation[]): SyncStatement[] =>
  inWaves(operations).flatMap(statementsOfWave);
