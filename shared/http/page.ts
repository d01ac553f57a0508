/** Cursors of lists: opaque to the caller, the last item's sort key to us. */
import { type Problem, problem } from "../problem/problem.ts";

/** The cursor that continues after an item with this key. */
export const encodeCursor = (key: string): string => Buffer.from(key, "utf8").toString("base64url");

/** The problem of a cursor that no list has given out. */
export const invalidCursor = (): Problem =>
  problem("invalid-input", { errors: [{ pointer: "#/query/after", detail: "invalid cursor" }] });

/** The key in a cursor; `undefined` when the caller starts at the beginning. A cursor of no sense gives 422. */
export const decodeCursor = (after: string | undefined): string | undefined => {
  if (after === undefined) return undefined;
  const key = Buffer.from(after, "base64url").toString("utf8");
  if (encodeCursor(key) !== after) throw invalidCursor();
  return key;
};

/** The number in a cursor of a list that is ordered by one, as `decodeCursor` reads it. */
export const decodeNumber = (after: string | undefined): number | undefined => {
  const key = decodeCursor(after);
  if (key === undefined) return undefined;
  if (!/^\d{1,15}$/.test(key)) throw invalidCursor();
  return Number(key);
};

/** A page out of up to `limit + 1` rows: the extra one only shows that there is more. */
export const toPage = <Item>(rows: Item[], limit: number, keyOf: (item: Item) => string) => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
};

/** A page of a list that is known as a whole, in the order of its keys. */
export const pageOfAll = <Item>(
  all: readonly Item[],
  { limit, after }: { limit: number; after?: string | undefined },
  keyOf: (item: Item) => string,
) => {
  const start = decodeCursor(after);
  const rest = all
    .filter((item) => start === undefined || keyOf(item) > start)
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return toPage(rest, limit, keyOf);
};
