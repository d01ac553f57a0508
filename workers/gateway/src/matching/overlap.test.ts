import { expect, test } from "vitest";
import { overlap } from "./overlap.ts";
import { storedPattern } from "./pattern.ts";

test.each([
  ["GET /a", "GET /a", true],
  ["GET /a", "GET /b", false],
  ["GET /a", "POST /a", false],
  ["* /a", "POST /a", true],
  ["HEAD /a", "GET /a", true],
  ["GET /{id}", "GET /a", true],
  ["GET /{id}", "GET /", false],
  ["GET /a/*", "GET /{x}/b", true],
  ["GET /a/*", "GET /b/{x}", false],
  ["* /**", "GET /", true],
  ["* /{path+}", "GET /", false],
  ["* /{path+}", "GET /a/b", true],
  ["* /a/**", "GET /a", true],
  ["* /a/**", "GET /ab", false],
  ["* /**/c", "* /a/**", true],
  ["* /a/{x+}/c", "GET /a/c", false],
  ["* /a/{x+}/c", "* /{y+}", true],
  ["* /a/**/c", "* /a/**/d", false],
  ["* /**/a", "* /{x+}/a/b", false],
  ["* /{x+}", "* /**", true],
  ["GET /caf%C3%A9", "GET /café".replace("é", "%c3%a9"), true],
])("there are calls that fit both %s and %s: %s", (one, other, expected) => {
  expect(overlap(storedPattern(one), storedPattern(other))).toBe(expected);
  expect(overlap(storedPattern(other), storedPattern(one))).toBe(expected);
});

test("the longest patterns are compared at once", () => {
  const long = (end: string) => storedPattern(`* ${"/a".repeat(120)}/**${"/a".repeat(120)}/${end}`);
  expect(overlap(long("b"), long("c"))).toBe(false);
});
