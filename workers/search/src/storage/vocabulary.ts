/**
 * The words that documents have, by their trigrams, to find what a misspelt word may have meant. A word is added in the
 * transaction that stores the first document with it. Upkeep gives new words their trigrams, until which all of them are
 * compared, and removes words that no document has any more.
 */
import { type SQL, sql } from "drizzle-orm";
import type { Suspect } from "../query/interpretations.ts";
import { trigramsOf } from "../text/typos.ts";
import { MAX_WORD_LENGTH } from "./words.ts";

/** So many of those that share the most trigrams are compared letter by letter. */
const MAX_CANDIDATES = 400;
/** The words of some ten thousand new documents; a search must not wait for more. */
const MAX_NEW_WORDS = 20_000;
/** What one round of upkeep looks at, so that writers never wait long. */
const INDEXED_AT_ONCE = 1_000;
const PRUNED_AT_ONCE = 500;

/** The words that are most like a suspect, and all new ones of about its length. */
export const candidatesStatement = ({ typed, maxTypos }: Suspect): SQL => {
  const length = [...typed.word].length;
  const longest = typed.prefix ? MAX_WORD_LENGTH : length + maxTypos;
  const range = sql`BETWEEN ${length - maxTypos} AND ${longest}`;
  const shared = sql`SELECT word_id, count(*) AS shared FROM json_each(${JSON.stringify(trigramsOf(typed.word))}) AS typed CROSS JOIN word_trigrams ON trigram = typed.value AND length ${range} GROUP BY word_id ORDER BY shared DESC LIMIT ${MAX_CANDIDATES}`;
  const known = sql`SELECT word FROM (${shared}) AS candidate CROSS JOIN words ON words.id = candidate.word_id`;
  const fresh = sql`SELECT word FROM (SELECT word FROM words WHERE has_trigrams = 0 ORDER BY id DESC LIMIT ${MAX_NEW_WORDS}) AS fresh WHERE length(word) ${range}`;
  return sql`${known} UNION ALL ${fresh}`;
};

const NEW_WORDS = `SELECT id FROM words WHERE has_trigrams = 0 ORDER BY id LIMIT ${INDEXED_AT_ONCE}`;
const PLACES = JSON.stringify(Array.from({ length: MAX_WORD_LENGTH + 1 }, (_, index) => index + 1));

/** Gives some new words their trigrams; two spaces before a word and one behind it mark its ends. One transaction. */
export const indexWords: readonly string[] = [
  `INSERT OR IGNORE INTO word_trigrams (trigram, length, word_id)
   SELECT substr('  ' || word || ' ', place.value, 3), length(word), words.id
   FROM words CROSS JOIN json_each('${PLACES}') AS place ON place.value <= length(word) + 1
   WHERE words.id IN (${NEW_WORDS}) ORDER BY 1, 2, 3`,
  `UPDATE words SET has_trigrams = 1 WHERE id IN (${NEW_WORDS})`,
];

/**
 * Removes words that no document has any more, from a part of the table that chance chooses. While documents are unindexed,
 * it is not known what they have.
 */
export const pruneWords = `
DELETE FROM words WHERE id IN (
  SELECT id FROM words
  WHERE id > (SELECT abs(random()) % (max(id) + ${PRUNED_AT_ONCE}) - ${PRUNED_AT_ONCE} FROM words)
  ORDER BY id LIMIT ${PRUNED_AT_ONCE}
) AND NOT EXISTS (SELECT 1 FROM unindexed) AND NOT EXISTS (
  SELECT 1 FROM document_tokens WHERE document_tokens MATCH '"' || words.word || '"'
)`;
