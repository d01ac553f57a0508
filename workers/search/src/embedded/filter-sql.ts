/** Compiles a filter to SQL. Every value is a parameter. */
import { and, between, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { FIELDS, type FieldName, isTextField, type TextField } from "../model/fields.ts";
import { depthOf, type Filter, type Operand } from "../query/filter.ts";
import { documents } from "../storage/schema.ts";
import { parseTerms, type Term } from "../text/terms.ts";
import { all, any, inColumns, phrase } from "./match.ts";

const NEVER = sql`FALSE`;

const COMPARISONS = { ":>": gt, ":>=": gte, ":<": lt, ":<=": lte } as const;

/** The rows whose full text matches an FTS5 query. */
export const rowsMatching = (expression: string): SQL =>
  sql`(SELECT rowid FROM document_tokens WHERE document_tokens MATCH ${expression})`;

/** The operand's words: all must occur, in any order. */
const termsOf = (operand: Operand): Term[] => {
  if (operand.kind === "range") return [];
  const words = parseTerms(String(operand.value).replaceAll(/["-]/g, " ")).include;
  const last = words.length - 1;
  return words.map((term, index) => ({ ...term, prefix: operand.kind === "prefix" && index === last }));
};

const containsWords = (field: TextField, operands: readonly Operand[]): SQL => {
  const alternatives = operands.map(termsOf).filter((terms) => terms.length > 0);
  if (alternatives.length === 0) return NEVER;
  const expression = inColumns([field], any(alternatives.map((terms) => all(terms.map(phrase)))));
  return sql`${documents.pk} IN ${rowsMatching(expression)}`;
};

const isOneOf = (field: FieldName, values: readonly (string | number)[]): SQL | undefined => {
  if (values.length === 0) return undefined;
  const column = documents[field];
  const ignoresCase = FIELDS[field] === "keyword" || FIELDS[field] === "text";
  return ignoresCase ? sql`${column} COLLATE NOCASE IN ${values}` : inArray(column, [...values]);
};

const fitsRangeOrPrefix = (field: FieldName, operand: Operand): SQL[] => {
  const column = documents[field];
  if (operand.kind === "range") return [between(column, operand.from, operand.to)];
  if (operand.kind === "prefix")
    return [sql`substr(${column}, 1, ${[...operand.value].length}) = ${operand.value} COLLATE NOCASE`];
  return [];
};

const equalsAny = (field: FieldName, operands: readonly Operand[]): SQL => {
  const values = operands.flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
  return or(isOneOf(field, values), ...operands.flatMap((operand) => fitsRangeOrPrefix(field, operand))) ?? NEVER;
};

/** The deepest part comes first: opened before anything else, a parenthesis takes least of the stack of sqld's parser. */
const deepestFirst = (items: readonly Filter[]): Filter[] => items.toSorted((a, b) => depthOf(b) - depthOf(a));

/** The condition on `documents` that is true for the rows the filter lets through. */
export const compileFilter = (filter: Filter): SQL => {
  if ("items" in filter)
    return (filter.kind === "and" ? and : or)(...deepestFirst(filter.items).map(compileFilter)) ?? NEVER;
  if (filter.kind === "compare") return COMPARISONS[filter.operator](documents[filter.field], filter.value);
  const { field, operator, operands } = filter;
  const comparesWords = (operator === ":" || operator === ":!") && isTextField(field);
  const fits = comparesWords ? containsWords(field, operands) : equalsAny(field, operands);
  // A document without the field does not fit either.
  return operator === ":!=" || operator === ":!" ? sql`(${fits}) IS NOT TRUE` : fits;
};
