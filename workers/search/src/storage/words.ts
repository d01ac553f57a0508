/** What adds words to the vocabulary: a migration does so too, which needs no more than this. */
import type { InStatement } from "@libsql/client";

/** Longer ones are rarely mistyped, and they would fill the table. */
export const MAX_WORD_LENGTH = 32;
const MIN_WORD_LENGTH = 2;

const isKept = ({ length }: string): boolean => length >= MIN_WORD_LENGTH && length <= MAX_WORD_LENGTH;

/** Adds words as the full-text index has them. */
export const addWords = (words: ReadonlySet<string>): InStatement[] => {
  const kept = [...words].filter(isKept);
  if (kept.length === 0) return [];
  return [{ sql: "INSERT OR IGNORE INTO words (word) SELECT value FROM json_each(?)", args: [JSON.stringify(kept)] }];
};
