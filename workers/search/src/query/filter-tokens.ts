/** Cuts a `filter_by` into tokens. */

export type TokenKind =
  | "and"
  | "or"
  | "open"
  | "close"
  | "list-open"
  | "list-close"
  | "comma"
  | "operator"
  | "quoted"
  | "word"
  | "end";

export interface Token {
  kind: TokenKind;
  /** Where it stands in the source: `from` is its first character, `to` the one after its last. */
  from: number;
  to: number;
}

const UNREADABLE = "Could not parse the filter query.";

/** The text is not a filter; the message says where and why, `typesense` is what Typesense says to it. */
export class FilterFault extends Error {
  override readonly name = "FilterFault";
  readonly typesense: string;

  constructor(at: number, reason: string, typesense = UNREADABLE) {
    super(`${reason} at character ${at + 1}`);
    this.typesense = typesense;
  }
}

const SPACE = /\s*/y;

/** Tried in this order. In a quoted value a backslash stands before a backtick or a backslash that is meant. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["and", /&&/y],
  ["or", /\|\|/y],
  ["open", /\(/y],
  ["close", /\)/y],
  ["list-open", /\[/y],
  ["list-close", /\]/y],
  ["comma", /,/y],
  ["operator", /:\s*(?:!=|>=|<=|!|=|>|<)?/y],
  ["quoted", /`(?:\\[\\`]|[^\\`]|\\(?![\\`]))*`/y],
  ["word", /(?!`)(?:(?!&&|\|\|)[^\s()[\],:])+/y],
];

const endOf = (pattern: RegExp, source: string, from: number): number | undefined => {
  pattern.lastIndex = from;
  return pattern.test(source) ? pattern.lastIndex : undefined;
};

const tokenAt = (source: string, from: number): Token => {
  for (const [kind, pattern] of PATTERNS) {
    const to = endOf(pattern, source, from);
    if (to !== undefined) return { kind, from, to };
  }
  throw new FilterFault(from, "a value in backticks that is never closed, begun");
};

/** The tokens of the source, with an `end` after the last. Throws {@link FilterFault}. */
export const tokenize = (source: string): Token[] => {
  const tokens: Token[] = [];
  let at = endOf(SPACE, source, 0) ?? 0;
  while (at < source.length) {
    const token = tokenAt(source, at);
    tokens.push(token);
    at = endOf(SPACE, source, token.to) ?? token.to;
  }
  return [...tokens, { kind: "end", from: source.length, to: source.length }];
};
