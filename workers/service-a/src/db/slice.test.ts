import { describe, expect, test } from "vitest";
import { inPortions, LONG_TEXT, TEXT_BUDGET, toSlice } from "./slice.ts";

describe("a slice of a list", () => {
  test("has more when there was a row beyond the limit", () => {
    const rows = [{ text: "a" }, { text: "b" }, { text: "c" }];
    expect(toSlice(rows, 2)).toEqual({ items: [{ text: "a" }, { text: "b" }], hasMore: true });
    expect(toSlice(rows, 3)).toEqual({ items: rows, hasMore: false });
  });

  test("has more when the texts ended before the rows did", () => {
    expect(toSlice([{ text: "a" }, { text: null }], 5)).toEqual({ items: [{ text: "a" }], hasMore: true });
  });
});

describe("portions", () => {
  const lengths = (items: number[]) => inPortions(items, (item) => item);

  test("hold all items in order, each at least one", () => {
    expect(lengths([])).toEqual([]);
    expect(lengths([1, 2, 3])).toEqual([[1, 2, 3]]);
    expect(lengths([TEXT_BUDGET * 2, 1, 2])).toEqual([[TEXT_BUDGET * 2], [1, 2]]);
  });

  test("end with the item that uses up the budget", () => {
    const most = Array.from({ length: TEXT_BUDGET / LONG_TEXT }, () => LONG_TEXT);
    expect(lengths([...most, 1, 2])).toEqual([most, [1, 2]]);
    expect(lengths([...most.slice(1), LONG_TEXT - 1, 1, 2])).toEqual([[...most.slice(1), LONG_TEXT - 1, 1], [2]]);
  });

  test("are of one item that is long", () => {
    expect(lengths([1, LONG_TEXT + 1, 2, 3, LONG_TEXT + 1])).toEqual([[1], [LONG_TEXT + 1], [2, 3], [LONG_TEXT + 1]]);
  });
});
