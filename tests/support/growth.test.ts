import { describe, expect, it } from "vitest";
import { growsLinearly } from "./growth.ts";

describe("growth", () => {
  it("is linear where each part is looked at once, or as often whatever the length", () => {
    expect(growsLinearly((size) => () => /a+$/.test("a".repeat(size)))).toBe(true);
    expect(growsLinearly((size) => () => "a b ".repeat(size).split(" ").sort())).toBe(true);
  });

  it.each<readonly [string, RegExp, string, string]>([
    ["quadratic", /\s+$/, "", " "],
    ["cubic", /a*a*a*b/, "", "a"],
    ["exponential", /^(?:a|aa)+$/, "", "a"],
    ["exponential, as a rule for centered text was", /^\s*>.+<[^\S\r\n]*(?:\s*>.+<[^\S\r\n]*)*$/, ">", "> <"],
  ])("is not where a regular expression is %s", (_, pattern, start, repeated) => {
    expect(growsLinearly((size) => () => pattern.test(`${start}${repeated.repeat(size)}x`))).toBe(false);
  });
});
