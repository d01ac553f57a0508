/** Writes FTS5 queries. The user's words only ever stand inside quotes, where FTS5 knows no operators. */
import type { TextField } from "../domain/fields.ts";
import type { Term, Terms } from "../domain/terms.ts";

const quote = (words: string): string => `"${words.replaceAll('"', '""')}"`;

const phraseOf = (term: Term): string => (term.prefix ? `${quote(term.text)} *` : quote(term.text));

const allOf = (terms: readonly Term[]): string => `(${terms.map(phraseOf).join(" ")})`;

const anyOf = (alternatives: readonly (readonly Term[])[]): string => `(${alternatives.map(allOf).join(" OR ")})`;

const inColumns = (columns: readonly TextField[], expression: string): string =>
  `{${columns.join(" ")}} : ${expression}`;

/** Matches rows with all of the included terms and none of the excluded ones; something must be included. */
export const matchTerms = (columns: readonly TextField[], { include, exclude }: Terms): string =>
  inColumns(
    columns,
    exclude.length === 0 ? allOf(include) : `(${allOf(include)} NOT ${anyOf(exclude.map((term) => [term]))})`,
  );

/** Matches rows with all terms of any of the lists. */
export const matchAny = (columns: readonly TextField[], alternatives: readonly (readonly Term[])[]): string =>
  inColumns(columns, anyOf(alternatives));
