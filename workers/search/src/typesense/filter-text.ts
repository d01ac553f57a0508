/**
 * A filter as Typesense reads it. Typesense knows no way to write a backtick inside of backticks: a value with one would
 * end where its author likes, and reach around whatever stands beside it. Such a value cannot be asked for.
 */
import { FIELDS } from "../model/fields.ts";
import type { Filter, MatchOperator, Operand } from "../query/filter.ts";

const NEEDS_NO_QUOTES = /^[\p{L}\p{N}_]+$/u;

/** Only text is compared word by word; elsewhere Typesense would do so too, where Fountain means the whole value. */
const WHOLE: Partial<Record<MatchOperator, MatchOperator>> = { ":": ":=", ":!": ":!=" };

const hasBacktick = (operand: Operand): boolean =>
  operand.kind !== "range" && typeof operand.value === "string" && operand.value.includes("`");

/** Whether Typesense can be asked for all its values. */
export const isExpressible = (filter: Filter): boolean => {
  if ("items" in filter) return filter.items.every(isExpressible);
  return filter.kind === "compare" || !filter.operands.some(hasBacktick);
};

const printText = (value: string): string => {
  if (value.includes("`")) throw new Error("a value with a backtick cannot be expressed for Typesense");
  return NEEDS_NO_QUOTES.test(value) ? value : `\`${value}\``;
};

const printOperand = (operand: Operand): string => {
  if (operand.kind === "range") return `${operand.from}..${operand.to}`;
  if (operand.kind === "prefix") return `${printText(operand.value)}*`;
  return typeof operand.value === "number" ? String(operand.value) : printText(operand.value);
};

/** The text of a filter, every part of it in parentheses; throws for one that is not expressible. */
export const printForTypesense = (filter: Filter): string => {
  if ("items" in filter)
    return filter.items.map((item) => `(${printForTypesense(item)})`).join(filter.kind === "and" ? " && " : " || ");
  if (filter.kind === "compare") return `${filter.field}${filter.operator}${filter.value}`;
  const operator = FIELDS[filter.field] === "text" ? filter.operator : (WHOLE[filter.operator] ?? filter.operator);
  const operands = filter.operands.map(printOperand).join(",");
  const isPlain = filter.operands.length === 1 && filter.operands[0]?.kind !== "range";
  return `${filter.field}${operator}${isPlain ? operands : `[${operands}]`}`;
};
