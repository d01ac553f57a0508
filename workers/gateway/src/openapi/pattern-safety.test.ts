import { expect, test } from "vitest";
import { isSafePattern } from "./pattern-safety.ts";

test.each(["^[a-z0-9-]+$", "^\\d{4}-\\d{2}-\\d{2}$", "^[A-Z]{2}\\d{6}", "^a?b?c$", "^[^/\\]]*\\.json$", "^\\$x$"])(
  "is tried: %s",
  (pattern) => expect(isSafePattern(pattern)).toBe(true),
);

test.each([
  "[a-z]+",
  "^(a+)+$",
  "^[a-z]+[a-z]+$",
  "^(?:a|b)$",
  "^a{1,100}$",
  "^a{1,9}b{1,9}$",
  "^a?a?a?a?a?a?a?$",
  "^(?=a)a$",
  "^\\bx$",
  "^[z-a]$",
  "^a|b+$",
  `^${"a".repeat(300)}$`,
])("is left to the service: %s", (pattern) => expect(isSafePattern(pattern)).toBe(false));
