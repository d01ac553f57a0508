/**
 * The words that documents have, by their trigrams, to find what a misspelt word may have meant. A word is added in the
 * transaction that stores the first document with it; upkeep removes those that no document has any more.
 */
import type { InStatement } from "@libsql/client";
import { type SQL, sql } from "drizzle-orm";
import type { Suspect } from "../domain/readings.ts";
import { foldWord, wordsOf } from "../domain/terms.ts";
import { trigramsOf } from "../domain/typos.ts";

/** Nobody mistypes longer ones, and they would fill the table. */
const MAX_WORD_LENGTH = 32;
const MIN_WORD_LENGTH = 2;
/** So many of those that share the most trigrams are compared letter by letter. */
const MAX_CANDIDATES = 400;
/** Words that one round of upkeep looks at. */
const PRUNED_AT_ONCE = 500;

/** The words of texts, once each, as they are compared. */
export const vocabularyOf = (texts: readonly string[]): string[] => {
  const words = texts.flatMap((text) => wordsOf(text).map((word) => foldWord(word.text)));
  return [...new Set(words)].filter(({ length }) => length >= MIN_WORD_LENGTH && length <= MAX_WORD_LENGTH);
};

export const addWords = (words: readonly string[]): InStatement => ({
  sql: "INSERT OR IGNORE INTO words (word) SELECT value FROM json_each(?)",
  args: [JSON.stringify(words)],
});

/** The words that are most like a suspect. */
export const candidatesStatement = ({ typed, maxTypos }: Suspect): SQL => {
  const length = [...typed.word].length;
  const longest = typed.prefix ? MAX_WORD_LENGTH : length + maxTypos;
  const shared = sql`SELECT word_id, count(*) AS shared FROM json_each(${JSON.stringify(trigramsOf(typed.word))}) AS typed CROSS JOIN word_trigrams ON trigram = typed.value AND length BETWEEN ${length - maxTypos} AND ${longest} GROUP BY word_id ORDER BY shared DESC LIMIT ${MAX_CANDIDATES}`;
  return sql`SELECT word FROM (${shared}) AS candidate CROSS JOIN words ON words.id = candidate.word_id ORDER BY shared DESC, word`;
};

/** Removes words that no document has any more, from a part of the table that chance chooses. */
export const pruneWords = `
DELETE FROM words WHERE id IN (
  SELECT id FROM words
  WHERE id > (SELECT abs(random()) % (max(id) + ${PRUNED_AT_ONCE}) - ${PRUNED_AT_ONCE} FROM words)
  ORDER BY id LIMIT ${PRUNED_AT_ONCE}
) AND NOT EXISTS (
  SELECT 1 FROM documents_text WHERE documents_text MATCH '"' || words.word || '"'
)`;
