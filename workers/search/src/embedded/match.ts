/** Writes FTS5 expressions. What the user typed only ever stands inside quotes, where FTS5 knows no operators. */
import type { TextField } from "../model/fields.ts";
import type { Term } from "../text/terms.ts";

/** Tokens that follow each other. They are folded already, and none has a quotation mark. */
const inQuotes = (tokens: readonly string[], mayGoOn: boolean): string => `"${tokens.join(" ")}"${mayGoOn ? " *" : ""}`;

/** The tokens that a text must have for the term. */
export const phrase = ({ wanted, prefix, beginsPair }: Omit<Term, "tokens">): string =>
  inQuotes(wanted, prefix || beginsPair === true);

/** The terms next to each other, in their order. */
export const sequence = (terms: readonly Term[]): string => {
  const last = terms.at(-1);
  if (!last) return inQuotes([], false);
  return phrase({ ...last, wanted: [...terms.slice(0, -1).flatMap(({ tokens }) => tokens), ...last.wanted] });
};

export const all = (expressions: readonly string[]): string => `(${expressions.join(" AND ")})`;

export const any = (expressions: readonly string[]): string => `(${expressions.join(" OR ")})`;

export const without = (expression: string, minus: readonly string[]): string =>
  minus.length === 0 ? expression : `(${expression} NOT ${any(minus)})`;

export const inColumns = (columns: readonly TextField[], expression: string): string =>
  `({${columns.join(" ")}} : (${expression}))`;
