/**
 * Reads Typesense's `filter_by`: `field:value`, `:=`, `:!=`, `:!`, `:>`, `:>=`, `:<`, `:<=`, `[a, b]`, `[1..9]`,
 * `prefix*`, values in backticks, `&&`, `||` and parentheses. As in Typesense, `&&` and `||` bind equally, from the left.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { FIELDS, type FieldName, isFieldName, isIntegerField } from "../model/fields.ts";
import { type CompareOperator, depthOf, type Filter, type MatchOperator, type Operand } from "./filter.ts";
import { FilterFault, type Token, type TokenKind, tokenize } from "./filter-tokens.ts";
import { isInteger, toInt64 } from "./int64.ts";

const MAX_DEPTH = 20;
/** `a && b || c && d` nests as well, from the left. The database's parser takes no more than 100 opened parentheses. */
const MAX_LEVELS = 40;
const MAX_OPERANDS = 250;

/** `detail` says what is wrong, and where; `message` is Typesense's sentence. */
export interface InvalidFilter {
  readonly kind: "invalid";
  readonly detail: string;
  readonly message: string;
}

export type FilterResult = Result<Filter, InvalidFilter>;

const MATCH_OPERATORS: Record<string, MatchOperator> = { ":": ":", ":=": ":=", ":!=": ":!=", ":!": ":!" };
const COMPARE_OPERATORS: Record<string, CompareOperator> = { ":>": ":>", ":>=": ":>=", ":<": ":<", ":<=": ":<=" };

const UNBALANCED = "Could not parse the filter query: unbalanced parentheses.";

/** What ends a value without backticks, outside a list and inside of one. */
const ENDS_VALUE: ReadonlySet<TokenKind> = new Set(["and", "or", "open", "close", "end"]);
const ENDS_LISTED_VALUE: ReadonlySet<TokenKind> = new Set([...ENDS_VALUE, "comma", "list-close"]);

/** A value as it was written, before its field gives it a type. */
interface Written {
  text: string;
  prefix: boolean;
  from: number;
}

const toInteger = (text: string, at: number, field: FieldName): number => {
  const value = toInt64(text);
  if (value !== undefined) return value;
  const [reason, typesense] = isInteger(text)
    ? ["requires numbers of at most 64 bits", "Not an int64."]
    : ["requires whole numbers", "Numerical field has an invalid comparator."];
  throw new FilterFault(at, `\`${field}\` ${reason}`, `Error with filter field \`${field}\`: ${typesense}`);
};

const toIntegerOperand = (written: Written, field: FieldName): Operand => {
  const [from = "", to, ...surplus] = written.text.split("..").map((part) => part.trim());
  if (written.prefix || surplus.length > 0) throw new FilterFault(written.from, "one number or one range is expected");
  const first = toInteger(from, written.from, field);
  if (to === undefined) return { kind: "value", value: first };
  return { kind: "range", from: first, to: toInteger(to, written.from, field) };
};

const toOperand = (written: Written, field: FieldName): Operand => {
  if (FIELDS[field] === "integer") return toIntegerOperand(written, field);
  return { kind: written.prefix ? "prefix" : "value", value: written.text };
};

const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\([\\`])/g, "$1");

/** A cursor over the tokens, and the grammar as functions that call each other. */
const createParser = (source: string) => {
  const tokens = tokenize(source);
  const end: Token = { kind: "end", from: source.length, to: source.length };
  let position = 0;
  let operandCount = 0;

  const peek = (): Token => tokens[position] ?? end;
  const take = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const textOf = (token: Token): string => source.slice(token.from, token.to);
  const expect = (kind: TokenKind, what: string, typesense?: string): Token => {
    if (peek().kind !== kind) throw new FilterFault(peek().from, `${what} is expected`, typesense);
    return take();
  };

  const quotedValue = (): Written => {
    const token = take();
    const next = peek();
    const prefix = next.from === token.to && textOf(next) === "*";
    if (prefix) take();
    return { text: unquote(textOf(token)), prefix, from: token.from };
  };

  const bareValue = (endings: ReadonlySet<TokenKind>, field: FieldName): Written => {
    const { from } = peek();
    let to = from;
    while (!endings.has(peek().kind)) to = take().to;
    const text = source.slice(from, to).trim();
    if (text === "") throw new FilterFault(from, "a value is expected");
    // `id:*` are all documents, as every id begins with nothing.
    const prefix = text.endsWith("*") && (text.length > 1 || field === "id");
    return { text: prefix ? text.slice(0, -1) : text, prefix, from };
  };

  const operand = (field: FieldName, endings: ReadonlySet<TokenKind>): Operand => {
    operandCount += 1;
    if (operandCount > MAX_OPERANDS)
      throw new FilterFault(peek().from, `more than ${MAX_OPERANDS} values, the surplus`);
    return toOperand(peek().kind === "quoted" ? quotedValue() : bareValue(endings, field), field);
  };

  const list = (field: FieldName): Operand[] => {
    take();
    const operands = [operand(field, ENDS_LISTED_VALUE)];
    while (peek().kind === "comma") {
      take();
      operands.push(operand(field, ENDS_LISTED_VALUE));
    }
    expect("list-close", "`,` or `]`");
    return operands;
  };

  const matched = (field: FieldName, operator: MatchOperator): Filter => {
    if (peek().kind === "list-open") return { kind: "match", field, operator, operands: list(field) };
    const at = peek().from;
    const only = operand(field, ENDS_VALUE);
    if (only.kind === "range") throw new FilterFault(at, "`[` before a range is expected");
    return { kind: "match", field, operator, operands: [only] };
  };

  const compared = (field: FieldName, operator: CompareOperator, at: number): Filter => {
    if (!isIntegerField(field))
      throw new FilterFault(at, `\`${field}\` holds text, for which only :, := and :!= are, found ${operator}`);
    const valueAt = peek().from;
    const value = operand(field, ENDS_VALUE);
    if (value.kind !== "value" || typeof value.value !== "number")
      throw new FilterFault(valueAt, "one whole number is expected");
    return { kind: "compare", field, operator, value: value.value };
  };

  const clause = (): Filter => {
    const named = expect("word", "a field's name or `(`");
    const field = textOf(named);
    if (!isFieldName(field))
      throw new FilterFault(
        named.from,
        `there is no field \`${field}\`, named`,
        `Could not find a filter field named \`${field}\` in the schema.`,
      );
    const operatorToken = expect("operator", "`:`, `:=`, `:!=`, `:!`, `:>`, `:>=`, `:<` or `:<=`");
    const operator = textOf(operatorToken).replace(/\s/g, "");
    const match = MATCH_OPERATORS[operator];
    if (match !== undefined) return matched(field, match);
    const compare = COMPARE_OPERATORS[operator];
    if (compare !== undefined) return compared(field, compare, operatorToken.from);
    throw new FilterFault(operatorToken.from, `there is no operator \`${operator}\`, used`);
  };

  const primary = (depth: number): Filter => {
    if (peek().kind !== "open") return clause();
    if (depth >= MAX_DEPTH) throw new FilterFault(peek().from, `more than ${MAX_DEPTH} nested parentheses`);
    take();
    const inner = expression(depth + 1);
    expect("close", "`)`, `&&` or `||`", UNBALANCED);
    return inner;
  };

  const expression = (depth: number): Filter => {
    let left = primary(depth);
    let chained: "and" | "or" | undefined;
    for (let kind = peek().kind; kind === "and" || kind === "or"; kind = peek().kind) {
      take();
      const right = primary(depth);
      left =
        kind === chained && "items" in left ? { kind, items: [...left.items, right] } : { kind, items: [left, right] };
      chained = kind;
    }
    return left;
  };

  return (): Filter => {
    const filter = expression(0);
    expect("end", "`&&` or `||`");
    if (depthOf(filter) > MAX_LEVELS)
      throw new FilterFault(0, `more than ${MAX_LEVELS} changes between \`&&\` and \`||\` in a filter that begins`);
    return filter;
  };
};

/** The tree of a filter. */
export const parseFilter = (source: string): FilterResult => {
  try {
    return success(createParser(source)());
  } catch (error) {
    if (error instanceof FilterFault) return failure("invalid", { detail: error.message, message: error.typesense });
    throw error;
  }
};
