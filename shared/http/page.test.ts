import { describe, expect, test } from "vitest";
import { Problem } from "../problem/problem.ts";
import { decodeCursor, encodeCursor, pageOfAll, toPage } from "./page.ts";

const keyOf = (item: number): string => String(item);

describe("a page", () => {
  test("of a list that goes on ends with a cursor to its last item", () => {
    const { items, next } = toPage([1, 2, 3], 2, keyOf);
    expect(items).toEqual([1, 2]);
    expect(decodeCursor(next ?? "")).toBe("2");
  });

  test("that is the last has no cursor, full or not", () => {
    expect(toPage([1, 2], 2, keyOf)).toEqual({ items: [1, 2], next: null });
    expect(toPage([], 2, keyOf)).toEqual({ items: [], next: null });
  });
});

describe("a cursor", () => {
  test("gives its key back, whatever signs the key is made of", () => {
    for (const key of ["", "a/b?c", "Zoë · 東京", "\u0000"]) expect(decodeCursor(encodeCursor(key))).toBe(key);
  });

  test("may be left out", () => {
    expect(decodeCursor(undefined)).toBeUndefined();
  });

  test.each(["%%%", "a b", "MQ==", "_w"])("that nobody here gave out is 422: %s", (made) => {
    expect(() => decodeCursor(made)).toThrow(Problem);
  });
});

test("a list that is known as a whole is paged in the order of its keys", () => {
  const names = ["c", "a", "b", "é", "B"];
  const walked: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { items, next } = pageOfAll(names, { limit: 2, after }, (name) => name);
    walked.push(...items);
    after = next;
  }
  expect(walked).toEqual(["B", "a", "b", "c", "é"]);
  expect(() => pageOfAll(names, { limit: 2, after: "%" }, String)).toThrow();
});
