/**
 * Texts in portions: the server returns at most 10 MB per response and accepts at most 4 MB per value, and texts may be
 * long.
 */
import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import type { Slice } from "../model/ports.ts";

/** In characters; the last text may go beyond it by its whole length. Six bytes for each would still fit. */
export const TEXT_BUDGET = 2 ** 19;

/** The text, or null once the texts before it in this order, and the data beside them, have used up the budget. */
export const textWithinBudget = (text: AnyColumn, data: AnyColumn, order: AnyColumn): SQL<string | null> => {
  const length = sql`length(${text}) + coalesce(length(${data}), 0)`;
  return sql`iif(sum(${length}) OVER (ORDER BY ${order}) - (${length}) <= ${TEXT_BUDGET}, ${text}, NULL)`;
};

/** A list's slice out of up to `limit + 1` rows: it ends where the texts do. */
export const toSlice = <Row extends { text: string | null }>(
  rows: readonly Row[],
  limit: number,
): Slice<Row & { text: string }> => {
  const items = rows.flatMap((row) => (row.text === null ? [] : [{ ...row, text: row.text }])).slice(0, limit);
  return { items, hasMore: rows.length > items.length };
};

/** In characters; a longer text makes a portion of its own, and is sent by itself: as JSON it might be too long. */
export const LONG_TEXT = 2 ** 16;

/** Consecutive portions of the items, each within the budget but for its last one; a long item is alone. */
export const inPortions = <Item>(items: readonly Item[], lengthOf: (item: Item) => number): Item[][] => {
  const portions: Item[][] = [];
  let left = 0;
  for (const item of items) {
    const length = lengthOf(item);
    const isLong = length > LONG_TEXT;
    if (left <= 0 || isLong) {
      portions.push([]);
      left = TEXT_BUDGET;
    }
    portions.at(-1)?.push(item);
    left = isLong ? 0 : left - length;
  }
  return portions;
};
