/**
 * What goes over the wire to libSQL: Hrana 3 over HTTP, as JSON (libsql-server/docs/HRANA_3_SPEC.md). Values and results are
 * those of `@libsql/client`, whose types stores are written against.
 */
import type { InArgs, InStatement, InValue, ResultSet, TransactionMode, Value } from "@libsql/client";

type WireValue =
  | { type: "null" }
  | { type: "integer"; value: string }
  | { type: "float"; value: number }
  | { type: "text"; value: string }
  | { type: "blob"; base64: string };

interface WireStatement {
  sql: string;
  args?: WireValue[];
  named_args?: { name: string; value: WireValue }[];
  want_rows: boolean;
}

type Condition = { type: "ok"; step: number } | { type: "not"; cond: Condition } | { type: "is_autocommit" };

interface Step {
  condition?: Condition | { type: "and"; conds: Condition[] };
  stmt: WireStatement;
}

interface WireResult {
  cols: { name: string | null; decltype: string | null }[];
  rows: WireValue[][];
  affected_row_count: number;
  last_insert_rowid: string | null;
}

interface WireError {
  message: string;
  code?: string | null;
}

/** One thing asked of a stream. */
export type StreamRequest =
  | { type: "execute"; stmt: WireStatement }
  | { type: "batch"; batch: { steps: Step[] } }
  | { type: "get_autocommit" }
  | { type: "close" };

/** What a stream responds to it. */
export type StreamResult =
  | { type: "error"; error: WireError }
  | { type: "ok"; response: { type: "execute"; result: WireResult } }
  | { type: "ok"; response: { type: "batch"; result: BatchResult } }
  | { type: "ok"; response: { type: "get_autocommit"; is_autocommit: boolean } }
  | { type: "ok"; response: { type: "close" } };

interface BatchResult {
  step_results: (WireResult | null)[];
  step_errors: (WireError | null)[];
}

/** The database refused a statement; `code` is SQLite's or libSQL's, and begins the message. */
class StatementError extends Error {
  override readonly name = "StatementError";
  readonly code: string;

  constructor({ message, code }: WireError) {
    super(`${code ?? "UNKNOWN"}: ${message}`);
    this.code = code ?? "UNKNOWN";
  }
}

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

const encodeInteger = (value: bigint): WireValue => {
  if (value < MIN_INTEGER || value > MAX_INTEGER) throw new RangeError("an integer has at most 64 bits");
  return { type: "integer", value: String(value) };
};

/** A JavaScript number is a float on the wire: SQLite converts it to the type of the column. */
const encodeFloat = (value: number): WireValue => {
  if (!Number.isFinite(value)) throw new RangeError("only finite numbers can be stored");
  return { type: "float", value };
};

const encodeBlob = (value: ArrayBuffer | Uint8Array): WireValue => {
  const bytes =
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.from(value);
  return { type: "blob", base64: bytes.toString("base64") };
};

const encodeValue = (value: InValue): WireValue => {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "number") return encodeFloat(value);
  if (typeof value === "bigint") return encodeInteger(value);
  if (typeof value === "boolean") return encodeInteger(value ? 1n : 0n);
  if (value instanceof Date) return encodeFloat(value.getTime());
  if (value instanceof ArrayBuffer || value instanceof Uint8Array) return encodeBlob(value);
  throw new TypeError(`a value of type ${typeof value} cannot be stored`);
};

const decodeInteger = (digits: string): number => {
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new RangeError("an integer of the database exceeds what a number can hold");
  return value;
};

const decodeBlob = (base64: string): ArrayBuffer => new Uint8Array(Buffer.from(base64, "base64")).buffer;

const decodeValue = (value: WireValue): Value => {
  switch (value.type) {
    case "null":
      return null;
    case "integer":
      return decodeInteger(value.value);
    case "blob":
      return decodeBlob(value.base64);
    default:
      return value.value;
  }
};

interface NamedCell {
  name: string;
  index: number;
}

/** What a row has by index, or for itself. */
const RESERVED = /^(?:\d+|length)$/;

/** Of columns of one name the first has it. */
const namedCells = (columns: readonly string[]): NamedCell[] =>
  columns
    .map((name, index) => ({ name, index }))
    .filter(({ name, index }) => !RESERVED.test(name) && columns.indexOf(name) === index);

/** Its cells by name and, though nothing enumerates them so, by index. */
class ResultRow {
  [name: string]: Value;
  readonly #cells: Value[];

  constructor(named: readonly NamedCell[], cells: Value[]) {
    this.#cells = cells;
    for (const { name, index } of named) this[name] = cells[index] ?? null;
  }

  get length(): number {
    return this.#cells.length;
  }

  /** Lets rows be read by index, up to this one: one accessor for all rows instead of a property in each of them. */
  static readByIndex(end: number): void {
    for (let index = 0; index < end; index += 1)
      if (!Object.hasOwn(ResultRow.prototype, index))
        Object.defineProperty(ResultRow.prototype, index, {
          get(this: ResultRow) {
            return this.#cells[index];
          },
        });
  }
}

const decodeResult = ({ cols, rows, affected_row_count, last_insert_rowid }: WireResult): ResultSet => {
  const columns = cols.map(({ name }) => name ?? "");
  const named = namedCells(columns);
  ResultRow.readByIndex(columns.length);
  const result = {
    columns,
    columnTypes: cols.map(({ decltype }) => decltype ?? ""),
    rows: rows.map((cells) => new ResultRow(named, cells.map(decodeValue))),
    rowsAffected: affected_row_count,
    lastInsertRowid: last_insert_rowid === null ? undefined : BigInt(last_insert_rowid),
  };
  return { ...result, toJSON: () => ({ ...result, lastInsertRowid: last_insert_rowid }) };
};

const encodeStatement = (statement: InStatement | readonly [string, InArgs?]): WireStatement => {
  if (typeof statement === "string") return { sql: statement, want_rows: true };
  const [sql, args] = "sql" in statement ? [statement.sql, statement.args] : statement;
  if (args === undefined) return { sql, want_rows: true };
  if (Array.isArray(args)) return { sql, args: args.map(encodeValue), want_rows: true };
  const named = Object.entries(args).map(([name, value]) => ({ name, value: encodeValue(value) }));
  return { sql, named_args: named, want_rows: true };
};

const BEGIN: Record<TransactionMode, string> = {
  write: "BEGIN IMMEDIATE",
  read: "BEGIN TRANSACTION READONLY",
  deferred: "BEGIN DEFERRED",
};

/** One statement, in a transaction of its own. */
export const executeRequest = (statement: InStatement): StreamRequest => ({
  type: "execute",
  stmt: encodeStatement(statement),
});

/** Statements in one transaction: each only if those before it succeeded, then the commit, or else the rollback. */
export const batchRequest = (
  statements: readonly (InStatement | [string, InArgs?])[],
  mode: TransactionMode,
): StreamRequest => {
  const inTransaction: Condition = { type: "not", cond: { type: "is_autocommit" } };
  const steps: Step[] = [{ stmt: encodeStatement(BEGIN[mode]) }];
  const add = (stmt: WireStatement): void => {
    const succeeded: Condition = { type: "ok", step: steps.length - 1 };
    steps.push({ condition: { type: "and", conds: [succeeded, inTransaction] }, stmt });
  };
  for (const statement of statements) add(encodeStatement(statement));
  add(encodeStatement("COMMIT"));
  const committed: Condition = { type: "ok", step: steps.length - 1 };
  steps.push({ condition: { type: "not", cond: committed }, stmt: encodeStatement("ROLLBACK") });
  return { type: "batch", batch: { steps } };
};

const resultsOf = ({ step_results, step_errors }: BatchResult): ResultSet[] => {
  const refused = step_errors.find((error) => error !== null);
  if (refused) throw new StatementError(refused);
  return step_results.slice(1, -2).map((result) => {
    if (result) return decodeResult(result);
    throw new StatementError({ code: "TRANSACTION_CLOSED", message: "the transaction was rolled back" });
  });
};

/** The results of what {@link executeRequest} or {@link batchRequest} asked; throws {@link StatementError}. */
export const decodeResults = (result: StreamResult | undefined): ResultSet[] => {
  if (result?.type === "error") throw new StatementError(result.error);
  if (result?.response.type === "execute") return [decodeResult(result.response.result)];
  if (result?.response.type === "batch") return resultsOf(result.response.result);
  throw new StatementError({ code: "HRANA_PROTO_ERROR", message: "the database responded to something else" });
};
