import { expect, test } from "vitest";
import { remember } from "./memory.ts";

test("a full memory forgets its oldest entry", () => {
  const memory = new Map<string, number>();
  for (const [value, key] of ["a", "b", "c", "d"].entries()) remember(memory, 3, key, value);
  expect([...memory.keys()]).toEqual(["b", "c", "d"]);
});

test("an entry that is remembered again is the newest one, and costs no other its place", () => {
  const memory = new Map<string, number>();
  for (const [value, key] of ["a", "b", "c", "a", "d"].entries()) remember(memory, 3, key, value);
  expect([...memory]).toEqual([
    ["c", 2],
    ["a", 3],
    ["d", 4],
  ]);
});
