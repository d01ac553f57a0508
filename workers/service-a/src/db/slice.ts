/**
 * Texts in portions: the server returns at most 10 MB per response and accepts at most 4 MB per value, and texts may be
 * long.
 */
import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import type { Slice } from "../model/ports.ts";

/** In characters; the last text may go beyond it by its whole length. Six bytes for each would still fit. */
export const TEXT_BUDGET = 2 ** 19;

/** The text, or null once the texts before it in this order have used up the budget. */
export const textWithinBudget = (text: AnyColumn, order: AnyColumn): SQL<string | null> =>
  sql`iif(sum(length(${text})) OVER (ORDER BY ${order}) - length(${text}) <= ${TEXT_BUDGET}, ${text}, NULL)`;

/** A list's slice out of up to `limit + 1` rows: it ends where the texts do. */
export const toSlice = <Row extends { text: string | null }>(
  rows: readonly Row[],
  limit: number,
): Slice<Row & { text: string }> => {
  const items = rows.flatMap((row) => (row.text === null ? [] : [{ ...row, text: row.text }])).slice(0, limit);
  return { items, hasMore: rows.length > items.length };
};

/** Consecutive portions of the items, each within the budget but for its last one. */
export const inPortions = <Item>(items: readonly Item[], lengthOf: (item: Item) => number): Item[][] => {
  const portions: Item[][] = [];
  let left = 0;
  for (const item of items) {
    if (left <= 0) {
      portions.push([]);
      left = TEXT_BUDGET;
    }
    portions.at(-1)?.push(item);
    left -= lengthOf(item);
  }
  return portions;
};
