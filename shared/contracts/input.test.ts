import { expect, test, vi } from "vitest";
import { z } from "zod";
import { integer, list, members, parsedText, text, unicodeText } from "./input.ts";

const issuesOf = (schema: z.ZodType, input: unknown) => schema.safeParse(input).error?.issues ?? [];

test("text is looked at only once it is short enough", () => {
  const look = vi.fn(() => true);
  expect(issuesOf(text({ min: 2, max: 3 }).refine(look), "long")).toMatchObject([{ code: "too_big", maximum: 3 }]);
  expect(issuesOf(parsedText({ max: 3 }, look, "is none"), "long")).toMatchObject([{ code: "too_big" }]);
  expect(look).not.toHaveBeenCalled();
  expect(text({ max: 3 }).safeParse("abc").success).toBe(true);
  expect(text({ min: 2, max: 3 }).safeParse("a").success).toBe(false);
});

test("text becomes what it is parsed to, or says why not", () => {
  const digit = parsedText({ max: 1 }, (given) => (/\d/.test(given) ? Number(given) : undefined), "is no digit");
  expect(digit.parse("7")).toBe(7);
  expect(issuesOf(digit, "x")).toMatchObject([{ message: "is no digit" }]);
});

test("text with half a surrogate pair is no Unicode", () => {
  expect(unicodeText({ max: 3 }).safeParse("\ud800").success).toBe(false);
  expect(unicodeText({ max: 3 }).safeParse("\u{1f600}").success).toBe(true);
});

test("a list is counted before an element is looked at", () => {
  const look = vi.fn(() => true);
  const some = list(text({ max: 3 }).refine(look), { min: 1, max: 2 });
  expect(issuesOf(some, ["a", "b", "c"])).toMatchObject([{ code: "too_big", origin: "array", maximum: 2, path: [] }]);
  expect(look).not.toHaveBeenCalled();
  expect(some.parse(["a", "b"])).toEqual(["a", "b"]);
  expect(some.safeParse([]).success).toBe(false);
  expect(issuesOf(some, "a")).toMatchObject([{ code: "invalid_type" }]);
});

test("members are counted before one is looked at", () => {
  const few = members(z.record(text({ max: 3 }), z.int()), 2);
  expect(issuesOf(few, { a: "x", b: "x", c: "x" })).toMatchObject([{ code: "too_big", origin: "object" }]);
  expect(few.parse({ a: 1 })).toEqual({ a: 1 });
  expect(few.safeParse(null).success).toBe(false);
});

test.each([0, 6, 1.5, Number.POSITIVE_INFINITY, "3"])("%j is no integer from 1 to 5", (value) => {
  expect(integer({ min: 1, max: 5 }).safeParse(value).success).toBe(false);
});
