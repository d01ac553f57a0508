/** Writes FTS5 expressions. The user's words only ever stand inside quotes, where FTS5 knows no operators. */
import type { TextField } from "../model/fields.ts";
import type { Term } from "../text/terms.ts";

/** Words that stand next to each other. */
export const phrase = ({ text, prefix }: Pick<Term, "text" | "prefix">): string =>
  `"${text.replaceAll('"', '""')}"${prefix ? " *" : ""}`;

export const all = (expressions: readonly string[]): string => `(${expressions.join(" AND ")})`;

export const any = (expressions: readonly string[]): string => `(${expressions.join(" OR ")})`;

export const without = (expression: string, minus: readonly string[]): string =>
  minus.length === 0 ? expression : `(${expression} NOT ${any(minus)})`;

export const inColumns = (columns: readonly TextField[], expression: string): string =>
  `({${columns.join(" ")}} : (${expression}))`;
