/** Writes FTS5 queries. The user's words only ever stand inside quotes, where FTS5 knows no operators. */
import type { TextField } from "../domain/fields.ts";
import type { Term } from "../domain/terms.ts";

const quote = (words: string): string => `"${words.replaceAll('"', '""')}"`;

const phraseOf = (term: Term): string => (term.prefix ? `${quote(term.text)} *` : quote(term.text));

/** Matches rows with all of the terms, in any of the columns. */
export const matchAll = (columns: readonly TextField[], terms: readonly Term[]): string =>
  `{${columns.join(" ")}} : (${terms.map(phraseOf).join(" ")})`;

/** Matches rows with all terms of any of the lists. */
export const matchAny = (columns: readonly TextField[], alternatives: readonly (readonly Term[])[]): string =>
  `{${columns.join(" ")}} : (${alternatives.map((terms) => `(${terms.map(phraseOf).join(" ")})`).join(" OR ")})`;
