import { expect, test } from "vitest";
import { createHealthLog, isHealthRoute } from "./health-log.ts";

test("the health of Fountain, of a worker and of search is health, and no other route", () => {
  expect(["/health", "/ready", "/search/health", "/notes/ready"].filter(isHealthRoute)).toHaveLength(4);
  expect(["/", "unmatched", "/healthy", "/health/x", "/kms/users/{id}"].filter(isHealthRoute)).toEqual([]);
});

test("success is silent, and failure is said when it begins, once a minute, and when it ends", () => {
  let nowMs = 0;
  const { succeeded, failed } = createHealthLog(() => nowMs);
  expect([succeeded("/ready"), succeeded("/ready")]).toEqual(["debug", "debug"]);
  expect([failed("/ready"), failed("/ready"), failed("/health")]).toEqual(["error", "debug", "error"]);
  nowMs += 59_999;
  expect(failed("/ready")).toBe("debug");
  nowMs += 1;
  expect([failed("/ready"), failed("/ready")]).toEqual(["error", "debug"]);
  expect([succeeded("/ready"), succeeded("/ready")]).toEqual(["info", "debug"]);
  expect(failed("/ready")).toBe("error");
});
