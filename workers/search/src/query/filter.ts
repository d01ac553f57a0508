/** A `filter_by` as a tree, and as Typesense's text again. */
import type { FieldName, IntegerField } from "../model/fields.ts";

/** `:` matches words of a text field, `:=` the whole value; elsewhere they are the same. `:!` and `:!=` are their opposites. */
export type MatchOperator = ":" | ":=" | ":!" | ":!=";
export type CompareOperator = ":>" | ":>=" | ":<" | ":<=";

export type Operand =
  | { kind: "value"; value: string | number }
  | { kind: "prefix"; value: string }
  /** Both ends belong to it. */
  | { kind: "range"; from: number; to: number };

export type Filter =
  /** Two items at least. */
  | { kind: "and" | "or"; items: Filter[] }
  /** True when any operand fits; with `:!` and `:!=`, when none does. */
  | { kind: "match"; field: FieldName; operator: MatchOperator; operands: Operand[] }
  | { kind: "compare"; field: IntegerField; operator: CompareOperator; value: number };

/** How many `and` and `or` stand within each other. */
export const depthOf = (filter: Filter): number => ("items" in filter ? 1 + Math.max(...filter.items.map(depthOf)) : 0);

const NEEDS_NO_QUOTES = /^[\p{L}\p{N}_-]+$/u;

const printText = (value: string): string =>
  NEEDS_NO_QUOTES.test(value) ? value : `\`${value.replace(/[\\`]/g, "\\$&")}\``;

/** Typesense knows every id by this text only. */
const isEveryId = (operand: Operand, field: FieldName): boolean =>
  field === "id" && operand.kind === "prefix" && operand.value === "";

const printOperand = (operand: Operand, field: FieldName): string => {
  if (isEveryId(operand, field)) return "*";
  if (operand.kind === "range") return `${operand.from}..${operand.to}`;
  if (operand.kind === "prefix") return `${printText(operand.value)}*`;
  return typeof operand.value === "number" ? String(operand.value) : printText(operand.value);
};

const isPlain = (operands: readonly Operand[]): boolean => operands.length === 1 && operands[0]?.kind !== "range";

const printItem = (item: Filter): string => ("items" in item ? `(${printFilter(item)})` : printFilter(item));

/** The fields that a filter is about. */
export const fieldsOf = (filter: Filter): FieldName[] =>
  "items" in filter ? filter.items.flatMap(fieldsOf) : [filter.field];

/** Gives the text that `parseFilter` reads as the same tree. */
export const printFilter = (filter: Filter): string => {
  if ("items" in filter) return filter.items.map(printItem).join(filter.kind === "and" ? " && " : " || ");
  if (filter.kind === "compare") return `${filter.field}${filter.operator}${filter.value}`;
  const operands = filter.operands.map((operand) => printOperand(operand, filter.field)).join(", ");
  return `${filter.field}${filter.operator}${isPlain(filter.operands) ? operands : `[${operands}]`}`;
};

/** Both filters at once; neither can loosen the other. */
export const both = (first: Filter | undefined, second: Filter | undefined): Filter | undefined =>
  first && second ? { kind: "and", items: [first, second] } : (first ?? second);
