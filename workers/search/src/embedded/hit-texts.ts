/**
 * The texts of a page of hits. One response of sqld has room for the first of them; the others are fetched in portions.
 */
import type { SQL } from "drizzle-orm";
import { SearchRefused } from "../query/engine.ts";
import type { documents } from "../storage/schema.ts";
import { type Selection, TEXT_BUDGET, textsStatement } from "./search-sql.ts";

/** A hit as the database gives it: its texts are null where they had no room. */
export type HitRow = Omit<typeof documents.$inferSelect, "comment" | "text"> & {
  comment: string | null;
  text: string | null;
  text_length: number;
  text_match: number;
};

interface Texts {
  comment: string;
  text: string;
}

/** Ten documents with the longest texts that service-a takes, which is a page unless more are asked for. */
const MAX_PAGE_TEXT = 12 * 2 ** 20;

const TOO_LONG = `The hits of this page have more than ${MAX_PAGE_TEXT} characters of text. Request fewer hits or other fields.`;

/** Consecutive rows whose texts fit into one response; a row that is longer by itself stands alone. */
const inPortions = (rows: readonly HitRow[]): HitRow[][] => {
  const portions: HitRow[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    length += row.text_length;
    if (length > TEXT_BUDGET) {
      portions.push([]);
      length = row.text_length;
    }
    portions.at(-1)?.push(row);
  }
  return portions;
};

/**
 * The hits with their texts; without those deleted, or out of the caller's reach, in the meantime. Throws {@link
 * SearchRefused}.
 */
export const withTexts = async (
  rows: readonly HitRow[],
  selection: Selection,
  read: (statement: SQL) => Promise<(Texts & { pk: number })[]>,
): Promise<(HitRow & Texts)[]> => {
  if (rows.reduce((total, row) => total + row.text_length, 0) > MAX_PAGE_TEXT)
    throw new SearchRefused({ parameter: "per_page", status: 422, message: TOO_LONG });
  const later = new Map<number, Texts>();
  for (const portion of inPortions(rows.filter(({ text }) => text === null))) {
    const keys = portion.map(({ pk }) => pk);
    for (const { pk, ...texts } of await read(textsStatement(keys, selection))) later.set(pk, texts);
  }
  return rows.flatMap((row) => {
    const { comment, text } = row;
    const texts = comment !== null && text !== null ? { comment, text } : later.get(row.pk);
    return texts ? [{ ...row, ...texts }] : [];
  });
};
