import { expect, test } from "vitest";
import { reportedEvent } from "./audit.ts";

const event = { action: "search-rule.change", outcome: "success" };

test("the longest id of a search rule fits into an entry", () => {
  const target = `curations/${"x".repeat(255)}`;
  expect(reportedEvent.parse({ ...event, target })).toEqual({ ...event, target });
});

test.each(["\ud800", "", "x".repeat(301)])("%j is no target of an entry", (target) => {
  expect(reportedEvent.safeParse({ ...event, target }).success).toBe(false);
});
